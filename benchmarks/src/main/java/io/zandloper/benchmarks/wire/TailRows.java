package io.zandloper.benchmarks.wire;

import io.zandloper.benchmarks.measure.Comparison;
import io.zandloper.benchmarks.measure.Rounds;
import io.zandloper.loadtest.load.LoadPlan;
import io.zandloper.loadtest.load.LoadResult;
import io.zandloper.loadtest.load.LoadRun;
import io.zandloper.loadtest.load.Ramp;
import io.zandloper.loadtest.load.Workload;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * P5: the slow answers at half of what can be sustained, people coming as they like. The rate is half of the lower
 * saturation of the two, so that neither is measured in trouble.
 */
final class TailRows {
    private static final int CONNECTIONS = 8;
    private static final int PIPELINE = 256;
    /** A rate is sustained where 99 of a hundred answers take no longer. */
    private static final Duration LATENCY_MAX = Duration.ofMillis(10);

    private final Pace pace;
    private final Kept kept;
    private final PrintWriter out;
    private double ratePerSecond;

    TailRows(Pace pace, Kept kept, PrintWriter out) {
        this.pace = pace;
        this.kept = kept;
        this.out = out;
    }

    List<Comparison> run(Loads ours, ServerJvm jvm, @Nullable Loads redis) throws IOException, InterruptedException {
        double saturation = saturation(ours);
        if (redis != null) {
            saturation = Math.min(saturation, saturation(redis));
        }
        final double roundedTo = pace.rateFirst() / 4.0;
        ratePerSecond = Math.floor(saturation / 2 / roundedTo) * roundedTo;
        final double requests = ratePerSecond * pace.warmup().plus(pace.tail()).toNanos() / 1e9;
        final int runs = pace.runs();
        final List<Histogram> oursRounds = new ArrayList<>();
        final List<Histogram> redisRounds = new ArrayList<>();
        final double[] pauses = new double[runs];
        final double[] bytes = new double[runs];
        for (int i = 0; i < runs; i++) {
            final ServerJvm.Counts before = jvm.counts();
            oursRounds.add(tail(ours, "Zandloper, segment test"));
            final ServerJvm.Counts after = jvm.counts();
            pauses[i] = after.gcPauses() - before.gcPauses();
            bytes[i] = (after.allocatedBytes() - before.allocatedBytes()) / requests;
            if (redis != null) {
                redisRounds.add(tail(redis, "Redis, GET"));
            }
        }
        final List<Comparison> rows = new ArrayList<>();
        final String what = String.format(Locale.ROOT, "segment tests at %,.0f/s, open loop, ", ratePerSecond);
        if (redis != null) {
            final String against = "Redis GET at the same rate";
            rows.add(row(what + "p50", oursRounds, against, redisRounds, 50));
            rows.add(row(what + "p99.9", oursRounds, against, redisRounds, 99.9));
            rows.add(row(what + "p99.99", oursRounds, against, redisRounds, 99.99));
        }
        final double[] one = new double[runs];
        Arrays.fill(one, 1);
        rows.add(Rounds.of("P5", what + "GC pauses in a run", pauses, "one pause", one, "pauses"));
        rows.add(Rounds.of("P5", what + "heap allocated a request", bytes, "one byte", one, "bytes"));
        return rows;
    }

    private double saturation(Loads loads) throws IOException, InterruptedException {
        final LoadPlan plan = loads.plan(
                Workload.SEGMENTS,
                LoadPlan.Loop.open(pace.rateFirst(), CONNECTIONS, PIPELINE),
                Loads.during(pace.warmup(), pace.step()));
        final double saturation =
                new Ramp(plan, LATENCY_MAX, step -> new LoadRun(step, progress -> {}).run(), step -> {}).run();
        if (saturation == 0) {
            out.printf(Locale.ROOT, "RATE MISSED: %s does not even sustain %,d a second%n", loads, pace.rateFirst());
            return pace.rateFirst();
        }
        out.printf(Locale.ROOT, "%s sustains %,.0f requests a second%n", loads, saturation);
        out.flush();
        return saturation;
    }

    private Histogram tail(Loads loads, String name) throws IOException, InterruptedException {
        final LoadResult result = loads.run(open(loads, ratePerSecond));
        if (result.isRateMissed() || result.errors() > 0) {
            out.printf(Locale.ROOT, "RATE MISSED: %s answered %,.0f a second%n", loads, result.throughput());
        }
        kept.add("Tail, open loop", name, result.latenciesNanos());
        return result.latenciesNanos();
    }

    LoadPlan open(Loads loads, double rate) {
        return loads.plan(
                Workload.SEGMENTS,
                LoadPlan.Loop.open(rate, CONNECTIONS, PIPELINE),
                Loads.during(pace.warmup(), pace.tail()));
    }

    private static Comparison row(
            String what, List<Histogram> ours, String against, List<Histogram> theirs, double percentile) {
        return Rounds.of("P5", what, micros(ours, percentile), against, micros(theirs, percentile), "µs");
    }

    private static double[] micros(List<Histogram> rounds, double percentile) {
        return rounds.stream()
                .mapToDouble(latencies -> latencies.getValueAtPercentile(percentile) / 1e3)
                .toArray();
    }

    /** At which tails were measured; 0 where they were not. */
    double ratePerSecond() {
        return ratePerSecond;
    }
}
