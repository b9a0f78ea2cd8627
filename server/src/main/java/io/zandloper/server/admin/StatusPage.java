package io.zandloper.server.admin;

import io.zandloper.server.decisionlog.DecisionLogStatus;
import io.zandloper.server.role.ReplicationStatus;
import io.zandloper.storage.BackFillStatus;
import io.zandloper.storage.DurabilityStatus;
import io.zandloper.storage.FailureStatus;
import io.zandloper.storage.StorageStatus;
import io.zandloper.storage.profile.Times;
import io.zandloper.storage.program.CatalogCosts;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The document of {@code /admin/status}. */
final class StatusPage {
    private StatusPage() {}

    static Map<String, Object> render(ServerStatus status, ProcessMemory process) {
        final StorageStatus storage = status.storage();
        final Map<String, Object> document = new LinkedHashMap<>();
        final ReplicationStatus replication = status.replication();
        document.put("role", replication.role());
        document.put("term", replication.termNumber());
        document.put("ready", status.ready() && status.withinLag());
        document.put("uptimeSeconds", status.uptime().toSeconds());
        document.put("sequence", storage.sequence());
        document.put("lag", lag(replication));
        document.put("catalogVersion", storage.catalogVersion());
        document.put("replication", replication(replication));
        document.put("expressions", expressions(status.costs().get()));
        document.put("backFill", backFill(storage.backFill()));
        document.put("counts", counts(storage));
        document.put("memory", memory(storage, process));
        document.put("fill", fill(storage));
        document.put("columns", columns(storage));
        document.put("journal", Map.of("bytes", storage.durability().journalBytes()));
        document.put("snapshot", snapshot(storage.durability()));
        document.put("erasures", erasures(storage.durability()));
        if (status.decisionLog() != null) {
            document.put("decisionLog", decisionLog(status.decisionLog()));
        }
        document.put("failures", failures(storage.failures()));
        return document;
    }

    /** Of a replica; a primary has none. */
    private static Map<String, Object> lag(ReplicationStatus replication) {
        final Map<String, Object> lag = new LinkedHashMap<>();
        lag.put("sequences", replication.lagSequences());
        lag.put("millis", replication.lagMillis());
        return lag;
    }

    private static Map<String, @Nullable Object> replication(ReplicationStatus replication) {
        final Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("node", replication.node());
        document.put("dataSet", replication.dataSet());
        document.put("term", replication.term());
        document.put("ackReplicas", replication.acknowledging().replicas());
        document.put("changesWaiting", replication.acknowledging().waiting());
        document.put("changesRefused", replication.acknowledging().refused());
        document.put("following", following(replication.following()));
        document.put(
                "replicas",
                replication.replicas().stream().map(StatusPage::replica).toList());
        document.put(
                "known", replication.known().stream().map(StatusPage::known).toList());
        document.put("tailsSetAside", replication.tails());
        return document;
    }

    private static @Nullable Map<String, @Nullable Object> following(ReplicationStatus.@Nullable Following following) {
        if (following == null) {
            return null;
        }
        final Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("primary", following.primary());
        document.put("state", following.state());
        document.put("problem", following.problem());
        document.put("syncBytes", following.syncBytes());
        document.put("syncBytesTotal", following.syncBytesTotal());
        return document;
    }

    private static Map<String, Object> known(ReplicationStatus.Known known) {
        final Map<String, Object> document = new LinkedHashMap<>();
        document.put("node", known.node());
        document.put("address", known.address());
        document.put("following", known.following());
        document.put("counts", known.counts());
        return document;
    }

    private static Map<String, Object> replica(ReplicationStatus.Replica replica) {
        final Map<String, Object> document = new LinkedHashMap<>();
        document.put("node", replica.node());
        document.put("address", replica.address());
        document.put("state", replica.state());
        document.put("sequence", replica.sequence());
        document.put("lagSequences", replica.lagSequences());
        document.put("syncBytesSent", replica.syncBytesSent());
        return document;
    }

    /** Of the catalog; the interpreted ones are those that cost, and {@code /v1/catalog/validate} names them. */
    private static Map<String, Object> expressions(CatalogCosts costs) {
        final Map<String, Object> expressions = new LinkedHashMap<>();
        expressions.put("count", costs.expressions());
        expressions.put("interpreted", costs.interpreted().size());
        return expressions;
    }

