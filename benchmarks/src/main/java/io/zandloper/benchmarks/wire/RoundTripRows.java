package io.zandloper.benchmarks.wire;

import io.zandloper.benchmarks.measure.Comparison;
import io.zandloper.benchmarks.measure.Rounds;
import io.zandloper.loadtest.load.LoadPlan;
import io.zandloper.loadtest.load.LoadResult;
import io.zandloper.loadtest.load.Workload;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * P3 and P7: one connection, one request at a time, a client that spins. In each round the segment test, what it is compared
 * with, and a decision.
 */
final class RoundTripRows {
    private static final Duration RUN_MAX = Duration.ofMinutes(2);
    private static final double MEDIAN = 50;
    private static final double TAIL = 99.9;
    private static final String TEST = "round trip of a segment test, one connection";

    private final Pace pace;
    private final Kept kept;

    RoundTripRows(Pace pace, Kept kept) {
        this.pace = pace;
        this.kept = kept;
    }

    /** One kind of request, and what it took in each round. */
    private final class Series {
        private final Loads loads;
        private final Workload workload;
        private final String name;
        private final List<Histogram> rounds = new ArrayList<>();
        private long checksum;
        private boolean complete;

        Series(Loads loads, Workload workload, String name) {
            this.loads = loads;
            this.workload = workload;
            this.name = name;
        }

        void round(boolean counts) throws IOException, InterruptedException {
            final LoadResult result = loads.run(loads.plan(
                    workload,
                    LoadPlan.Loop.closed(LoadPlan.Waiting.SPIN, 1, 1),
                    Loads.requests(pace.warmup(), RUN_MAX, pace.roundTrips())));
            if (!counts) {
                checksum = result.checksum();
                complete = result.errors() == 0;
                return;
            }
            if (result.errors() == 0 && complete && result.checksum() != checksum) {
                throw new IOException(loads + " does not give the same answers twice");
            }
            rounds.add(result.latenciesNanos());
            kept.add("Round trip, one connection", name, result.latenciesNanos());
        }

        double[] micros(double percentile) {
            return rounds.stream()
                    .mapToDouble(latencies -> latencies.getValueAtPercentile(percentile) / 1e3)
                    .toArray();
        }
    }

    /** @param beside ours too, over a socket in the file system */
    List<Comparison> run(Loads ours, Loads beside, Loads echo, @Nullable Loads redis)
            throws IOException, InterruptedException {
        final Series test = new Series(ours, Workload.SEGMENTS, "Zandloper, segment test");
        final Series local = new Series(beside, Workload.SEGMENTS, "Zandloper, segment test over a Unix socket");
        final Series bare = new Series(echo, Workload.SEGMENTS, "bare Netty echo");
        final Series decision = new Series(ours, Workload.NBO, "Zandloper, decision");
        final List<Series> all = new ArrayList<>(List.of(test, local, bare));
        final Series get = redis == null ? null : new Series(redis, Workload.SEGMENTS, "Redis, GET");
        if (get != null) {
            all.add(get);
        }
        all.add(decision);
        for (int i = 0; i <= pace.runs(); i++) {
            for (final Series series : all) {
                series.round(i > 0);
            }
        }
        final List<Comparison> rows = new ArrayList<>();
        rows.add(row("P3", TEST + ", p50", test, "echo of its frame by a bare Netty server", bare, MEDIAN));
        if (get != null) {
            rows.add(row("P3", TEST + ", p50", test, "Redis GET", get, MEDIAN));
            rows.add(row("P3", TEST + ", p99.9", test, "Redis GET", get, TAIL));
        }
        rows.add(row("P3", "the same over a Unix socket, p50", local, "over TCP", test, MEDIAN));
        rows.add(row(
                "P7",
                String.format(Locale.ROOT, "decision among %,d offers, k = 3, p50", WireBenchmark.OFFERS),
                decision,
                "round trip of a segment test",
                test,
                MEDIAN));
        return rows;
    }

    private static Comparison row(
            String goal, String what, Series ours, String against, Series theirs, double percentile) {
        return Rounds.of(goal, what, ours.micros(percentile), against, theirs.micros(percentile), "µs");
    }
}
