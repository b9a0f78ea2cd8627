package io.zandloper.server.admin;

import io.zandloper.storage.StorageStatus;
import java.util.LinkedHashMap;
import java.util.Map;

/** The document of {@code /admin/status}. */
final class StatusPage {
    private StatusPage() {}

    static Map<String, Object> render(ServerStatus status, ProcessMemory process) {
        final StorageStatus storage = status.storage();
        final Map<String, Object> document = new LinkedHashMap<>();
        document.put("role", status.role());
        document.put("ready", status.ready());
        document.put("uptimeSeconds", status.uptime().toSeconds());
        document.put("sequence", storage.sequence());
        document.put("catalogVersion", storage.catalogVersion());
        document.put("counts", counts(storage));
        document.put("memory", memory(storage, process));
        document.put("fill", fill(storage));
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
}
