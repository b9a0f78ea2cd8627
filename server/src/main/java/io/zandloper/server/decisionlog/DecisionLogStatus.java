package io.zandloper.server.decisionlog;

import org.jspecify.annotations.Nullable;

/**
 * What the log has done since the start.
 *
 * @param files that are there
 * @param bytes of them
 * @param written entries
 * @param droppedFull entries that found the ring full
 * @param droppedFailed entries that the disk refused
 * @param droppedLong entries that were too long
 * @param erased entries taken out because their people were erased
 * @param erasurePending whether somebody was erased who may still be in the files
 * @param failure why the disk refused last; null where it takes what it gets
 */
public record DecisionLogStatus(
        int files,
        long bytes,
        long written,
        long droppedFull,
        long droppedFailed,
        long droppedLong,
        long erased,
        boolean erasurePending,
        @Nullable String failure) {
    public long dropped() {
        return droppedFull + droppedFailed + droppedLong;
    }
}
