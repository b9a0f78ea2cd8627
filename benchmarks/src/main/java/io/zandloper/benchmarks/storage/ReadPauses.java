package io.zandloper.benchmarks.storage;

import io.zandloper.benchmarks.measure.KeySequence;
import io.zandloper.benchmarks.measure.RowKey;
import io.zandloper.benchmarks.subject.BenchProfiles;
import io.zandloper.storage.MicrosClock;
import io.zandloper.storage.Storage;
import io.zandloper.storage.StorageReader;
import io.zandloper.storage.View;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;

/**
 * A thread that does nothing but segment tests while something else goes on: how long each of them takes, and so how long
 * the longest pause was.
 */
final class ReadPauses {
    private static final long PAUSE_MAX_NANOS = 60_000_000_000L;
    private static final int DIGITS = 3;

    private final Storage storage;
    private final LongSupplier rows;
    private volatile boolean done;

    /** @param rows that are there to be asked about; may grow */
    ReadPauses(Storage storage, LongSupplier rows) {
        this.storage = storage;
        this.rows = rows;
    }

    /** Does the work on this thread while another one reads; the nanoseconds of each read. */
    Histogram during(Callable<?> work) throws Exception {
        final Histogram nanos = new Histogram(PAUSE_MAX_NANOS, DIGITS);
        final Thread thread = new Thread(() -> read(nanos), "bench-reader");
        done = false;
        thread.start();
        try {
            work.call();
        } finally {
            done = true;
            thread.join();
        }
        return nanos;
    }

    private void read(Histogram nanos) {
        final RowKey keys = new RowKey();
        long found = 0;
        long last = System.nanoTime();
        try (StorageReader reader = storage.newReader()) {
            for (long number = 0; !done; number++) {
                final long known = rows.getAsLong();
                if (known == 0) {
                    last = System.nanoTime();
                    continue;
                }
                final long random = KeySequence.next(number, 0);
                final byte[] key = keys.of(Math.unsignedMultiplyHigh(random, known));
                final View view = reader.enter();
                final int ordinal = view.find(key, 0, key.length);
                found += view.testSegment(
                        ordinal,
                        (int) random & (BenchProfiles.SEGMENTS - 1),
                        MicrosClock.system().nowMicros());
                reader.leave();
                final long now = System.nanoTime();
                nanos.recordValue(Math.min(PAUSE_MAX_NANOS, now - last));
                last = now;
            }
        }
        if (found < 0) {
            throw new IllegalStateException("rows are missing");
        }
    }
}
