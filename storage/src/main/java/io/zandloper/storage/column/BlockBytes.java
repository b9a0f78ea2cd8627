package io.zandloper.storage.column;

import static io.zandloper.storage.format.ColumnDescriptor.BITS;
import static io.zandloper.storage.format.ColumnDescriptor.WORDS_PER_CHUNK;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Reads and writes what is in a block; any thread, as far as nobody writes the block. */
final class BlockBytes {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final int UNSIGNED = 0xFFFF;

    private BlockBytes() {}

    static long word(MemorySegment file, long offset, int index) {
        return file.get(LONG, offset + (long) index * Long.BYTES);
    }

    static void word(MemorySegment file, long offset, int index, long word) {
        file.set(LONG, offset + (long) index * Long.BYTES, word);
    }

    static int member(MemorySegment file, long offset, int index) {
        return file.get(SHORT, offset + (long) index * Short.BYTES) & UNSIGNED;
    }

    static void member(MemorySegment file, long offset, int index, int member) {
        file.set(SHORT, offset + (long) index * Short.BYTES, (short) member);
    }

    /** The place of a member among {@code count} ascending ones; where it is not there, {@code -(place to be) - 1}. */
    static int search(MemorySegment file, long offset, int count, int sought) {
        int low = 0;
        int high = count - 1;
        while (low <= high) {
            final int middle = (low + high) >>> 1;
            final int found = member(file, offset, middle);
            if (found < sought) {
                low = middle + 1;
            } else if (found > sought) {
                high = middle - 1;
            } else {
                return middle;
            }
        }
        return -low - 1;
    }

    static boolean contains(MemorySegment file, long offset, int kind, int count, int member) {
        if (kind == BITS) {
            return (word(file, offset, member >> 6) & (1L << member)) != 0;
        }
        return search(file, offset, count, member) >= 0;
    }

    /**
     * Copies words {@code from} and on of a block, as bits, to the beginning of {@code into}.
     *
     * @param words how many
     */
    static void load(MemorySegment file, long offset, int kind, int count, int from, int words, long[] into) {
        if (kind == BITS) {
            MemorySegment.copy(file, LONG, offset + (long) from * Long.BYTES, into, 0, words);
            return;
        }
        Arrays.fill(into, 0, words, 0);
        final int firstOrdinal = from * Long.SIZE;
        int i = 0;
        if (from > 0) {
            final int place = search(file, offset, count, firstOrdinal);
            i = place < 0 ? -place - 1 : place;
        }
        for (; i < count; i++) {
            final int member = member(file, offset, i) - firstOrdinal;
            if (member >> 6 >= words) {
                return;
            }
            into[member >> 6] |= 1L << member;
        }
    }

    /** Copies the members of a block that lists them. */
    static void loadMembers(MemorySegment file, long offset, int count, short[] into) {
        MemorySegment.copy(file, SHORT, offset, into, 0, count);
    }

    /** Writes a chunk's words as a block of bits. */
    static void storeBits(MemorySegment file, long offset, long[] words) {
        MemorySegment.copy(words, 0, file, LONG, offset, WORDS_PER_CHUNK);
    }

    /** Writes the set bits of a chunk's words as ascending members. */
    static void storeMembers(MemorySegment file, long offset, long[] words) {
        int count = 0;
        for (int i = 0; i < WORDS_PER_CHUNK; i++) {
            for (long rest = words[i]; rest != 0; rest &= rest - 1) {
                member(file, offset, count++, i * Long.SIZE + Long.numberOfTrailingZeros(rest));
            }
        }
    }
}
