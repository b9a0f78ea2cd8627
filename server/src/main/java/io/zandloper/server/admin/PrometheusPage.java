package io.zandloper.server.admin;

import static io.zandloper.server.admin.Series.count;
import static io.zandloper.server.admin.Series.counter;
import static io.zandloper.server.admin.Series.gauge;
import static io.zandloper.server.admin.Series.level;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Quantile;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.Unit;
import io.zandloper.server.metrics.Cutoff;
import io.zandloper.server.metrics.HiccupMeter;
import io.zandloper.server.metrics.LatencySummary;
import io.zandloper.server.metrics.Metrics;
import io.zandloper.server.metrics.Operation;
import io.zandloper.server.metrics.Port;
import io.zandloper.server.metrics.Refusal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * The text of {@code /metrics}. Everything is read when it is asked for; nothing is counted twice. All label values
 * come from enums or the code, but for replicas' nodes and the few that {@link OfferMetrics} takes from the catalog: the
 * number of series is bounded.
 */
final class PrometheusPage {
    static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    private static final double NANOS_PER_SECOND = 1e9;

    private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
    private final Metrics metrics;
    private final HiccupMeter hiccups;
    private final Supplier<ServerStatus> status;
    private final OfferMetrics offers;

    PrometheusPage(Metrics metrics, HiccupMeter hiccups, Supplier<ServerStatus> status, OfferMetrics offers) {
        this.offers = offers;
        this.metrics = metrics;
        this.hiccups = hiccups;
        this.status = status;
    }

    byte[] render() {
        final MetricSnapshots.Builder all = MetricSnapshots.builder();
        requests(all);
        ports(all);
        StatusMetrics.addTo(all, status.get());
        memory(all, ProcessMemory.read());
        offers.addTo(all);
        final ByteArrayOutputStream text = new ByteArrayOutputStream();
        try {
            writer.write(text, all.build());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toByteArray();
    }

    private void requests(MetricSnapshots.Builder all) {
        final SummarySnapshot.Builder requests = SummarySnapshot.builder()
                .name("zandloper_request_duration_seconds")
                .unit(Unit.SECONDS)
                .help("Time from the last byte of a request to its answer; quantiles are of the last 10 seconds.");
        metrics.latencies()
                .forEach(latency -> requests.dataPoint(SummarySnapshot.SummaryDataPointSnapshot.builder()
                        .labels(Labels.of(
                                "port", latency.operation().port().label(),
                                "operation", latency.operation().label()))
                        .count(latency.sinceStart().count())
                        .sum(latency.sumNanos() / NANOS_PER_SECOND)
                        .quantiles(quantiles(latency.window()))
                        .build()));
        all.metricSnapshot(requests.build());

        final CounterSnapshot.Builder profiles =
                counter("zandloper_batch_profiles", "Profiles that batches asked for; a batch itself is one request.");
        for (Operation operation : Operation.BATCHES) {
            profiles.dataPoint(count(
                    Labels.of("port", operation.port().label(), "operation", operation.label()),
                    metrics.batchProfiles(operation)));
        }
        all.metricSnapshot(profiles.build());

        all.metricSnapshot(summary(
                "zandloper_binary_wait_seconds",
                "For how long the last request of what was read of a binary connection may have waited in its socket, as"
                        + " overload is judged; quantiles are of the last 10 seconds.",
                metrics.waitsSinceStart(),
                metrics.waitsOfWindow()));
        all.metricSnapshot(summary(
                "zandloper_hiccup_duration_seconds",
                "By how much a thread that sleeps a millisecond overslept; quantiles are of the last 10 seconds.",
                hiccups.sinceStart(),
                hiccups.window()));
    }

    private static SummarySnapshot summary(String name, String help, LatencySummary sinceStart, LatencySummary window) {
        return SummarySnapshot.builder()
                .name(name)
                .unit(Unit.SECONDS)
                .help(help)
                .dataPoint(SummarySnapshot.SummaryDataPointSnapshot.builder()
                        .count(sinceStart.count())
                        .sum(sinceStart.mean() * sinceStart.count() / NANOS_PER_SECOND)
                        .quantiles(quantiles(window))
                        .build())
                .build();
    }

    private static Quantiles quantiles(LatencySummary window) {
        return Quantiles.of(
                quantile(0.5, window, window.p50()),
                quantile(0.9, window, window.p90()),
                quantile(0.99, window, window.p99()),
                quantile(0.999, window, window.p999()),
                quantile(0.9999, window, window.p9999()));
    }

    /** A quantile of nothing is not zero. */
    private static Quantile quantile(double quantile, LatencySummary window, long nanos) {
        return new Quantile(quantile, window.count() == 0 ? Double.NaN : nanos / NANOS_PER_SECOND);
    }

    private void ports(MetricSnapshots.Builder all) {
        final CounterSnapshot.Builder refused =
                counter("zandloper_requests_refused", "Requests that were not done, by the reason.");
        for (Port port : Port.values()) {
            for (Refusal reason : Refusal.values()) {
                refused.dataPoint(count(
                        Labels.of("port", port.label(), "reason", reason.label()), metrics.refused(port, reason)));
            }
        }
        all.metricSnapshot(refused.build());

        final CounterSnapshot.Builder cutOff =
                counter("zandloper_connections_cut_off", "Connections that the server ended, by the reason.");
        for (Port port : Port.values()) {
            for (Cutoff reason : Cutoff.values()) {
                cutOff.dataPoint(
                        count(Labels.of("port", port.label(), "reason", reason.label()), metrics.cutOff(port, reason)));
            }
        }
        all.metricSnapshot(cutOff.build());

        final GaugeSnapshot.Builder open = gauge("zandloper_connections", "Connections that are open.");
        for (Port port : Port.values()) {
            open.dataPoint(level(Labels.of("port", port.label()), metrics.connectionsOpen(port)));
        }
        all.metricSnapshot(open.build());
        all.metricSnapshot(
                perPort("zandloper_connections_opened", "Connections since the start.", metrics::connectionsOpened));
        all.metricSnapshot(perPort("zandloper_network_read_bytes", "Bytes received.", metrics::bytesRead));
        all.metricSnapshot(perPort("zandloper_network_written_bytes", "Bytes sent.", metrics::bytesWritten));
    }

    private static CounterSnapshot perPort(String name, String help, ToLongFunction<Port> count) {
        final CounterSnapshot.Builder counter = counter(name, help);
        for (Port port : Port.values()) {
            counter.dataPoint(count(Labels.of("port", port.label()), count.applyAsLong(port)));
        }
        return counter.build();
    }

    private static void memory(MetricSnapshots.Builder all, ProcessMemory memory) {
        all.metricSnapshot(gauge("zandloper_memory_bytes", "Memory of the process, by kind; kinds overlap.")
                .dataPoint(level(Labels.of("kind", "heap_used"), memory.heapUsedBytes()))
                .dataPoint(level(Labels.of("kind", "heap_committed"), memory.heapCommittedBytes()))
                .dataPoint(level(Labels.of("kind", "direct"), memory.directBytes()))
                .dataPoint(level(Labels.of("kind", "rss_anon"), memory.rssAnonBytes()))
                .dataPoint(level(Labels.of("kind", "rss_file"), memory.rssFileBytes()))
                .dataPoint(level(Labels.of("kind", "rss_shmem"), memory.rssShmemBytes()))
                .dataPoint(level(Labels.of("kind", "huge_pages"), memory.hugePageBytes()))
                .build());
    }
}
