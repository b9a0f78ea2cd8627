package io.zandloper.storage.snapshot;

import io.zandloper.storage.journal.JournalEnd;
import io.zandloper.storage.record.RecordBuffer;
import java.util.List;

/** What a snapshot is taken of, while it goes on changing. */
public interface SnapshotSource {
    /**
     * What holds at one moment between two changes.
     *
     * @param end the last change, durable
     * @param profiles ordinals given, 0 to this less one
     */
    record Moment(JournalEnd end, int profiles, long catalogVersion, byte[] catalogSource, List<String> segmentIds) {}

    /** The present moment, with everything up to it durable; waits for the writer. */
    Moment moment() throws InterruptedException;

    /** Copies a profile's record as it is now; false where there is none. */
    boolean readRecord(int ordinal, RecordBuffer into);
}
