package io.zandloper.storage;

import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.TidyProfile;
import io.zandloper.storage.format.CorruptRecordException;
import io.zandloper.storage.format.RecordView;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.record.RecordBuffer;
import io.zandloper.storage.resolve.ProfileTidier;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;

/**
 * Walks over all profiles from time to time and proposes to the writer those that time has made something else of and
 * that no row tells of: idle for longer than the policies keep a profile, or with memberships that ended longer ago than
 * anybody can ask for. The writer decides. A thread of its own; it rests nine parts of ten, so that readers keep the
 * memory's attention.
 */
final class TidyWalk implements AutoCloseable {
    /** Profiles looked at before a rest. */
    private static final int STRIDE = 1_024;
    /** Rests are this many times as long as what they follow. */
    private static final int REST_FACTOR = 9;
    /** Proposals the writer has not answered yet, so that they take no more than a sliver of its queue. */
    private static final int PROPOSALS_MAX = 256;

    /** A walk's part of the retention: nobody stays longer than one of these over it. */
    private static final int WALKS_A_RETENTION = 24;

    private static final long INTERVAL_MICROS_MIN = 1_000_000;
    private static final long INTERVAL_MICROS_MAX = 3_600_000_000L;
    /** Where no profile ever goes, what ended long ago has time. */
    private static final long INTERVAL_MICROS_WITHOUT_RETENTION = 24 * INTERVAL_MICROS_MAX;

    /** How often the clock is asked whether it is time. */
    private static final long WAIT_NANOS = 200_000_000;

    private static final long WAIT_FOR_WRITER_NANOS = 1_000_000;

    private final StorageReader reader;
    private final IntSupplier ordinals;
    private final Submission submission;
    private final MicrosClock clock;
    private final RecordBuffer record = new RecordBuffer();
    private final RecordView recordView = new RecordView();
    private final Semaphore proposals = new Semaphore(PROPOSALS_MAX);
    private final Thread thread;
    private long lastMicros;
    private volatile boolean closing;

    /** The writer's queue. */
    interface Submission {
        boolean submit(TidyProfile change, ChangeListener listener);
    }

    /** @param ordinals every profile has one below it */
    TidyWalk(StorageReader reader, IntSupplier ordinals, Submission submission, MicrosClock clock) {
        this.reader = reader;
        this.ordinals = ordinals;
        this.submission = submission;
        this.clock = clock;
        this.lastMicros = clock.nowMicros();
        this.thread = new Thread(this::run, "zandloper-tidy");
    }

    void start() {
        thread.start();
    }

    /** Ends the thread; a walk that is going on is given up. */
    @Override
    public void close() throws InterruptedException {
        closing = true;
        LockSupport.unpark(thread);
        thread.join();
        reader.close();
    }

    private void run() {
        while (!closing) {
            rest(WAIT_NANOS);
            if (!closing && isTime()) {
                lastMicros = clock.nowMicros();
                walk();
            }
        }
    }

    /** Until the time is over or the storage closes. */
    private void rest(long nanos) {
        final long endNanos = System.nanoTime() + nanos;
        for (long left = nanos; left > 0 && !closing; left = endNanos - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
        }
    }

    private boolean isTime() {
        final long retentionMicros;
        try {
            retentionMicros = reader.enter().catalog().policies().retentionMicros();
        } finally {
            reader.leave();
        }
        return clock.nowMicros() - lastMicros >= intervalMicros(retentionMicros);
    }

    /** @param retentionMicros negative for none */
    static long intervalMicros(long retentionMicros) {
        return retentionMicros < 0
                ? INTERVAL_MICROS_WITHOUT_RETENTION
                : Math.clamp(retentionMicros / WALKS_A_RETENTION, INTERVAL_MICROS_MIN, INTERVAL_MICROS_MAX);
    }

    private void walk() {
        final int end = ordinals.getAsInt();
        for (int ordinal = 0; ordinal < end && !closing; ordinal += STRIDE) {
            final long startNanos = System.nanoTime();
            final int strideEnd = Math.min(end, ordinal + STRIDE);
            for (int next = ordinal; next < strideEnd && !closing; next++) {
                if (isDue(next)) {
                    propose(next);
                }
            }
            rest(REST_FACTOR * (System.nanoTime() - startNanos));
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

    /** Waits while the writer has enough to do; a proposal it refuses is made again by the next walk. */
    private void propose(int ordinal) {
        while (!proposals.tryAcquire()) {
            if (closing) {
                return;
            }
            rest(WAIT_FOR_WRITER_NANOS);
        }
        final boolean queued = submission.submit(new TidyProfile(ordinal), new ChangeListener() {
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
    }
}
