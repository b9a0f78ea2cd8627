package io.zandloper.storage.journal;

/**
 * Where a journal ends.
 *
 * @param sequence of its last entry
 * @param term of its last entry
 * @param chain the checksum of its last entry, which the next one is chained to
 */
public record JournalEnd(long sequence, long term, int chain) {
    /** That of a journal without any entry. */
    public static final JournalEnd EMPTY = new JournalEnd(0, 0, 0);
}