    private static Map<String, @Nullable Object> decisionLog(DecisionLogStatus log) {
        final Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("files", log.files());
        document.put("bytes", log.bytes());
        document.put("written", log.written());
        document.put("dropped", log.dropped());
        document.put("droppedQueueFull", log.droppedFull());
        document.put("droppedDiskRefused", log.droppedFailed());
        document.put("droppedTooLong", log.droppedLong());
        document.put("erased", log.erased());
        document.put("erasurePending", log.erasurePending());
        document.put("lastFailure", log.failure());
        return document;
    }

    /** Of the replacement of a catalog that is under way, or of the last one since the start. */
    private static Map<String, Object> backFill(BackFillStatus backFill) {
        final Map<String, Object> document = new LinkedHashMap<>();
        document.put("state", backFill.state().name().toLowerCase(Locale.ROOT));
        document.put("catalogVersion", backFill.catalogVersion());
        document.put("rowsDone", backFill.rowsDone());
        document.put("rowsTotal", backFill.rowsTotal());
        document.put("rowsCopied", backFill.rowsCopied());
        document.put("rulesEvaluated", backFill.rulesEvaluated());
        return document;
    }

    private static Map<String, Object> counts(StorageStatus storage) {
        final Map<String, Object> counts = new LinkedHashMap<>();
        counts.put("profiles", storage.profiles());
        counts.put("identities", storage.identities());
        counts.put("queuedChanges", storage.queuedChanges());
        counts.put("neededEvictions", storage.neededEvictions());
        return counts;
    }

    private static Map<String, Object> memory(StorageStatus storage, ProcessMemory process) {
        final Map<String, Object> memory = new LinkedHashMap<>();
        memory.put("heapUsedBytes", process.heapUsedBytes());
        memory.put("heapCommittedBytes", process.heapCommittedBytes());
        memory.put("directBytes", process.directBytes());
        memory.put("rssAnonBytes", process.rssAnonBytes());
        memory.put("rssFileBytes", process.rssFileBytes());
        memory.put("rssShmemBytes", process.rssShmemBytes());
        memory.put("hugePageBytes", process.hugePageBytes());
        memory.put("mappedIndexBytes", storage.indexBytes());
        memory.put("mappedRowBytes", storage.rowBytes());
        memory.put("mappedColumnBytes", storage.columns().fileBytes());
        memory.put("mappedRecordBytes", storage.recordBytes());
        return memory;
    }

    /** Each from 0 to 1. */
    private static Map<String, Object> fill(StorageStatus storage) {
        final Map<String, Object> fill = new LinkedHashMap<>();
        fill.put("index", storage.indexFill());
        fill.put("rows", storage.rowFill());
        fill.put("columns", storage.columns().usedRatio());
        fill.put("records", storage.recordFill());
        return fill;
    }

    /** Segments the other way round, for counts and lists. */
    private static Map<String, Object> columns(StorageStatus storage) {
        final Map<String, Object> columns = new LinkedHashMap<>();
        columns.put("members", storage.columns().members());
        columns.put("blocks", storage.columns().blocks());
        columns.put("frozenVersions", storage.columns().frozen());
        return columns;
    }

    /** The newest one; its members are null where there is none. */
    private static Map<String, @Nullable Object> snapshot(DurabilityStatus durability) {
        final boolean exists = durability.snapshotSequence() >= 0;
        final Map<String, @Nullable Object> snapshot = new LinkedHashMap<>();
        snapshot.put("sequence", exists ? durability.snapshotSequence() : null);
        snapshot.put("at", exists ? Times.formatTime(durability.snapshotAtMicros()) : null);
        snapshot.put("bytes", exists ? durability.snapshotBytes() : null);
        snapshot.put("lastFailure", durability.snapshotFailure());
        return snapshot;
    }

    /** Those of which a file may still hold bytes. */
    private static Map<String, @Nullable Object> erasures(DurabilityStatus durability) {
        final Map<String, @Nullable Object> erasures = new LinkedHashMap<>();
        erasures.put("pending", durability.pendingErasures());
        erasures.put(
                "oldestAt",
                durability.pendingErasures() == 0 ? null : Times.formatTime(durability.oldestPendingErasureMicros()));
        return erasures;
    }

    /** Of what nobody waited for, since the start. */
    private static Map<String, @Nullable Object> failures(FailureStatus status) {
        final Map<String, @Nullable Object> failures = new LinkedHashMap<>();
        failures.put("count", status.count());
        failures.put("last", status.last());
        return failures;
    }
}
