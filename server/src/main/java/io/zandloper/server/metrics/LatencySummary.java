package io.zandloper.server.metrics;

import org.HdrHistogram.AbstractHistogram;

/** Count and percentiles of a set of latencies, in nanoseconds; all zero where there are none. */
public record LatencySummary(
        long count, long min, long p50, long p90, long p99, long p999, long p9999, long max, double mean) {

    /** Of nothing. */
    public static final LatencySummary NONE = new LatencySummary(0, 0, 0, 0, 0, 0, 0, 0, 0);

    static LatencySummary of(AbstractHistogram histogram) {
        if (histogram.getTotalCount() == 0) {
            return NONE;
        }
        return new LatencySummary(
                histogram.getTotalCount(),
                histogram.getMinValue(),
                histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(90),
                histogram.getValueAtPercentile(99),
                histogram.getValueAtPercentile(99.9),
                histogram.getValueAtPercentile(99.99),
                histogram.getMaxValue(),
                histogram.getMean());
    }
}
