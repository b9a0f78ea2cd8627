package io.zandloper.benchmarks.subject;

import io.zandloper.benchmarks.measure.RowKey;
import io.zandloper.storage.ChangeFuture;
import io.zandloper.storage.MicrosClock;
import io.zandloper.storage.SnapshotSettings;
import io.zandloper.storage.Storage;
import io.zandloper.storage.StorageConfig;
import io.zandloper.storage.StorageReader;
import io.zandloper.storage.View;
import io.zandloper.storage.change.Change;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.ReplaceCatalog;
import io.zandloper.storage.journal.Durability;
import java.util.function.LongConsumer;

/** A storage with the {@link BenchProfiles} in it, written as changes like any other, straight to the writer. */
public final class BenchStorage implements AutoCloseable {
    private static final int PROGRESS_EVERY = 4_096;
    private static final int CHECKED_ROWS = 1_000;

    private final Storage storage;
    private final Submissions submissions;

    private BenchStorage(Storage storage) {
        this.storage = storage;
        this.submissions = new Submissions(storage);
    }

    /**
     * Opens what is there, or makes an empty one; changes are kept once the operating system has them, and
     * snapshots are taken when they are asked for.
     */
    public static BenchStorage open(BenchFolder folder) {
        return new BenchStorage(Storage.open(
                new StorageConfig(
                                folder.data(),
                                folder.journal(),
                                Durability.OS,
                                StorageConfig.WRITER_QUEUE_LENGTH_DEFAULT)
                        .with(SnapshotSettings.ON_DEMAND),
                BenchProfiles::compiled,
                MicrosClock.system()));
    }

    /** Writes the catalog, where there is none. */
    public void putCatalog() {
        putCatalog(0);
    }

    /** The same, with that many offers. */
    public void putCatalog(int offers) {
        final byte[] source = BenchProfiles.catalogSource(offers);
        submissions.submit(new ReplaceCatalog(BenchProfiles.compiled(source), source, null));
        submissions.await();
    }

    /** A compiled catalog with a rule that none of another number has. */
    public static ReplaceCatalog replacement(int number) {
        final byte[] source = BenchProfiles.catalogSource("profile.value >= 'm" + number + "'");
        return new ReplaceCatalog(BenchProfiles.compiled(source), source, null);
    }

    /** Makes one change and waits for it. Any thread. */
    public ChangeOutcome change(Change change) {
        final ChangeFuture heard = new ChangeFuture();
        final boolean taken = storage.submit(change, heard);
        if (!taken || !heard.join().status().isAccepted()) {
            throw new IllegalStateException("a change was refused: " + change);
        }
        return heard.join();
    }

    /**
     * Writes the rows from 0 on; returns when all are applied.
     *
     * @param version of the values, see {@link BenchProfiles#change}
     * @param progress told the rows handed over, now and then
     */
    public void putProfiles(long profiles, int version, LongConsumer progress) {
        for (long row = 0; row < profiles; row++) {
            submissions.submit(BenchProfiles.change(row, version));
            if (row % PROGRESS_EVERY == 0) {
                progress.accept(row);
            }
        }
        submissions.await();
        progress.accept(profiles);
    }

    /** Changes applied so far, by this object. Any thread. */
    public long applied() {
        return submissions.applied();
    }

    public Storage storage() {
        return storage;
    }

    /** Asks about some rows, and fails where an answer is wrong. */
    public void check(long profiles) {
        final RowKey keys = new RowKey();
        try (StorageReader reader = storage.newReader()) {
            final View view = reader.enter();
            final long nowMicros = MicrosClock.system().nowMicros();
            for (long i = 0; i < CHECKED_ROWS; i++) {
                final long row = i * profiles / CHECKED_ROWS;
                final int segment = (int) (i % BenchProfiles.SEGMENTS);
                final byte[] key = keys.of(row);
                final int answer = view.testSegment(view.find(key, 0, key.length), segment, nowMicros);
                if (answer != (BenchProfiles.isMember(row, segment) ? 1 : 0)) {
                    throw new IllegalStateException("a wrong answer, row=" + row + " segment=" + segment);
                }
            }
            reader.leave();
        }
    }

    @Override
    public void close() {
        storage.close();
    }
}
