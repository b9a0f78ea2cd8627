package io.zandloper.storage;

import org.jspecify.annotations.Nullable;

/**
 * How what must survive stands, for the operator; at most some seconds old.
 *
 * @param journalBytes of all files of the journal
 * @param snapshotSequence of the newest snapshot; -1 where there is none
 * @param snapshotAtMicros when it was complete; 0 where there is none
 * @param snapshotBytes of all its files
 * @param snapshotFailure why the last try failed, in one sentence; null where it did not
 * @param pendingErasures erasures of which a file may still hold bytes
 * @param oldestPendingErasureMicros when the oldest of them was made; 0 where there is none
 */
public record DurabilityStatus(
        long journalBytes,
        long snapshotSequence,
        long snapshotAtMicros,
        long snapshotBytes,
        @Nullable String snapshotFailure,
        int pendingErasures,
        long oldestPendingErasureMicros) {}
