package io.zandloper.server.admin;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Quantile;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.Unit;
import io.zandloper.server.decisionlog.DecisionLogStatus;
import io.zandloper.server.metrics.Cutoff;
import io.zandloper.server.metrics.HiccupMeter;
import io.zandloper.server.metrics.LatencySummary;
import io.zandloper.server.metrics.Metrics;
import io.zandloper.server.metrics.Operation;
import io.zandloper.server.metrics.Port;
import io.zandloper.server.metrics.Refusal;
import io.zandloper.server.role.ReplicationStatus;
import io.zandloper.storage.BackFillStatus;
import io.zandloper.storage.DurabilityStatus;
import io.zandloper.storage.StorageStatus;
import io.zandloper.storage.program.CatalogCosts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * The text of {@code /metrics}. Everything is read when it is asked for; nothing is counted twice. All label values
 * come from enums or this file, but for the few that {@link OfferMetrics} takes from the catalog: the number of series is
 * bounded.
 */
final class PrometheusPage {
    static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MILLIS_PER_SECOND = 1e3;

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
        server(all, status.get());
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

        final CounterSnapshot.Builder profiles = CounterSnapshot.builder()
                .name("zandloper_batch_profiles")
                .help("Profiles that batches asked for; a batch itself is one request.");
        for (Operation operation : Operation.BATCHES) {
            profiles.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                    .labels(Labels.of("port", operation.port().label(), "operation", operation.label()))
                    .value((double) metrics.batchProfiles(operation))
                    .build());
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
        final CounterSnapshot.Builder refused = CounterSnapshot.builder()
                .name("zandloper_requests_refused")
                .help("Requests that were not done, by the reason.");
        for (Port port : Port.values()) {
            for (Refusal reason : Refusal.values()) {
                refused.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                        .labels(Labels.of("port", port.label(), "reason", reason.label()))
                        .value((double) metrics.refused(port, reason))
                        .build());
            }
        }
        all.metricSnapshot(refused.build());

        final CounterSnapshot.Builder cutOff = CounterSnapshot.builder()
                .name("zandloper_connections_cut_off")
                .help("Connections that the server ended, by the reason.");
        for (Port port : Port.values()) {
            for (Cutoff reason : Cutoff.values()) {
                cutOff.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                        .labels(Labels.of("port", port.label(), "reason", reason.label()))
                        .value((double) metrics.cutOff(port, reason))
                        .build());
            }
        }
        all.metricSnapshot(cutOff.build());

        final GaugeSnapshot.Builder open =
                GaugeSnapshot.builder().name("zandloper_connections").help("Connections that are open.");
        for (Port port : Port.values()) {
            open.dataPoint(gauge(Labels.of("port", port.label()), metrics.connectionsOpen(port)));
        }
        all.metricSnapshot(open.build());
        all.metricSnapshot(
                perPort("zandloper_connections_opened", "Connections since the start.", metrics::connectionsOpened));
        all.metricSnapshot(perPort("zandloper_network_read_bytes", "Bytes received.", metrics::bytesRead));
        all.metricSnapshot(perPort("zandloper_network_written_bytes", "Bytes sent.", metrics::bytesWritten));
    }

    private static CounterSnapshot perPort(String name, String help, ToLongFunction<Port> count) {
        final CounterSnapshot.Builder counter =
                CounterSnapshot.builder().name(name).help(help);
        for (Port port : Port.values()) {
            counter.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                    .labels(Labels.of("port", port.label()))
                    .value((double) count.applyAsLong(port))
                    .build());
        }
        return counter.build();
    }

    private static void server(MetricSnapshots.Builder all, ServerStatus status) {
        final StorageStatus storage = status.storage();
        single(all, "zandloper_ready", "1 where data is loaded and warm, else 0.", status.ready() ? 1 : 0);
        single(
                all,
                "zandloper_uptime_seconds",
                "Since the start of the process.",
                status.uptime().toSeconds());
        single(all, "zandloper_sequence", "The number of the newest change.", storage.sequence());
        single(all, "zandloper_catalog_version", "0 before the first catalog.", storage.catalogVersion());
        final CatalogCosts costs = status.costs().get();
        final int interpreted = costs.interpreted().size();
        all.metricSnapshot(GaugeSnapshot.builder()
                .name("zandloper_catalog_expressions")
                .help(
                        "Expressions of the catalog, by who evaluates them; the interpreter takes some microseconds each.")
                .dataPoint(gauge(Labels.of("evaluated", "compiled"), costs.expressions() - interpreted))
                .dataPoint(gauge(Labels.of("evaluated", "interpreted"), interpreted))
                .build());
        backFill(all, storage.backFill());
        single(all, "zandloper_profiles", "Profiles stored.", storage.profiles());
        single(all, "zandloper_identities", "Identities stored, over all profiles.", storage.identities());
        single(all, "zandloper_writer_queue_changes", "Changes that wait for the writer.", storage.queuedChanges());
        all.metricSnapshot(CounterSnapshot.builder()
                .name("zandloper_events_evicted_needed")
                .help("Events let go although a cap or suppression could still have counted them.")
                .dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                        .value((double) storage.neededEvictions())
                        .build())
                .build());
        all.metricSnapshot(CounterSnapshot.builder()
                .name("zandloper_storage_failures")
                .help("Snapshots and chores of the storage that failed; /admin/status has the last one.")
                .dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                        .value((double) storage.failures().count())
                        .build())
                .build());
        all.metricSnapshot(GaugeSnapshot.builder()
                .name("zandloper_storage_mapped_bytes")
                .help("Mapped files, by what they hold.")
                .dataPoint(gauge(Labels.of("part", "index"), storage.indexBytes()))
                .dataPoint(gauge(Labels.of("part", "rows"), storage.rowBytes()))
                .dataPoint(gauge(Labels.of("part", "columns"), storage.columns().fileBytes()))
                .dataPoint(gauge(Labels.of("part", "records"), storage.recordBytes()))
                .build());
        all.metricSnapshot(GaugeSnapshot.builder()
                .name("zandloper_storage_fill_ratio")
                .help("How full each part is, 0 to 1.")
                .dataPoint(gauge(Labels.of("part", "index"), storage.indexFill()))
                .dataPoint(gauge(Labels.of("part", "rows"), storage.rowFill()))
                .dataPoint(gauge(Labels.of("part", "columns"), storage.columns().usedRatio()))
                .dataPoint(gauge(Labels.of("part", "records"), storage.recordFill()))
                .build());
        durability(all, storage.durability());
        replication(all, status);
        if (status.decisionLog() != null) {
            decisionLog(all, status.decisionLog());
        }
    }

    /** Replicas are told apart by the node of their data folder: few, and each stays the same over its restarts. */
    private static void replication(MetricSnapshots.Builder all, ServerStatus status) {
        final ReplicationStatus replication = status.replication();
        single(
                all,
                "zandloper_replication_primary",
                "1 where writes are taken, else 0.",
                replication.role().equals("primary") ? 1 : 0);
        single(all, "zandloper_replication_term", "The newest term that is known.", replication.termNumber());
        single(
                all,
                "zandloper_replication_lag_changes",
                "Changes that the primary is known to have and this replica has not; 0 on a primary.",
                replication.lagSequences());
        all.metricSnapshot(GaugeSnapshot.builder()
                .name("zandloper_replication_lag_seconds")
                .help("For how long this replica has not had everything it knew of; 0 on a primary.")
                .dataPoint(gauge(Labels.EMPTY, replication.lagMillis() / MILLIS_PER_SECOND))
                .build());
        single(
                all,
                "zandloper_replication_replicas",
                "Replicas that follow this server now.",
                replication.replicas().size());
        final GaugeSnapshot.Builder lag = GaugeSnapshot.builder()
                .name("zandloper_replica_lag_changes")
                .help("Changes that a replica of this server has not confirmed, by the node of its data folder.");
        final Set<String> seen = new HashSet<>();
        replication.replicas().stream()
                .filter(replica -> seen.add(replica.node()))
                .forEach(replica -> lag.dataPoint(gauge(Labels.of("node", replica.node()), replica.lagSequences())));
        all.metricSnapshot(lag.build());
        all.metricSnapshot(CounterSnapshot.builder()
                .name("zandloper_replication_sent_bytes")
                .help("Frames sent to all replicas, by what was in them.")
                .dataPoint(sent("changes", replication.sent().changeBytes()))
                .dataPoint(sent("snapshots", replication.sent().snapshotBytes()))
                .build());
        single(
                all,
                "zandloper_replication_waiting_changes",
                "Changes that wait for replicas to have them before they are acknowledged.",
                replication.acknowledging().waiting());
        all.metricSnapshot(CounterSnapshot.builder()
                .name("zandloper_replication_unconfirmed_changes")
                .help("Changes that too few replicas had in time; they are made, and were answered 503.")
                .dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                        .value((double) replication.acknowledging().refused())
                        .build())
                .build());
        single(
                all,
                "zandloper_replication_tails",
                "Files of changes that only this server had, set aside.",
                replication.tails().size());
    }

    private static CounterSnapshot.CounterDataPointSnapshot sent(String contents, long lengthBytes) {
        return CounterSnapshot.CounterDataPointSnapshot.builder()
                .labels(Labels.of("contents", contents))
                .value((double) lengthBytes)
                .build();
    }

    private static void decisionLog(MetricSnapshots.Builder all, DecisionLogStatus log) {
        single(all, "zandloper_decision_log_files", "Files of the decision log.", log.files());
        single(all, "zandloper_decision_log_bytes", "All of them.", log.bytes());
        single(
                all,
                "zandloper_decision_log_failed",
                "1 where the disk last refused to take entries, else 0.",
                log.failure() == null ? 0 : 1);
        all.metricSnapshot(CounterSnapshot.builder()
                .name("zandloper_decision_log_entries")
                .help("Decisions that were to be logged, by what became of the entry.")
                .dataPoint(entries("written", log.written()))
                .dataPoint(entries("dropped_queue_full", log.droppedFull()))
                .dataPoint(entries("dropped_disk_refused", log.droppedFailed()))
                .dataPoint(entries("dropped_too_long", log.droppedLong()))
                .build());
    }

    private static CounterSnapshot.CounterDataPointSnapshot entries(String outcome, long count) {
        return CounterSnapshot.CounterDataPointSnapshot.builder()
                .labels(Labels.of("outcome", outcome))
                .value((double) count)
                .build();
    }

    private static void backFill(MetricSnapshots.Builder all, BackFillStatus backFill) {
        single(
                all,
                "zandloper_backfill_running",
                "1 while rows are laid out under a new catalog and the old one serves, else 0.",
                backFill.state() == BackFillStatus.State.RUNNING ? 1 : 0);
        single(
                all,
                "zandloper_backfill_failed",
                "1 where the last catalog was given up because its rows could not be laid out, else 0.",
                backFill.state() == BackFillStatus.State.FAILED ? 1 : 0);
        all.metricSnapshot(GaugeSnapshot.builder()
                .name("zandloper_backfill_rows")
                .help("Rows of the replacement under way, or of the last: to be laid out, done, and of these copied.")
                .dataPoint(gauge(Labels.of("rows", "total"), backFill.rowsTotal()))
                .dataPoint(gauge(Labels.of("rows", "done"), backFill.rowsDone()))
                .dataPoint(gauge(Labels.of("rows", "copied"), backFill.rowsCopied()))
                .build());
    }

    /** What is older than it should be is seen by comparing the timestamps with the time of the scrape. */
    private static void durability(MetricSnapshots.Builder all, DurabilityStatus durability) {
        single(all, "zandloper_journal_bytes", "All files of the journal.", durability.journalBytes());
        single(
                all,
                "zandloper_snapshot_sequence",
                "The change that the newest snapshot is at; -1 where there is none.",
                durability.snapshotSequence());
        single(all, "zandloper_snapshot_bytes", "The newest snapshot's files.", durability.snapshotBytes());
        single(
                all,
                "zandloper_snapshot_timestamp_seconds",
                "When the newest snapshot was complete, since 1970; 0 where there is none.",
                TimeUnit.MICROSECONDS.toSeconds(durability.snapshotAtMicros()));
        single(
                all,
                "zandloper_snapshot_failed",
                "1 where the last try to take a snapshot failed, else 0.",
                durability.snapshotFailure() == null ? 0 : 1);
        single(
                all,
                "zandloper_erasures_pending",
                "Erasures of which a file may still hold bytes.",
                durability.pendingErasures());
        single(
                all,
                "zandloper_erasure_oldest_timestamp_seconds",
                "When the oldest of these was made, since 1970; 0 where there is none.",
                TimeUnit.MICROSECONDS.toSeconds(durability.oldestPendingErasureMicros()));
    }

    private static void memory(MetricSnapshots.Builder all, ProcessMemory memory) {
        all.metricSnapshot(GaugeSnapshot.builder()
                .name("zandloper_memory_bytes")
                .help("Memory of the process, by kind; kinds overlap.")
                .dataPoint(gauge(Labels.of("kind", "heap_used"), memory.heapUsedBytes()))
                .dataPoint(gauge(Labels.of("kind", "heap_committed"), memory.heapCommittedBytes()))
                .dataPoint(gauge(Labels.of("kind", "direct"), memory.directBytes()))
                .dataPoint(gauge(Labels.of("kind", "rss_anon"), memory.rssAnonBytes()))
                .dataPoint(gauge(Labels.of("kind", "rss_file"), memory.rssFileBytes()))
                .dataPoint(gauge(Labels.of("kind", "rss_shmem"), memory.rssShmemBytes()))
                .dataPoint(gauge(Labels.of("kind", "huge_pages"), memory.hugePageBytes()))
                .build());
    }

    private static void single(MetricSnapshots.Builder all, String name, String help, long value) {
        all.metricSnapshot(GaugeSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(gauge(Labels.EMPTY, value))
                .build());
    }

    private static GaugeSnapshot.GaugeDataPointSnapshot gauge(Labels labels, long value) {
        return gauge(labels, (double) value);
    }

    private static GaugeSnapshot.GaugeDataPointSnapshot gauge(Labels labels, double value) {
        return GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .labels(labels)
                .value(value)
                .build();
    }
}
