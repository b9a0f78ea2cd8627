package io.zandloper.loadtest.load;

import io.zandloper.loadtest.load.LoadResult.OperationResult;
import io.zandloper.loadtest.report.LatencyTable;
import java.io.PrintWriter;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** A run as a person sees it: a line a second, a table at the end. */
public final class ConsoleReport implements LoadListener {
    private final PrintWriter out;

    public ConsoleReport(PrintWriter out) {
        this.out = out;
    }

    /** Before the run. */
    public void start(LoadPlan plan) {
        out.println(plan.summary());
        out.flush();
    }

    @Override
    public void onProgress(Progress progress) {
        final Histogram latencies = progress.latenciesNanos();
        out.printf(
                Locale.ROOT,
                "%6.1f s  %,9.0f/s  p50 %s µs  p99 %s µs  max %s µs%s%s%n",
                progress.sinceStartMillis() / 1e3,
                progress.perSecond(),
                LatencyTable.micros(latencies.getValueAtPercentile(50)),
                LatencyTable.micros(latencies.getValueAtPercentile(99)),
                LatencyTable.micros(latencies.getMaxValue()),
                progress.errors() == 0 ? "" : String.format(Locale.ROOT, "  %,d errors", progress.errors()),
                progress.warmingUp() ? "  (warming up)" : "");
        out.flush();
    }

    /** After the run. */
    public void finish(LoadResult result) {
        out.println();
        final LatencyTable table = new LatencyTable(result.elapsedSeconds());
        for (final OperationResult operation : result.operations()) {
            table.add(operation.title(), operation.latenciesNanos(), operation.errors());
        }
        if (result.operations().size() > 1) {
            table.add("all", result.latenciesNanos(), result.errors());
        }
        table.print(out);
        if (result.operations().stream().anyMatch(operation -> operation.profiles() > 1)) {
            out.printf(Locale.ROOT, "%,.0f profiles a second%n", result.profilesPerSecond());
        }
        final Histogram refusals = result.refusalsNanos();
        if (refusals.getTotalCount() > 0) {
            out.printf(
                    Locale.ROOT,
                    "refused: %,d, after p50 %s µs, p99 %s µs%n",
                    refusals.getTotalCount(),
                    LatencyTable.micros(refusals.getValueAtPercentile(50)),
                    LatencyTable.micros(refusals.getValueAtPercentile(99)));
        }
        result.errorsByName().forEach((name, count) -> out.printf(Locale.ROOT, "error: %,d × %s%n", count, name));
        if (result.isRateMissed()) {
            out.printf(
                    Locale.ROOT,
                    "RATE MISSED: %,.0f/s answered of %,.0f/s due; these latencies are those of an overload%n",
                    result.throughput(),
                    result.plan().loop().ratePerSecond());
        }
        out.flush();
    }
}
