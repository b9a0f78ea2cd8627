package io.zandloper.storage;

import io.zandloper.storage.journal.Lineage;
import io.zandloper.storage.journal.Term;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How a replica takes the entries of one primary, from when it is followed until another is or the replica is promoted.
 * Any thread, one at a time.
 */
public final class Follower {
    /** Batches that may wait for the writer; one more is refused. */
    public static final int BATCHES_MAX = 64;

    private final Writer writer;
    private final Term primary;

    /** Hears what became of a batch. Called on the writer's thread: hand over at once, never block, never throw. */
    public interface AppendListener {
        /** All entries are applied, and all up to this sequence durable here as the journal's mode asks. */
        void onDurable(long sequence);

        /**
         * Not all of them were taken, and none after them will be: ask for what comes after {@link Replication#end}. They
         * came damaged or out of order, the disk is full, or this primary is not followed any more.
         */
        void onRefused(StorageException cause);
    }

    Follower(Writer writer, Term primary) {
        this.writer = writer;
        this.primary = primary;
    }

    /** The term of the primary that is followed. */
    public Term term() {
        return primary;
    }

    /**
     * Hands entries to the writer, which checks them, has them in its journal and applies them.
     *
     * @param lineage of the term of them all, as the primary's feed gave it
     * @param entries from position to limit, whole, as they lay in the primary's journal; theirs who took them from now on
     */
    public void append(Lineage lineage, ByteBuffer entries, AppendListener listener) {
        writer.append(new Following.Batch(this, lineage, entries.order(ByteOrder.LITTLE_ENDIAN), listener));
    }
}
