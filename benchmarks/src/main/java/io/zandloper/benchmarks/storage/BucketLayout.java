package io.zandloper.benchmarks.storage;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * One way to lay out a bucket of one cache line: which of an identity's hash is compared, and how many ordinals lie beside
 * it. All are filled to seven tenths; what finds its bucket full goes to the next. For one thread.
 */
abstract class BucketLayout {
    static final int ABSENT = -1;

    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    private static final int BUCKET_BYTES = 64;
    private static final double LOAD = 0.7;

    private final int buckets;
    final MemorySegment memory;

    BucketLayout(int entries, int slots, boolean huge, Arena arena) {
        buckets = (int) (entries / (slots * LOAD)) + 1;
        memory = AnonymousMemory.map((long) buckets * BUCKET_BYTES, huge, arena);
    }

    /** Stores an ordinal; the hash is new. */
    abstract void put(long address, long hash, int ordinal);

    /** The ordinal of a hash, or {@link #ABSENT}. */
    abstract int find(long address, long hash);

    /** As {@link #find}, for many; where the layout compares little, an ordinal may be that of another hash. */
    abstract void candidates(long[] addresses, long[] hashes, int[] ordinals, int count);

    /** Whether a candidate must be compared with what the row says. */
    abstract boolean isCandidateToBeChecked();

