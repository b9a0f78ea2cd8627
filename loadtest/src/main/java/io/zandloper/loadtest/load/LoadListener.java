package io.zandloper.loadtest.load;

import org.HdrHistogram.Histogram;

/** Watches a run; called about once a second, on the thread that runs it. */
public interface LoadListener {
    /**
     * @param latenciesNanos of right answers since the last time
     * @param errors since the beginning
     */
    record Progress(
            boolean warmingUp, long sinceStartMillis, double perSecond, Histogram latenciesNanos, long errors) {}

    void onProgress(Progress progress);

    /**
     * One interval of the measured time of one operation.
     *
     * @param latenciesNanos the listener's to keep
     */
    default void onInterval(String operation, Histogram latenciesNanos, long fromNanos, long toNanos) {}
}
