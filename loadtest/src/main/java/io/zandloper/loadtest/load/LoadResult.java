package io.zandloper.loadtest.load;

import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What a run has measured.
 *
 * @param operations those of the workload that were asked, in a fixed order
 * @param errorsByName all errors of the run, warm-up included
 * @param due requests of the measured time, sent or not
 * @param dueSeconds over which they were due
 * @param elapsedSeconds until the last answer, at least as long
 */
public record LoadResult(
        LoadPlan plan,
        List<OperationResult> operations,
        Map<String, Long> errorsByName,
        long due,
        double dueSeconds,
        double elapsedSeconds) {
    /** Less than this share of the rate counts as missed. */
    private static final double RATE_SHARE_MIN = 0.99;

    /** @param latenciesNanos of the answers that were right */
    public record OperationResult(String title, Histogram latenciesNanos, long errors) {}

    public long count() {
        return operations.stream()
                .mapToLong(o -> o.latenciesNanos().getTotalCount())
                .sum();
    }

    public long errors() {
        return errorsByName.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Right answers a second. */
    public double throughput() {
        return count() / elapsedSeconds;
    }

    /**
     * Whether the open loop fell short of its rate: then the latencies are those of an overloaded server or generator.
     */
    public boolean isRateMissed() {
        return plan.mode() == LoadPlan.Mode.OPEN && throughput() < RATE_SHARE_MIN * due / dueSeconds;
    }
}