    /** Loads the buckets, none of which waits for another. */
    final long touch(long[] addresses, int count) {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += memory.get(LONG, offset(home(addresses[i])));
        }
        return sum;
    }

    final int home(long address) {
        return (int) Math.unsignedMultiplyHigh(address, buckets);
    }

    final int next(int bucket) {
        return bucket + 1 == buckets ? 0 : bucket + 1;
    }

    static long offset(int bucket) {
        return (long) bucket * BUCKET_BYTES;
    }

    /** The product's: a count, 5 ordinals, 5 times 64 bits. */
    static final class FiveSlots extends BucketLayout {
        private static final int SLOTS = 5;
        private static final int ORDINALS = 4;
        private static final int HASHES = 24;

        FiveSlots(int entries, boolean huge, Arena arena) {
            super(entries, SLOTS, huge, arena);
        }

        @Override
        void put(long address, long hash, int ordinal) {
            int bucket = home(address);
            while (memory.get(INT, offset(bucket)) == SLOTS) {
                bucket = next(bucket);
            }
            final int used = memory.get(INT, offset(bucket));
            memory.set(LONG, offset(bucket) + HASHES + 8L * used, hash);
            memory.set(INT, offset(bucket) + ORDINALS + 4L * used, ordinal);
            memory.set(INT, offset(bucket), used + 1);
        }

        @Override
        int find(long address, long hash) {
            for (int bucket = home(address); ; bucket = next(bucket)) {
                final long offset = offset(bucket);
                final int used = memory.get(INT, offset);
                for (int slot = 0; slot < used; slot++) {
                    if (memory.get(LONG, offset + HASHES + 8L * slot) == hash) {
                        return memory.get(INT, offset + ORDINALS + 4L * slot);
                    }
                }
                if (used < SLOTS) {
                    return ABSENT;
                }
            }
        }

        @Override
        void candidates(long[] addresses, long[] hashes, int[] ordinals, int count) {
            for (int i = 0; i < count; i++) {
                ordinals[i] = find(addresses[i], hashes[i]);
            }
        }

        @Override
        boolean isCandidateToBeChecked() {
            return false;
        }
    }

    /** 7 words of an ordinal and 32 bits, and a word of 7 times 8 more bits and a count. */
    static final class SevenSlots extends BucketLayout {
        private static final int SLOTS = 7;
        private static final int REST = 56;
        private static final int USED = 63;

        SevenSlots(int entries, boolean huge, Arena arena) {
            super(entries, SLOTS, huge, arena);
        }

        @Override
        void put(long address, long hash, int ordinal) {
            int bucket = home(address);
            while (memory.get(BYTE, offset(bucket) + USED) == SLOTS) {
                bucket = next(bucket);
            }
            final int used = memory.get(BYTE, offset(bucket) + USED);
            memory.set(LONG, offset(bucket) + 8L * used, hash << Integer.SIZE | ordinal);
            memory.set(BYTE, offset(bucket) + REST + used, (byte) (hash >>> Integer.SIZE));
            memory.set(BYTE, offset(bucket) + USED, (byte) (used + 1));
        }

        @Override
        int find(long address, long hash) {
            for (int bucket = home(address); ; bucket = next(bucket)) {
                final long offset = offset(bucket);
                final int used = memory.get(BYTE, offset + USED);
                for (int slot = 0; slot < used; slot++) {
                    final long word = memory.get(LONG, offset + 8L * slot);
                    if ((int) (word >>> Integer.SIZE) == (int) hash
                            && memory.get(BYTE, offset + REST + slot) == (byte) (hash >>> Integer.SIZE)) {
                        return (int) word;
                    }
                }
                if (used < SLOTS) {
                    return ABSENT;
                }
            }
        }

        @Override
        void candidates(long[] addresses, long[] hashes, int[] ordinals, int count) {
            for (int i = 0; i < count; i++) {
                ordinals[i] = find(addresses[i], hashes[i]);
            }
        }

        @Override
        boolean isCandidateToBeChecked() {
            return false;
        }
    }

    /** 12 times 8 bits, a count, 12 ordinals: one in about thirty searches meets a wrong one, so the row has to tell. */
    static final class TwelveSlots extends BucketLayout {
        private static final int SLOTS = 12;
        private static final int USED = 12;
        private static final int ORDINALS = 16;
        private static final long ONES = 0x0101_0101_0101_0101L;
        private static final long TOPS = 0x8080_8080_8080_8080L;

        private final RowMemory rows;

        TwelveSlots(int entries, RowMemory rows, boolean huge, Arena arena) {
            super(entries, SLOTS, huge, arena);
            this.rows = rows;
        }

        @Override
        void put(long address, long hash, int ordinal) {
            int bucket = home(address);
            while (memory.get(BYTE, offset(bucket) + USED) == SLOTS) {
                bucket = next(bucket);
            }
            final int used = memory.get(BYTE, offset(bucket) + USED);
            memory.set(BYTE, offset(bucket) + used, (byte) hash);
            memory.set(INT, offset(bucket) + ORDINALS + 4L * used, ordinal);
            memory.set(BYTE, offset(bucket) + USED, (byte) (used + 1));
        }

        @Override
        int find(long address, long hash) {
            return search(address, hash, true);
        }

        @Override
        void candidates(long[] addresses, long[] hashes, int[] ordinals, int count) {
            for (int i = 0; i < count; i++) {
                ordinals[i] = search(addresses[i], hashes[i], false);
            }
        }

        private int search(long address, long hash, boolean checked) {
            final long tags = (hash & 0xFF) * ONES;
            for (int bucket = home(address); ; bucket = next(bucket)) {
                final long offset = offset(bucket);
                final int used = memory.get(BYTE, offset + USED);
                for (int first = 0; first < used; first += Long.BYTES) {
                    final long differing = memory.get(LONG, offset + first) ^ tags;
                    long equal = (differing - ONES) & ~differing & TOPS;
                    for (; equal != 0; equal &= equal - 1) {
                        final int slot = first + (Long.numberOfTrailingZeros(equal) >>> 3);
                        if (slot < used) {
                            final int ordinal = memory.get(INT, offset + ORDINALS + 4L * slot);
                            if (!checked || rows.hash(ordinal) == hash) {
                                return ordinal;
                            }
                        }
                    }
                }
                if (used < SLOTS) {
                    return ABSENT;
                }
            }
        }

        @Override
        boolean isCandidateToBeChecked() {
            return true;
        }
    }

    /** Rows as wide as the product's, with a hash in each. */
    static final class RowMemory {
        private static final int HASH = 16;
        private static final int BITS = 24;

        private final MemorySegment memory;
        private final int widthBytes;

        RowMemory(int rows, int widthBytes, boolean huge, Arena arena) {
            this.widthBytes = widthBytes;
            memory = AnonymousMemory.map((long) rows * widthBytes, huge, arena);
        }

        void write(int row, long hash) {
            final long offset = (long) row * widthBytes;
            for (int at = 0; at < widthBytes; at += Long.BYTES) {
                memory.set(LONG, offset + at, hash * (at + 1));
            }
            memory.set(LONG, offset + HASH, hash);
        }

        long hash(int row) {
            return memory.get(LONG, (long) row * widthBytes + HASH);
        }

        /** What a test reads: header and the word of a bit. */
        long read(int row, int bit) {
            final long offset = (long) row * widthBytes;
            return memory.get(LONG, offset) + memory.get(LONG, offset + BITS + (long) (bit >> 6) * Long.BYTES);
        }
    }
}
