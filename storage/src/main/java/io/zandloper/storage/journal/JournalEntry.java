package io.zandloper.storage.journal;

import java.nio.ByteBuffer;

/**
 * One change as the journal holds it.
 *
 * @param term the number of the term it was made in
 * @param type what the payload is; the journal does not look into it
 * @param payload from position to limit; valid until the next entry is read
 */
public record JournalEntry(long sequence, long term, int type, ByteBuffer payload) {}
