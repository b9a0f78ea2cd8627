package io.zandloper.server.admin;

import static io.zandloper.server.admin.Series.count;
import static io.zandloper.server.admin.Series.counter;
import static io.zandloper.server.admin.Series.gauge;
import static io.zandloper.server.admin.Series.level;

import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.zandloper.server.decisionlog.DecisionLogStatus;
import io.zandloper.server.role.ReplicationStatus;
import io.zandloper.storage.BackFillStatus;
import io.zandloper.storage.DurabilityStatus;
import io.zandloper.storage.StorageStatus;
import io.zandloper.storage.program.CatalogCosts;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** What is known of the server as a whole, of its storage and of its replicas, as metrics. */
final class StatusMetrics {
    private static final double MILLIS_PER_SECOND = 1e3;

    private StatusMetrics() {}

    static void addTo(MetricSnapshots.Builder all, ServerStatus status) {
        final StorageStatus storage = status.storage();
        all.metricSnapshot(
                gauge("zandloper_ready", "1 where data is loaded and warm, else 0.", status.ready() ? 1 : 0));
        all.metricSnapshot(gauge(
                "zandloper_uptime_seconds",
                "Since the start of the process.",
                status.uptime().toSeconds()));
        all.metricSnapshot(gauge("zandloper_sequence", "The number of the newest change.", storage.sequence()));
        all.metricSnapshot(gauge("zandloper_catalog_version", "0 before the first catalog.", storage.catalogVersion()));
        final CatalogCosts costs = status.costs().get();
        final int interpreted = costs.interpreted().size();
        all.metricSnapshot(gauge(
                        "zandloper_catalog_expressions",
                        "Expressions of the catalog, by who evaluates them; the interpreter takes some microseconds each.")
                .dataPoint(level(Labels.of("evaluated", "compiled"), costs.expressions() - interpreted))
                .dataPoint(level(Labels.of("evaluated", "interpreted"), interpreted))
                .build());
        backFill(all, storage.backFill());
        all.metricSnapshot(gauge("zandloper_profiles", "Profiles stored.", storage.profiles()));
        all.metricSnapshot(
                gauge("zandloper_identities", "Identities stored, over all profiles.", storage.identities()));
        all.metricSnapshot(
                gauge("zandloper_writer_queue_changes", "Changes that wait for the writer.", storage.queuedChanges()));
        all.metricSnapshot(counter(
                "zandloper_events_evicted_needed",
                "Events let go although a cap or suppression could still have counted them.",
                storage.neededEvictions()));
        all.metricSnapshot(counter(
                "zandloper_storage_failures",
                "Snapshots and chores of the storage that failed; /admin/status has the last one.",
                storage.failures().count()));
        all.metricSnapshot(gauge("zandloper_storage_mapped_bytes", "Mapped files, by what they hold.")
                .dataPoint(level(Labels.of("part", "index"), storage.indexBytes()))
                .dataPoint(level(Labels.of("part", "rows"), storage.rowBytes()))
                .dataPoint(level(Labels.of("part", "columns"), storage.columns().fileBytes()))
                .dataPoint(level(Labels.of("part", "records"), storage.recordBytes()))
                .build());
        all.metricSnapshot(gauge("zandloper_storage_fill_ratio", "How full each part is, 0 to 1.")
                .dataPoint(level(Labels.of("part", "index"), storage.indexFill()))
                .dataPoint(level(Labels.of("part", "rows"), storage.rowFill()))
                .dataPoint(level(Labels.of("part", "columns"), storage.columns().usedRatio()))
                .dataPoint(level(Labels.of("part", "records"), storage.recordFill()))
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
        all.metricSnapshot(gauge(
                "zandloper_replication_primary",
                "1 where writes are taken, else 0.",
                replication.role().equals("primary") ? 1 : 0));
        all.metricSnapshot(
                gauge("zandloper_replication_term", "The newest term that is known.", replication.termNumber()));
        all.metricSnapshot(gauge(
                "zandloper_replication_lag_changes",
                "Changes that the primary is known to have and this replica has not; 0 on a primary.",
                replication.lagSequences()));
        all.metricSnapshot(gauge(
                "zandloper_replication_lag_seconds",
                "For how long this replica has not had everything it knew of; 0 on a primary.",
                replication.lagMillis() / MILLIS_PER_SECOND));
        all.metricSnapshot(gauge(
                "zandloper_replication_replicas",
                "Replicas that follow this server now.",
                replication.replicas().size()));
        final GaugeSnapshot.Builder lag = gauge(
                "zandloper_replica_lag_changes",
                "Changes that a replica of this server has not confirmed, by the node of its data folder.");
        final Set<String> seen = new HashSet<>();
        replication.replicas().stream()
                .filter(replica -> seen.add(replica.node()))
                .forEach(replica -> lag.dataPoint(level(Labels.of("node", replica.node()), replica.lagSequences())));
        all.metricSnapshot(lag.build());
        all.metricSnapshot(
                counter("zandloper_replication_sent_bytes", "Frames sent to all replicas, by what was in them.")
                        .dataPoint(sent("changes", replication.sent().changeBytes()))
                        .dataPoint(sent("snapshots", replication.sent().snapshotBytes()))
                        .build());
        all.metricSnapshot(gauge(
                "zandloper_replication_waiting_changes",
                "Changes that wait for replicas to have them before they are acknowledged.",
                replication.acknowledging().waiting()));
        all.metricSnapshot(counter(
                "zandloper_replication_unconfirmed_changes",
                "Changes that too few replicas had in time; they are made, and were answered 503.",
                replication.acknowledging().refused()));
        all.metricSnapshot(gauge(
                "zandloper_replication_tails",
                "Files of changes that only this server had, set aside.",
                replication.tails().size()));
    }

    private static CounterDataPointSnapshot sent(String contents, long lengthBytes) {
        return count(Labels.of("contents", contents), lengthBytes);
    }

    private static void decisionLog(MetricSnapshots.Builder all, DecisionLogStatus log) {
        all.metricSnapshot(gauge("zandloper_decision_log_files", "Files of the decision log.", log.files()));
        all.metricSnapshot(gauge("zandloper_decision_log_bytes", "All of them.", log.bytes()));
        all.metricSnapshot(gauge(
                "zandloper_decision_log_failed",
                "1 where the disk last refused to take entries, else 0.",
                log.failure() == null ? 0 : 1));
        all.metricSnapshot(counter(
                        "zandloper_decision_log_entries",
                        "Decisions that were to be logged, by what became of the entry.")
                .dataPoint(entries("written", log.written()))
                .dataPoint(entries("dropped_queue_full", log.droppedFull()))
                .dataPoint(entries("dropped_disk_refused", log.droppedFailed()))
                .dataPoint(entries("dropped_too_long", log.droppedLong()))
                .build());
    }

    private static CounterDataPointSnapshot entries(String outcome, long count) {
        return count(Labels.of("outcome", outcome), count);
    }

    private static void backFill(MetricSnapshots.Builder all, BackFillStatus backFill) {
        all.metricSnapshot(gauge(
                "zandloper_backfill_running",
                "1 while rows are laid out under a new catalog and the old one serves, else 0.",
                backFill.state() == BackFillStatus.State.RUNNING ? 1 : 0));
        all.metricSnapshot(gauge(
                "zandloper_backfill_failed",
                "1 where the last catalog was given up because its rows could not be laid out, else 0.",
                backFill.state() == BackFillStatus.State.FAILED ? 1 : 0));
        all.metricSnapshot(gauge(
                        "zandloper_backfill_rows",
                        "Rows of the replacement under way, or of the last: to be laid out, done, and of these copied.")
                .dataPoint(level(Labels.of("rows", "total"), backFill.rowsTotal()))
                .dataPoint(level(Labels.of("rows", "done"), backFill.rowsDone()))
                .dataPoint(level(Labels.of("rows", "copied"), backFill.rowsCopied()))
                .build());
    }

    /** What is older than it should be is seen by comparing the timestamps with the time of the scrape. */
    private static void durability(MetricSnapshots.Builder all, DurabilityStatus durability) {
        all.metricSnapshot(gauge("zandloper_journal_bytes", "All files of the journal.", durability.journalBytes()));
        all.metricSnapshot(gauge(
                "zandloper_snapshot_sequence",
                "The change that the newest snapshot is at; -1 where there is none.",
                durability.snapshotSequence()));
        all.metricSnapshot(
                gauge("zandloper_snapshot_bytes", "The newest snapshot's files.", durability.snapshotBytes()));
        all.metricSnapshot(gauge(
                "zandloper_snapshot_timestamp_seconds",
                "When the newest snapshot was complete, since 1970; 0 where there is none.",
                TimeUnit.MICROSECONDS.toSeconds(durability.snapshotAtMicros())));
        all.metricSnapshot(gauge(
                "zandloper_snapshot_failed",
                "1 where the last try to take a snapshot failed, else 0.",
                durability.snapshotFailure() == null ? 0 : 1));
        all.metricSnapshot(gauge(
                "zandloper_erasures_pending",
                "Erasures of which a file may still hold bytes.",
                durability.pendingErasures()));
        all.metricSnapshot(gauge(
                "zandloper_erasure_oldest_timestamp_seconds",
                "When the oldest of these was made, since 1970; 0 where there is none.",
                TimeUnit.MICROSECONDS.toSeconds(durability.oldestPendingErasureMicros())));
    }
}
