package io.zandloper.benchmarks.storage;

import io.zandloper.benchmarks.measure.Comparison;
import io.zandloper.benchmarks.measure.Rounds;
import io.zandloper.benchmarks.subject.BenchStorage;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.HdrHistogram.Histogram;

/** How much reads notice of growth and of snapshots. */
final class PauseRows {
    private static final String GROWING = " of reads while profiles come and everything grows from the smallest size";
    private static final String GROWN = "while as many writes replace them and nothing grows";

    private final PrintWriter out;

    PauseRows(PrintWriter out) {
        this.out = out;
    }

    /** Fills an empty storage, then writes as much into one that has its size; reads all the time. */
    List<Comparison> growth(BenchStorage storage, long profiles, LongConsumer progress) throws Exception {
        storage.putCatalog();
        final long before = storage.applied();
        final ReadPauses growing = new ReadPauses(storage.storage(), () -> storage.applied() - before);
        final Histogram grown = growing.during(() -> {
            storage.putProfiles(profiles, 0, progress);
            return profiles;
        });
        final ReadPauses sized = new ReadPauses(storage.storage(), () -> profiles);
        final Histogram replaced = sized.during(() -> {
            storage.putProfiles(profiles, 1, progress);
            return profiles;
        });
        print("growing", grown);
        print("grown", replaced);
        return List.of(
                micros("growth", "longest pause" + GROWING, percentile(grown, 100), GROWN, percentile(replaced, 100)),
                micros("growth", "p99.99" + GROWING, percentile(grown, 99.99), GROWN, percentile(replaced, 99.99)));
    }

    /** Reads while nothing happens and while snapshots are taken, in turns. */
    List<Comparison> snapshots(BenchStorage storage, long profiles, int runs, Duration idle) throws Exception {
        final ReadPauses reads = new ReadPauses(storage.storage(), () -> profiles);
        final double[] during = new double[runs];
        final double[] without = new double[runs];
        final double[] duringMax = new double[runs];
        final double[] withoutMax = new double[runs];
        for (int i = 0; i < runs; i++) {
            // Something has to have changed, or the last snapshot would do.
            storage.putProfiles(1, i + 1, done -> {});
            final Histogram snapshot =
                    reads.during(() -> storage.storage().snapshot().get());
            final Histogram nothing = reads.during(() -> {
                final long end = System.nanoTime() + idle.toNanos();
                while (System.nanoTime() < end) {
                    LockSupport.parkNanos(end - System.nanoTime());
                }
                return idle;
            });
            print("snapshot", snapshot);
            print("idle", nothing);
            during[i] = percentile(snapshot, 99.9) / 1e3;
            without[i] = percentile(nothing, 99.9) / 1e3;
            duringMax[i] = snapshot.getMaxValue() / 1e3;
            withoutMax[i] = nothing.getMaxValue() / 1e3;
        }
        return List.of(
                Rounds.of("snapshot", "p99.9 of reads while a snapshot is taken", during, "idle", without, "µs"),
                Rounds.of("snapshot", "longest read while a snapshot is taken", duringMax, "idle", withoutMax, "µs"));
    }

    private static Comparison micros(String goal, String what, double oursNanos, String against, double theirsNanos) {
        return Rounds.of(goal, what, new double[] {oursNanos / 1e3}, against, new double[] {theirsNanos / 1e3}, "µs");
    }

    private static double percentile(Histogram nanos, double percentile) {
        return nanos.getValueAtPercentile(percentile);
    }

    private void print(String name, Histogram nanos) {
        out.printf(
                Locale.ROOT,
                "reads, %s: %,d, p50 %.1f µs, p99 %.1f, p99.9 %.1f, p99.99 %.1f, max %.1f%n",
                name,
                nanos.getTotalCount(),
                percentile(nanos, 50) / 1e3,
                percentile(nanos, 99) / 1e3,
                percentile(nanos, 99.9) / 1e3,
                percentile(nanos, 99.99) / 1e3,
                nanos.getMaxValue() / 1e3);
        out.flush();
    }
}
