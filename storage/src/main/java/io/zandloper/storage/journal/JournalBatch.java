package io.zandloper.storage.journal;

import java.nio.ByteBuffer;

/**
 * Some entries, one after another, as they lie in a journal.
 *
 * @param lineage of the one term they are all of
 * @param entries from position to limit, little-endian
 */
public record JournalBatch(Lineage lineage, long firstSequence, long lastSequence, ByteBuffer entries) {}
