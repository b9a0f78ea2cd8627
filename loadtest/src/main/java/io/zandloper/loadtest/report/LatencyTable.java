package io.zandloper.loadtest.report;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** The table at the end of a load: a row for each operation, latencies in microseconds. */
public final class LatencyTable {
    private static final double[] PERCENTILES = {50, 90, 99, 99.9, 99.99};

    private record Row(String title, Histogram latenciesNanos, long errors) {}

    private final double elapsedSeconds;
    private final List<Row> rows = new ArrayList<>();

    /** @param elapsedSeconds what counts are divided by */
    public LatencyTable(double elapsedSeconds) {
        this.elapsedSeconds = elapsedSeconds;
    }

    public void add(String title, Histogram latenciesNanos, long errors) {
        rows.add(new Row(title, latenciesNanos, errors));
    }

    public void print(PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%-14s %12s %12s %10s %10s %10s %10s %10s %10s %8s%n",
                "latency in µs",
                "answers",
                "per second",
                "p50",
                "p90",
                "p99",
                "p99.9",
                "p99.99",
                "max",
                "errors");
        for (final Row row : rows) {
            final Histogram latencies = row.latenciesNanos();
            final List<Object> cells = new ArrayList<>();
            cells.add(row.title());
            cells.add(latencies.getTotalCount());
            cells.add(latencies.getTotalCount() / elapsedSeconds);
            for (final double percentile : PERCENTILES) {
                cells.add(micros(latencies, latencies.getValueAtPercentile(percentile)));
            }
            cells.add(micros(latencies, latencies.getMaxValue()));
            cells.add(row.errors());
            out.printf(Locale.ROOT, "%-14s %,12d %,12.0f %10s %10s %10s %10s %10s %10s %,8d%n", cells.toArray());
        }
        out.flush();
    }

    private static String micros(Histogram latencies, long nanos) {
        return latencies.getTotalCount() == 0 ? "-" : micros(nanos);
    }

    /** With one digit after the point where that still tells something. */
    public static String micros(long nanos) {
        return String.format(Locale.ROOT, nanos < 1_000_000 ? "%,.1f" : "%,.0f", nanos / 1e3);
    }
}
