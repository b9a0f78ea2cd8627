package io.zandloper.storage.index;

import static io.zandloper.storage.format.BucketDescriptor.BUCKETS_PER_TABLE;
import static io.zandloper.storage.format.BucketDescriptor.BUCKET_MASK;
import static io.zandloper.storage.format.BucketDescriptor.BUCKET_SHIFT;
import static io.zandloper.storage.format.BucketDescriptor.HASHES_OFFSET;
import static io.zandloper.storage.format.BucketDescriptor.ORDINALS_OFFSET;
import static io.zandloper.storage.format.BucketDescriptor.REMOVED;
import static io.zandloper.storage.format.BucketDescriptor.SLOTS_PER_BUCKET;
import static io.zandloper.storage.format.BucketDescriptor.USED_OFFSET;
import static io.zandloper.storage.format.BucketDescriptor.homeBucket;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The slots of one sub-table, in memory that begins at {@code base} in a chunk.
 *
 * <p><b>Assumes</b> one writer. <b>Guarantees</b> a reader that a slot it sees holds the hash it will hold for as long as
 * the sub-table lives, and that whatever the writer did before it stored an ordinal is seen by who finds that ordinal:
 * the hash is stored first, then the ordinal, then the count of used slots by a release; a later change is a release of
 * the ordinal alone. So no reader repeats anything.
 *
 * <p>Example: the writer removes an identity and adds it again with another profile. A reader finds the one ordinal, the
 * mark of a removal, or the other ordinal, and never the hash of a third identity with either.
 */
final class SubTable {
    static final int ABSENT = -1;

    /** What {@link #store} did. */
    enum Stored {
        ADDED,
        REVIVED,
        REPLACED
    }

    private static final VarHandle INT =
            ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
    private static final VarHandle LONG =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

    private SubTable() {}

    /** The ordinal under a hash, or {@link #ABSENT}. Any thread. */
    static int find(MemorySegment buckets, long base, int address, long hash) {
        int bucket = homeBucket(address);
        for (int probed = 0; probed < BUCKETS_PER_TABLE; probed++) {
            final long offset = base + ((long) bucket << BUCKET_SHIFT);
            final int used = (int) INT.getAcquire(buckets, offset + USED_OFFSET);
            for (int slot = 0; slot < used; slot++) {
                if ((long) LONG.get(buckets, hashOffset(offset, slot)) == hash) {
                    final int stored = (int) INT.getAcquire(buckets, ordinalOffset(offset, slot));
                    return stored == REMOVED ? ABSENT : stored - 1;
                }
            }
            if (used < SLOTS_PER_BUCKET) {
                return ABSENT;
            }
            bucket = (bucket + 1) & BUCKET_MASK;
        }
        return ABSENT;
    }

    /** Loads the bucket at which a search begins. Any thread. */
    static int touch(MemorySegment buckets, long base, int address) {
        return (int) INT.get(buckets, base + ((long) homeBucket(address) << BUCKET_SHIFT) + USED_OFFSET);
    }

    /**
     * Stores an ordinal under a hash. Writer only; the sub-table has a slot to spare.
     *
     * @param addresses where the addresses of the sub-table's slots begin at {@code addressBase}
     */
    static Stored store(
            MemorySegment buckets,
            long base,
            MemorySegment addresses,
            long addressBase,
            int address,
            long hash,
            int ordinal) {
        int bucket = homeBucket(address);
        for (int probed = 0; probed < BUCKETS_PER_TABLE; probed++) {
            final long offset = base + ((long) bucket << BUCKET_SHIFT);
            final int used = (int) INT.get(buckets, offset + USED_OFFSET);
            for (int slot = 0; slot < used; slot++) {
                if ((long) LONG.get(buckets, hashOffset(offset, slot)) == hash) {
                    final int before = (int) INT.get(buckets, ordinalOffset(offset, slot));
                    INT.setRelease(buckets, ordinalOffset(offset, slot), ordinal + 1);
                    return before == REMOVED ? Stored.REVIVED : Stored.REPLACED;
                }
            }
            if (used < SLOTS_PER_BUCKET) {
                INT.set(addresses, addressOffset(addressBase, bucket, used), address);
                LONG.set(buckets, hashOffset(offset, used), hash);
                INT.set(buckets, ordinalOffset(offset, used), ordinal + 1);
                INT.setRelease(buckets, offset + USED_OFFSET, used + 1);
                return Stored.ADDED;
            }
            bucket = (bucket + 1) & BUCKET_MASK;
        }
        throw new IllegalStateException("a sub-table without a free slot: base=" + base);
    }

    /** Removes a hash; false when it is not there. Writer only. */
    static boolean remove(MemorySegment buckets, long base, int address, long hash) {
        int bucket = homeBucket(address);
        for (int probed = 0; probed < BUCKETS_PER_TABLE; probed++) {
            final long offset = base + ((long) bucket << BUCKET_SHIFT);
            final int used = (int) INT.get(buckets, offset + USED_OFFSET);
            for (int slot = 0; slot < used; slot++) {
                if ((long) LONG.get(buckets, hashOffset(offset, slot)) == hash) {
                    final int before = (int) INT.get(buckets, ordinalOffset(offset, slot));
                    INT.setRelease(buckets, ordinalOffset(offset, slot), REMOVED);
                    return before != REMOVED;
                }
            }
            if (used < SLOTS_PER_BUCKET) {
                return false;
            }
            bucket = (bucket + 1) & BUCKET_MASK;
        }
        return false;
    }

    /** Takes one identity that is not removed. */
    interface Visitor {
        void visit(int address, long hash, int ordinal);
    }

    /** Shows every identity that is not removed. Writer only. */
    static void forEach(MemorySegment buckets, long base, MemorySegment addresses, long addressBase, Visitor visitor) {
        for (int bucket = 0; bucket < BUCKETS_PER_TABLE; bucket++) {
            final long offset = base + ((long) bucket << BUCKET_SHIFT);
            final int used = (int) INT.get(buckets, offset + USED_OFFSET);
            for (int slot = 0; slot < used; slot++) {
                final int stored = (int) INT.get(buckets, ordinalOffset(offset, slot));
                if (stored != REMOVED) {
                    visitor.visit(
                            (int) INT.get(addresses, addressOffset(addressBase, bucket, slot)),
                            (long) LONG.get(buckets, hashOffset(offset, slot)),
                            stored - 1);
                }
            }
        }
    }

    private static long hashOffset(long bucketOffset, int slot) {
        return bucketOffset + HASHES_OFFSET + (long) slot * Long.BYTES;
    }

    private static long ordinalOffset(long bucketOffset, int slot) {
        return bucketOffset + ORDINALS_OFFSET + (long) slot * Integer.BYTES;
    }

    private static long addressOffset(long addressBase, int bucket, int slot) {
        return addressBase + (long) (bucket * SLOTS_PER_BUCKET + slot) * Integer.BYTES;
    }
}
