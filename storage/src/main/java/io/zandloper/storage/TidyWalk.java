package io.zandloper.storage;

import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.TidyProfile;
import io.zandloper.storage.format.CorruptRecordException;
import io.zandloper.storage.format.RecordView;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.record.RecordBuffer;
import io.zandloper.storage.resolve.ProfileTidier;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.function.IntSupplier;

/**
 * Walks over all profiles from time to time and proposes to the writer those that time has made something else of and
 * that no row tells of: idle for longer than the policies keep a profile, or with memberships that ended longer ago than
 * anybody can ask for. The writer decides.
 *
 * <p>A chore of the housekeeping, a part of a walk at a time: it takes a tenth of the housekeeping's time at most, so
 * that readers keep the memory's attention. 10 million profiles are walked over in some minutes.
 */
final class TidyWalk implements Housekeeping.Chore, AutoCloseable {
    /** Of one call: a tenth of the time between two. */
    private static final long WORK_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(20);
    /** Profiles looked at before the time is. */
    private static final int STRIDE = 64;
    /** Proposals the writer has not answered yet: a part of its queue, so that others find room. */
    private static final int PROPOSALS_MAX = 4 * 1024;

    /** A walk's part of the retention: nobody stays longer than one of these over it. */
    private static final int WALKS_A_RETENTION = 24;

    private static final long INTERVAL_MICROS_MIN = 1_000_000;
    private static final long INTERVAL_MICROS_MAX = 3_600_000_000L;
    /** Where no profile ever goes, what ended long ago has time. */
    private static final long INTERVAL_MICROS_WITHOUT_RETENTION = 24 * INTERVAL_MICROS_MAX;

    private final StorageReader reader;
    private final IntSupplier ordinals;
    private final BiPredicate<TidyProfile, ChangeListener> submission;
    private final MicrosClock clock;
    private final RecordBuffer record = new RecordBuffer();
    private final RecordView recordView = new RecordView();
    private final Semaphore proposals = new Semaphore(PROPOSALS_MAX);
    private long lastMicros;
    /** Of the walk that is going on: what it looks at next, and where it ends. */
    private int next;

    private int end;

    /**
     * @param ordinals every profile has one below it
     * @param submission the writer's queue; false where it is full
     */
    TidyWalk(
            StorageReader reader,
            IntSupplier ordinals,
            BiPredicate<TidyProfile, ChangeListener> submission,
            MicrosClock clock) {
        this.reader = reader;
        this.ordinals = ordinals;
        this.submission = submission;
        this.clock = clock;
        this.lastMicros = clock.nowMicros();
    }

    @Override
    public void run(long nowMicros) {
        if (next >= end) {
            if (nowMicros - lastMicros < intervalMicros(retentionMicros())) {
                return;
            }
            lastMicros = nowMicros;
            next = 0;
            end = ordinals.getAsInt();
        }
        final long endNanos = System.nanoTime() + WORK_NANOS_MAX;
        while (next < end && System.nanoTime() - endNanos < 0) {
            final int strideEnd = Math.min(end, next + STRIDE);
            for (; next < strideEnd; next++) {
                if (isDue(next) && !propose(next)) {
                    return; // the writer has enough to do; this one is next again
                }
            }
        }
    }

    /** Once nobody calls it any more. */
    @Override
    public void close() {
        reader.close();
    }

    /** @param retentionMicros negative for none */
    static long intervalMicros(long retentionMicros) {
        return retentionMicros < 0
                ? INTERVAL_MICROS_WITHOUT_RETENTION
                : Math.clamp(retentionMicros / WALKS_A_RETENTION, INTERVAL_MICROS_MIN, INTERVAL_MICROS_MAX);
    }

    private long retentionMicros() {
        try {
            return reader.enter().catalog().policies().retentionMicros();
        } finally {
            reader.leave();
        }
    }

    /** One profile an epoch, so that the walk never holds memory for long. */
    private boolean isDue(int ordinal) {
        final long nowMicros = clock.nowMicros();
        final View view = reader.enter();
        try {
            if (!view.readRecord(ordinal, record)) {
                return false;
            }
            final ProfileTidier tidier = new ProfileTidier(view.catalog());
            recordView.wrap(record.buffer());
            if (!tidier.mayBeDue(recordView.updatedAtMicros(), recordView.earliestExpiryMicros(), nowMicros)) {
                return false;
            }
            final Profile profile = view.readProfile(ordinal);
            return profile != null && tidier.isDue(profile, nowMicros);
        } catch (CorruptRecordException | IndexOutOfBoundsException e) {
            return false; // not for the walk to tell: whoever asks for the profile hears of it
        } finally {
            reader.leave();
        }
    }

    /** What the writer refuses because the disk is full is proposed again by the next walk. */
    private boolean propose(int ordinal) {
        if (!proposals.tryAcquire()) {
            return false;
        }
        final boolean queued = submission.test(new TidyProfile(ordinal), new ChangeListener() {
            @Override
            public void onOutcome(ChangeOutcome outcome) {
                proposals.release();
            }

            @Override
            public void onFailure(StorageException cause) {
                proposals.release();
            }
        });
        if (!queued) {
            proposals.release();
        }
        return queued;
    }
}
