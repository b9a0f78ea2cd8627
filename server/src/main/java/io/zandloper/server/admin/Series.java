package io.zandloper.server.admin;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;

/** Short ways to make counters and gauges of a page. */
final class Series {
    private Series() {}

    static CounterSnapshot.Builder counter(String name, String help) {
        return CounterSnapshot.builder().name(name).help(help);
    }

    static CounterDataPointSnapshot count(Labels labels, long value) {
        return CounterDataPointSnapshot.builder()
                .labels(labels)
                .value((double) value)
                .build();
    }

    /** A counter of one series. */
    static CounterSnapshot counter(String name, String help, long value) {
        return counter(name, help).dataPoint(count(Labels.EMPTY, value)).build();
    }

    static GaugeSnapshot.Builder gauge(String name, String help) {
        return GaugeSnapshot.builder().name(name).help(help);
    }

    static GaugeDataPointSnapshot level(Labels labels, long value) {
        return level(labels, (double) value);
    }

    static GaugeDataPointSnapshot level(Labels labels, double value) {
        return GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
    }

    /** A gauge of one series. */
    static GaugeSnapshot gauge(String name, String help, long value) {
        return gauge(name, help, (double) value);
    }

    /** The same. */
    static GaugeSnapshot gauge(String name, String help, double value) {
        return gauge(name, help).dataPoint(level(Labels.EMPTY, value)).build();
    }
}
