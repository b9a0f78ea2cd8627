package io.zandloper.server.report;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** A bit for each ordinal that is in use, in pieces that are made when one of their bits is first set. Any thread. */
final class BitChunks {
    /** Bits of one piece: 32 KiB. */
    static final int CHUNK_BITS = 1 << 18;

    static final int CHUNK_WORDS = CHUNK_BITS / Long.SIZE;
    static final int CHUNKS_MAX = (int) ((1L << 31) / CHUNK_BITS);

    private final AtomicReferenceArray<@Nullable AtomicLongArray> chunks = new AtomicReferenceArray<>(CHUNKS_MAX);

    boolean get(int bit) {
        return (word(bit / CHUNK_BITS, bit % CHUNK_BITS / Long.SIZE) & mask(bit)) != 0;
    }

    /** A word of a chunk; 0 where there is no chunk. */
    long word(int chunk, int index) {
        final AtomicLongArray words = chunks.get(chunk);
        return words == null ? 0 : words.get(index);
    }

    boolean hasChunk(int chunk) {
        return chunks.get(chunk) != null;
    }

    void set(int bit) {
        words(bit / CHUNK_BITS).accumulateAndGet(bit % CHUNK_BITS / Long.SIZE, mask(bit), (word, mask) -> word | mask);
    }

    void setWord(int chunk, int index, long word) {
        words(chunk).set(index, word);
    }

    void clear(int bit) {
        final AtomicLongArray words = chunks.get(bit / CHUNK_BITS);
        if (words != null) {
            words.accumulateAndGet(bit % CHUNK_BITS / Long.SIZE, mask(bit), (word, mask) -> word & ~mask);
        }
    }

    private AtomicLongArray words(int chunk) {
        final AtomicLongArray present = chunks.get(chunk);
        if (present != null) {
            return present;
        }
        final AtomicLongArray made = new AtomicLongArray(CHUNK_WORDS);
        final AtomicLongArray other = chunks.compareAndExchange(chunk, null, made);
        return other == null ? made : other;
    }

    private static long mask(int bit) {
        return 1L << bit;
    }
}
