package io.zandloper.loadtest.load;

import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What a run has measured.
 *
 * @param operations those of the workload that were asked, in a fixed order
 * @param refusalsNanos of the answers of the measured time that say by their status that there is none
 * @param errorsByName all errors of the run, warm-up included
 * @param due requests of the measured time, sent or not
 * @param dueSeconds over which they were due
 * @param elapsedSeconds until the last answer, at least as long
 * @param checksum over all right answers, warm-up included; see {@link io.zandloper.loadtest.dialect.Checksum}
 */
public record LoadResult(
        LoadPlan plan,
        List<OperationResult> operations,
        Histogram refusalsNanos,
        Map<String, Long> errorsByName,
        long due,
        double dueSeconds,
        double elapsedSeconds,
        long checksum) {
    /** Less than this share of the rate counts as missed. */
    private static final double RATE_SHARE_MIN = 0.99;

    /**
     * One of them.
     *
     * @param latenciesNanos of the answers that were right
     * @param profiles that one request asks about
     */
    public record OperationResult(String title, Histogram latenciesNanos, long errors, int profiles) {}

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

    /** Profiles that right answers were about, a second: more than {@link #throughput} where some are batches. */
    public double profilesPerSecond() {
        return operations.stream()
                        .mapToDouble(o -> (double) o.latenciesNanos().getTotalCount() * o.profiles())
                        .sum()
                / elapsedSeconds;
    }

    /** Of all right answers. */
    public Histogram latenciesNanos() {
        final Histogram all = new Histogram(1, Recordings.LATENCY_MAX_NANOS, Recordings.DIGITS);
        operations.forEach(operation -> all.add(operation.latenciesNanos()));
        return all;
    }

    /**
     * Whether the open loop fell short of its rate: then the latencies are those of an overloaded server or generator.
     */
    public boolean isRateMissed() {
        return plan.isOpenLoop() && throughput() < RATE_SHARE_MIN * due / dueSeconds;
    }
}
