package io.zandloper.server.admin;

import io.zandloper.server.metrics.HiccupMeter;
import io.zandloper.server.metrics.LatencySummary;
import io.zandloper.server.metrics.Metrics;
import io.zandloper.server.metrics.Operation;
import io.zandloper.server.metrics.SlowRequest;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/** The document of {@code /latency}. All times are nanoseconds. */
final class LatencyPage {
    /** Buckets of the hiccup histogram begin at this width and double. */
    private static final long HICCUP_BUCKET_NANOS = 1 << 14;

    private final Metrics metrics;
    private final HiccupMeter hiccups;

    LatencyPage(Metrics metrics, HiccupMeter hiccups) {
        this.metrics = metrics;
        this.hiccups = hiccups;
    }

    Map<String, Object> render() {
        final Map<String, Object> document = new LinkedHashMap<>();
        document.put("unit", "ns");
        document.put("operations", operations());
        document.put("hiccups", hiccups());
        document.put(
                "slowest",
                metrics.slowestRequests().stream().map(LatencyPage::slowRequest).toList());
        return document;
    }

    /** Every operation, also those nobody has asked for yet: whoever reads it finds the same keys from the start. */
    private Map<String, Object> operations() {
        final Map<Operation, Metrics.OperationLatency> seen = new EnumMap<>(Operation.class);
        metrics.latencies().forEach(latency -> seen.put(latency.operation(), latency));
        final Map<String, Object> operations = new LinkedHashMap<>();
        for (Operation operation : Operation.values()) {
            final Metrics.OperationLatency latency = seen.get(operation);
            operations.put(
                    operation.port().label() + "." + operation.label(),
                    latency == null
                            ? pair(LatencySummary.NONE, LatencySummary.NONE)
                            : pair(latency.sinceStart(), latency.window()));
        }
        return operations;
    }

    private Map<String, Object> hiccups() {
        final Map<String, Object> document = new LinkedHashMap<>(pair(hiccups.sinceStart(), hiccups.window()));
        document.put("histogram", buckets(hiccups.histogram()));
        return document;
    }

    private static Map<String, Object> pair(LatencySummary sinceStart, LatencySummary window) {
        final Map<String, Object> pair = new LinkedHashMap<>();
        pair.put("sinceStart", summary(sinceStart));
        pair.put("last10s", summary(window));
        return pair;
    }

    private static Map<String, Object> summary(LatencySummary summary) {
        final Map<String, Object> document = new LinkedHashMap<>();
        document.put("count", summary.count());
        document.put("min", summary.min());
        document.put("p50", summary.p50());
        document.put("p90", summary.p90());
        document.put("p99", summary.p99());
        document.put("p99.9", summary.p999());
        document.put("p99.99", summary.p9999());
        document.put("max", summary.max());
        return document;
    }

    private static List<Map<String, Object>> buckets(Histogram histogram) {
        final List<Map<String, Object>> buckets = new ArrayList<>();
        for (HistogramIterationValue value : histogram.logarithmicBucketValues(HICCUP_BUCKET_NANOS, 2)) {
            final Map<String, Object> bucket = new LinkedHashMap<>();
            bucket.put("toNanos", value.getValueIteratedTo());
            bucket.put("count", value.getCountAddedInThisIterationStep());
            buckets.add(bucket);
        }
        return buckets;
    }

    private static Map<String, Object> slowRequest(SlowRequest request) {
        final Map<String, Object> document = new LinkedHashMap<>();
        document.put("port", request.operation().port().label());
        document.put("operation", request.operation().label());
        document.put("latency", request.latencyNanos());
        document.put("endedAt", request.endedAt().toString());
        return document;
    }
}
