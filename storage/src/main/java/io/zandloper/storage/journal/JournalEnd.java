package io.zandloper.storage.journal;

import java.nio.ByteBuffer;

/**
 * Where a journal ends: a place in a history.
 *
 * @param sequence of its last entry
 * @param lineage of the term of its last entry
 * @param chain the checksum of its last entry, which the next one is chained to
 */
public record JournalEnd(long sequence, Lineage lineage, int chain) {
    /** That of a journal without any entry. */
    public static final JournalEnd EMPTY = new JournalEnd(0, Lineage.NONE, 0);

    /** As it is stored. */
    public static final int BYTES = Long.BYTES + Lineage.BYTES + Integer.BYTES;

    /** The term of the last entry. */
    public Term term() {
        return lineage.term();
    }

    /** Whether both are the same place in the same history. */
    public boolean isSamePlace(JournalEnd other) {
        return sequence == other.sequence && chain == other.chain && term().equals(other.term());
    }

    /**
     * Whether there may be something before this place that is not before another: within a term there is one history, and
     * what a newer one did not take over was decided when it was opened.
     */
    public boolean isBeyond(JournalEnd other) {
        return term().equals(other.term())
                ? sequence > other.sequence
                : sequence > 0 && !other.term().isNewerThan(term());
    }

    /**
     * Whether this history is known to have everything up to {@code other}: where both places are of one term, or the term of
     * this one's last entry came right after that of the other's.
     */
    public boolean hasAllOf(JournalEnd other) {
        return term().equals(other.term())
                ? sequence >= other.sequence
                : other.sequence == 0
                        || (lineage.before().equals(other.term()) && lineage.firstSequence() > other.sequence);
    }

    /** Stores it in {@link #BYTES}. */
    public void put(ByteBuffer into) {
        into.putLong(sequence)
                .putLong(lineage.term().number())
                .putLong(lineage.term().id())
                .putLong(lineage.firstSequence())
                .putLong(lineage.before().number())
                .putLong(lineage.before().id())
                .putInt(chain);
    }

    /** What {@link #put} stored. */
    public static JournalEnd get(ByteBuffer from) {
        final long sequence = from.getLong();
        final Term term = new Term(from.getLong(), from.getLong());
        final long firstSequence = from.getLong();
        final Term before = new Term(from.getLong(), from.getLong());
        return new JournalEnd(sequence, new Lineage(term, firstSequence, before), from.getInt());
    }
}
