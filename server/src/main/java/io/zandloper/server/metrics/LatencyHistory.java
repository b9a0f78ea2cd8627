package io.zandloper.server.metrics;

import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.PackedHistogram;

/**
 * Latencies since the start, and those of the last ten seconds in slots of one second. Not thread-safe: {@link Metrics}
 * and {@link HiccupMeter} lock around it.
 */
final class LatencyHistory {
    private final Histogram sinceStart =
            new Histogram(MetricsLimits.LATENCY_MAX_NANOS, MetricsLimits.SIGNIFICANT_DIGITS);
    /** Packed: a second's latencies touch few of the buckets. */
    private final PackedHistogram[] slots = new PackedHistogram[MetricsLimits.WINDOW_SECONDS];

    private int currentSlot;

    LatencyHistory() {
        for (int i = 0; i < slots.length; i++) {
            slots[i] = new PackedHistogram(MetricsLimits.LATENCY_MAX_NANOS, MetricsLimits.SIGNIFICANT_DIGITS);
        }
    }

    void add(AbstractHistogram interval) {
        if (interval.getTotalCount() > 0) {
            sinceStart.add(interval);
            slots[currentSlot].add(interval);
        }
    }

    /** A second has passed: the oldest slot becomes the current one. */
    void rotate() {
        currentSlot = (currentSlot + 1) % slots.length;
        slots[currentSlot].reset();
    }

    LatencySummary sinceStart() {
        return LatencySummary.of(sinceStart);
    }

    LatencySummary window() {
        return LatencySummary.of(windowHistogram());
    }

    private Histogram windowHistogram() {
        final Histogram window = new Histogram(MetricsLimits.LATENCY_MAX_NANOS, MetricsLimits.SIGNIFICANT_DIGITS);
        for (PackedHistogram slot : slots) {
            window.add(slot);
        }
        return window;
    }

    /** A copy of all latencies since the start. */
    Histogram sinceStartHistogram() {
        return sinceStart.copy();
    }
}
