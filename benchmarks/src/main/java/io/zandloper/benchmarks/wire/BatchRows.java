package io.zandloper.benchmarks.wire;

import io.zandloper.benchmarks.measure.Comparison;
import io.zandloper.benchmarks.measure.Rounds;
import io.zandloper.loadtest.load.LoadPlan;
import io.zandloper.loadtest.load.LoadResult;
import io.zandloper.loadtest.load.Workload;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** P4: how many segment tests a second of the server's processor time answers, 50 of them in a frame. */
final class BatchRows {
    private static final int CONNECTIONS = 4;
    private static final int PIPELINE = 4;

    private final Pace pace;
    private final PrintWriter out;
    private double framesPerSecondMax;

    BatchRows(Pace pace, PrintWriter out) {
        this.pace = pace;
        this.out = out;
    }

    /** One that is asked as much as it answers, and what came of it in each round. */
    private final class Series {
        private final Loads loads;
        private final Supplier<Duration> cpu;
        private final double[] perCpuSecond = new double[pace.runs()];
        private final double[] perSecond = new double[pace.runs()];

        Series(Loads loads, Supplier<Duration> cpu) {
            this.loads = loads;
            this.cpu = cpu;
        }

        void round(int index) throws IOException, InterruptedException {
            final Duration before = cpu.get();
            final LoadResult result = busy(loads);
            final double cpuSeconds = Math.max(1e-2, cpu.get().minus(before).toNanos() / 1e9);
            final double tests = (double) result.count() * Loads.BATCH;
            perCpuSecond[index] = tests / cpuSeconds;
            perSecond[index] = result.profilesPerSecond();
            framesPerSecondMax = Math.max(framesPerSecondMax, result.throughput());
            out.printf(
                    Locale.ROOT,
                    "%s: %,.0f tests in %.2f s of its processor time, %,.0f a second%n",
                    loads,
                    tests,
                    cpuSeconds,
                    result.profilesPerSecond());
            out.flush();
        }
    }

    /** Each asked in turn; both processes are there all the time. */
    List<Comparison> run(Loads ours, Supplier<Duration> oursCpu, Loads redis, Supplier<Duration> redisCpu)
            throws IOException, InterruptedException {
        final Series tests = new Series(ours, oursCpu);
        final Series gets = new Series(redis, redisCpu);
        busy(ours);
        busy(redis);
        for (int i = 0; i < pace.runs(); i++) {
            tests.round(i);
            gets.round(i);
        }
        final String against = "Redis GET, pipelines of " + Loads.BATCH;
        final List<Comparison> rows = new ArrayList<>();
        rows.add(Rounds.of(
                "P4",
                "segment tests by a CPU-second, " + Loads.BATCH + " in a frame",
                tests.perCpuSecond,
                against,
                gets.perCpuSecond,
                "tests/s"));
        rows.add(Rounds.of(
                "P4",
                "segment tests a second, the client on the same cores",
                tests.perSecond,
                against,
                gets.perSecond,
                "tests/s"));
        return rows;
    }

    /** Without a warm-up, since its processor time would count. */
    LoadResult busy(Loads loads) throws IOException, InterruptedException {
        return loads.run(loads.plan(
                Workload.BATCH,
                LoadPlan.Loop.closed(LoadPlan.Waiting.BLOCK, CONNECTIONS, PIPELINE),
                Loads.during(Duration.ZERO, pace.busy())));
    }

    /** The highest of all rounds; 0 where there was none. */
    double framesPerSecondMax() {
        return framesPerSecondMax;
    }
}
