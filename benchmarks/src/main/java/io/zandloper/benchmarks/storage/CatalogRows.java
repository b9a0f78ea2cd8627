package io.zandloper.benchmarks.storage;

import io.zandloper.benchmarks.measure.Comparison;
import io.zandloper.benchmarks.measure.KeySequence;
import io.zandloper.benchmarks.measure.Rounds;
import io.zandloper.benchmarks.subject.BenchProfiles;
import io.zandloper.benchmarks.subject.BenchStorage;
import io.zandloper.storage.change.ReplaceCatalog;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * How much writes and reads notice of a catalog that replaces another: each has a new rule, so that every record is read
 * and every row laid out again.
 */
final class CatalogRows {
    private static final long PAUSE_MAX_NANOS = 60_000_000_000L;
    private static final int DIGITS = 3;

    /** Between two writes: the writer is to lay out rows, not to be busy with changes. */
    private static final long BETWEEN_WRITES_NANOS = 200_000;

    private final PrintWriter out;
    private final BenchStorage storage;
    private final long profiles;
    private volatile boolean done;

    CatalogRows(BenchStorage storage, long profiles, PrintWriter out) {
        this.storage = storage;
        this.profiles = profiles;
        this.out = out;
    }

    /**
     * Replaces catalogs and does nothing, in turns.
     *
     * @param idle how long nothing is done
     */
    List<Comparison> run(int runs, Duration idle) throws Exception {
        final double[][] during = new double[3][runs];
        final double[][] without = new double[3][runs];
        for (int i = 0; i < runs; i++) {
            final ReplaceCatalog replacement = BenchStorage.replacement(i);
            measure("catalog", during, i, () -> storage.change(replacement));
            measure("idle", without, i, () -> {
                final long end = System.nanoTime() + idle.toNanos();
                while (System.nanoTime() < end) {
                    LockSupport.parkNanos(end - System.nanoTime());
                }
                return idle;
            });
        }
        return List.of(
                Rounds.of("catalog", "p99 of writes while a catalog is replaced", during[0], "idle", without[0], "µs"),
                Rounds.of("catalog", "longest write while a catalog is replaced", during[1], "idle", without[1], "µs"),
                Rounds.of("catalog", "longest read while a catalog is replaced", during[2], "idle", without[2], "µs"));
    }

    private void measure(String name, double[][] into, int run, Callable<?> work) throws Exception {
        final Histogram writes = new Histogram(PAUSE_MAX_NANOS, DIGITS);
        final long start = System.nanoTime();
        final Histogram reads = new ReadPauses(storage.storage(), () -> profiles).during(() -> beside(work, writes));
        out.printf(
                Locale.ROOT,
                "%s, %,d ms: %,d writes, p50 %.1f µs, p99 %.1f, max %.1f; %,d reads, max %.1f%n",
                name,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start),
                writes.getTotalCount(),
                writes.getValueAtPercentile(50) / 1e3,
                writes.getValueAtPercentile(99) / 1e3,
                writes.getMaxValue() / 1e3,
                reads.getTotalCount(),
                reads.getMaxValue() / 1e3);
        out.flush();
        into[0][run] = writes.getValueAtPercentile(99) / 1e3;
        into[1][run] = writes.getMaxValue() / 1e3;
        into[2][run] = reads.getMaxValue() / 1e3;
    }

    /** Does the work on this thread while another one writes. */
    private Object beside(Callable<?> work, Histogram writes) throws Exception {
        done = false;
        final Thread thread = new Thread(() -> write(writes), "bench-write");
        thread.start();
        try {
            return work.call();
        } finally {
            done = true;
            thread.join();
        }
    }

    private void write(Histogram nanos) {
        long number = 0;
        do {
            final long row = Math.unsignedMultiplyHigh(KeySequence.next(number, 1), profiles);
            final int version = (int) (number & 1) + 1;
            number++;
            final long start = System.nanoTime();
            storage.change(BenchProfiles.change(row, version));
            nanos.recordValue(Math.min(PAUSE_MAX_NANOS, System.nanoTime() - start));
            LockSupport.parkNanos(BETWEEN_WRITES_NANOS);
        } while (!done);
    }
}
