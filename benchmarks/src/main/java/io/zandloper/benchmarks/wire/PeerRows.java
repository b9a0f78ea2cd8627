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
import java.util.function.ToDoubleFunction;

/** Our server and one peer under the same loads, in turns. */
final class PeerRows {
    private static final String GOAL = "peers";
    private static final int CONNECTIONS = 16;
    private static final int BATCH_CONNECTIONS = 4;
    private static final int BATCH_PIPELINE = 4;

    private final Pace pace;
    private final Kept kept;
    private final PrintWriter out;

    PeerRows(Pace pace, Kept kept, PrintWriter out) {
        this.pace = pace;
        this.kept = kept;
        this.out = out;
    }

    /**
     * One that is under load.
     *
     * @param cpu processor time that its process has used
     */
    record Subject(Loads loads, Supplier<Duration> cpu) {
        Subject about(String pattern, int count) {
            return new Subject(loads.about(pattern, count), cpu);
        }
    }

    /** What one run gave. */
    private record Round(LoadResult result, double cpuSeconds) {
        double micros(double percentile) {
            return result.latenciesNanos().getValueAtPercentile(percentile) / 1e3;
        }

        double perCpuSecond() {
            return result.profilesPerSecond() * result.elapsedSeconds() / cpuSeconds;
        }
    }

    /** A number of a run. */
    private record Figure(String name, String unit, ToDoubleFunction<Round> of) {}

    private static final Figure MEDIAN = new Figure("p50", "µs", round -> round.micros(50));
    private static final Figure TAIL = new Figure("p99.9", "µs", round -> round.micros(99.9));
    private static final Figure RATE =
            new Figure("profiles a second", "1/s", round -> round.result().profilesPerSecond());
    private static final Figure PER_CPU = new Figure("profiles a CPU-second", "1/s", Round::perCpuSecond);

    List<Comparison> reads(Subject ours, Subject theirs, String single, String batch)
            throws IOException, InterruptedException {
        final List<Comparison> rows = new ArrayList<>();
        rows.addAll(compare(
                "segment test, one connection",
                Workload.SEGMENTS,
                LoadPlan.Loop.closed(LoadPlan.Waiting.SPIN, 1, 1),
                ours,
                theirs,
                single,
                MEDIAN,
                TAIL));
        rows.addAll(compare(
                "segment test, 16 connections",
                Workload.SEGMENTS,
                LoadPlan.Loop.closed(LoadPlan.Waiting.BLOCK, CONNECTIONS, 1),
                ours,
                theirs,
                single,
                RATE,
                PER_CPU));
        rows.addAll(compare(
                Loads.BATCH + " segment tests a frame",
                Workload.BATCH,
                LoadPlan.Loop.closed(LoadPlan.Waiting.BLOCK, BATCH_CONNECTIONS, BATCH_PIPELINE),
                ours,
                theirs,
                batch,
                RATE,
                PER_CPU));
        return rows;
    }

    List<Comparison> profiles(Subject ours, Subject theirs, String against) throws IOException, InterruptedException {
        final List<Comparison> rows = new ArrayList<>();
        rows.addAll(compare(
                "whole profile, one connection",
                Workload.PROFILES,
                LoadPlan.Loop.closed(LoadPlan.Waiting.SPIN, 1, 1),
                ours,
                theirs,
                against,
                MEDIAN));
        rows.addAll(compare(
                "whole profile, 16 connections",
                Workload.PROFILES,
                LoadPlan.Loop.closed(LoadPlan.Waiting.BLOCK, CONNECTIONS, 1),
                ours,
                theirs,
                against,
                RATE,
                PER_CPU));
        return rows;
    }

    List<Comparison> writes(Subject ours, Subject theirs, String against) throws IOException, InterruptedException {
        return compare(
                "95 reads to 5 writes, 16 connections",
                Workload.READWRITE,
                LoadPlan.Loop.closed(LoadPlan.Waiting.BLOCK, CONNECTIONS, 1),
                ours,
                theirs,
                against,
                RATE,
                TAIL);
    }

    private List<Comparison> compare(
            String what,
            Workload workload,
            LoadPlan.Loop loop,
            Subject ours,
            Subject theirs,
            String against,
            Figure... figures)
            throws IOException, InterruptedException {
        final List<Round> oursRounds = new ArrayList<>();
        final List<Round> theirsRounds = new ArrayList<>();
        for (int i = 0; i <= pace.runs(); i++) {
            final Round first = round(workload, loop, ours);
            final Round second = round(workload, loop, theirs);
            // The first of each only warms up.
            if (i > 0) {
                oursRounds.add(first);
                theirsRounds.add(second);
                kept.add(what, "Zandloper", first.result().latenciesNanos());
                kept.add(what, against, second.result().latenciesNanos());
            }
        }
        final List<Comparison> rows = new ArrayList<>();
        for (final Figure figure : figures) {
            rows.add(Rounds.of(
                    GOAL,
                    what + ", " + figure.name(),
                    values(oursRounds, figure),
                    against,
                    values(theirsRounds, figure),
                    figure.unit()));
            final Comparison row = rows.get(rows.size() - 1);
            out.printf(Locale.ROOT, "%s against %s: %.3f%n", row.what(), against, row.ratio());
            out.flush();
        }
        return rows;
    }

    private Round round(Workload workload, LoadPlan.Loop loop, Subject subject)
            throws IOException, InterruptedException {
        final Duration before = subject.cpu().get();
        final LoadResult result =
                subject.loads().run(subject.loads().plan(workload, loop, Loads.during(Duration.ZERO, pace.busy())));
        return new Round(
                result, Math.max(1e-2, subject.cpu().get().minus(before).toNanos() / 1e9));
    }

    private static double[] values(List<Round> rounds, Figure figure) {
        return rounds.stream().mapToDouble(figure.of()).toArray();
    }
}
