package io.zandloper.storage.snapshot;

import io.zandloper.storage.journal.JournalEnd;
import io.zandloper.storage.record.RecordBuffer;
import io.zandloper.storage.row.RowBits;
import java.util.List;

/** What a snapshot is taken of, while it goes on changing. */
public interface SnapshotSource {
    /**
     * What holds at one moment between two changes.
     *
     * @param end the last change, durable
     * @param ordinals every ordinal that a profile has is below it
     * @param ledgerBytes of the ledger of erasures, durable
     */
    record Moment(
            JournalEnd end,
            int ordinals,
            long catalogVersion,
            byte[] catalogSource,
            List<String> segmentIds,
            long ledgerBytes) {}

    /** The present moment, with everything up to it durable; waits for the writer. */
    Moment moment() throws InterruptedException;

    /**
     * Copies a profile's row and record as they are now; false where there is none. While a change to it is being made
     * they may be of two different ones, or the answer false: that change is after the first moment, so it is among the
     * snapshot's changes, and stores both anew.
     */
    boolean readProfile(int ordinal, RowBits row, RecordBuffer record);
}
