package io.zandloper.benchmarks.wire;

import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Latencies of all rounds together, for plots: a group is one plot, a name in it one line. For one thread. */
final class Kept {
    private final Map<String, Map<String, Histogram>> groups = new LinkedHashMap<>();

    void add(String group, String name, Histogram latenciesNanos) {
        groups.computeIfAbsent(group, g -> new LinkedHashMap<>()).merge(name, latenciesNanos.copy(), (all, more) -> {
            all.add(more);
            return all;
        });
    }

    /** By group, then by name. */
    Map<String, Map<String, Histogram>> groups() {
        return groups;
    }
}
