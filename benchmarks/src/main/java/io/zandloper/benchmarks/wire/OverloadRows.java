package io.zandloper.benchmarks.wire;

import io.zandloper.benchmarks.measure.Comparison;
import io.zandloper.benchmarks.measure.Rounds;
import io.zandloper.loadtest.load.LoadPlan;
import io.zandloper.loadtest.load.LoadResult;
import io.zandloper.loadtest.load.Workload;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * Overload: decisions at half and at twice of what is answered at most, in turns; what is answered and what is refused are kept
 * apart. A decision costs the server several times what it costs the generator, so that it is the server that is
 * overloaded.
 */
final class OverloadRows {
    private static final String GOAL = "overload";
    private static final int CONNECTIONS = 8;
    /** Of the closed loop that warms the server up, and tells what it answers at most. */
    private static final int WARM_PIPELINE = 32;
    /** Room for what may wait in the server, and for what is due until the overload is seen. */
    private static final int PIPELINE = 16_384;

    private final Pace pace;
    private final Kept kept;
    private final PrintWriter out;
    private double ratePerSecondMax;

    OverloadRows(Pace pace, Kept kept, PrintWriter out) {
        this.pace = pace;
        this.kept = kept;
        this.out = out;
    }

    /** One multiple of the saturation, and what came of it in each round. */
    private final class Series {
        private final double ratePerSecond;
        private final String name;
        private final double[] medianMicros = new double[pace.runs()];
        private final double[] tailMicros = new double[pace.runs()];
        private final double[] refusedMicros = new double[pace.runs()];
        private final double[] refusedPercent = new double[pace.runs()];
        private final double[] answeredPerSecond = new double[pace.runs()];

        Series(double ratePerSecond, String name) {
            this.ratePerSecond = ratePerSecond;
            this.name = name;
        }

        void round(Loads loads, int index) throws IOException, InterruptedException {
            final LoadResult result = loads.runBeyond(open(loads, ratePerSecond));
            final Histogram answered = result.latenciesNanos();
            final Histogram refused = result.refusalsNanos();
            medianMicros[index] = micros(answered, 50);
            tailMicros[index] = micros(answered, 99);
            refusedMicros[index] = micros(refused, 99);
            refusedPercent[index] = 100.0 * refused.getTotalCount() / result.due();
            answeredPerSecond[index] = result.throughput();
            kept.add("Overload, answered", name, answered);
            out.printf(
                    Locale.ROOT,
                    "%s, %,.0f/s due: %,.0f/s answered, p50 %,.0f µs, p99 %,.0f µs; %.1f %% refused, p99 %,.0f µs%n",
                    name,
                    ratePerSecond,
                    answeredPerSecond[index],
                    medianMicros[index],
                    tailMicros[index],
                    refusedPercent[index],
                    refusedMicros[index]);
            out.flush();
        }
    }

    List<Comparison> run(Loads ours) throws IOException, InterruptedException {
        final double saturation = saturation(ours);
        final Series half = new Series(saturation / 2, "at half of saturation");
        final Series twice = new Series(2 * saturation, "at twice of saturation");
        ratePerSecondMax = twice.ratePerSecond;
        for (int i = 0; i < pace.runs(); i++) {
            half.round(ours, i);
            twice.round(ours, i);
        }
        final String what =
                String.format(Locale.ROOT, "answered decisions at twice of saturation (%,.0f/s), ", saturation);
        final List<Comparison> rows = new ArrayList<>(List.of(
                row(what + "p50", twice.medianMicros, half.name, half.medianMicros, "µs"),
                row(what + "p99", twice.tailMicros, half.name, half.tailMicros, "µs"),
                row("refused at twice of saturation", twice.refusedPercent, "what is too much", all(50), "%"),
                row("answered at twice of saturation", twice.answeredPerSecond, "saturation", all(saturation), "1/s"),
                row("answered at half of it", half.answeredPerSecond, "what is due", all(half.ratePerSecond), "1/s")));
        if (Arrays.stream(twice.refusedPercent).allMatch(percent -> percent > 0)) {
            rows.add(row(
                    "refusals at twice of saturation, p99", twice.refusedMicros, "answers", twice.tailMicros, "µs"));
        }
        return rows;
    }

    /**
     * What it answers a second where the next is asked when one is answered, once its code is compiled. The rate of which 99
     * of a hundred are answered in 10 ms is half of it here and less, and twice of that is no overload.
     */
    private double saturation(Loads loads) throws IOException, InterruptedException {
        final double answered = loads.runBeyond(loads.plan(
                        Workload.NBO,
                        LoadPlan.Loop.closed(LoadPlan.Waiting.BLOCK, CONNECTIONS, WARM_PIPELINE),
                        Loads.during(pace.heat(), pace.step())))
                .throughput();
        out.printf(Locale.ROOT, "%s answers %,.0f decisions a second in a closed loop%n", loads, answered);
        out.flush();
        return answered;
    }

    LoadPlan open(Loads loads, double rate) {
        return loads.plan(
                Workload.NBO,
                LoadPlan.Loop.open(rate, CONNECTIONS, PIPELINE),
                Loads.during(pace.overloadSettles(), pace.busy()));
    }

    private static double micros(Histogram nanos, double percentile) {
        return nanos.getValueAtPercentile(percentile) / 1e3;
    }

    private double[] all(double value) {
        final double[] values = new double[pace.runs()];
        Arrays.fill(values, value);
        return values;
    }

    private static Comparison row(String what, double[] ours, String against, double[] theirs, String unit) {
        return Rounds.of(GOAL, what, ours, against, theirs, unit);
    }

    /** The highest at which anything was measured; 0 where nothing was. */
    double ratePerSecondMax() {
        return ratePerSecondMax;
    }
}
