package io.zandloper.storage.format;

/**
 * Layout of the identity index: buckets of one cache line, sub-tables of buckets. Integers are little-endian.
 *
 * <pre>
 *   0        4                             24                                       64
 *  +--------+-----------------------------+----------------------------------------+
 *  | used   | ordinals, 5 ints            | hashes, 5 longs                        |
 *  +--------+-----------------------------+----------------------------------------+
 * </pre>
 *
 * <b>Used.</b> Slots taken, 0 to 5, from the first on; never fewer again.
 *
 * <p><b>Ordinals.</b> The ordinal of the profile plus one, or {@link #REMOVED}.
 *
 * <p><b>Hashes.</b> The low 64 bits of the identity's hash. The sub-table and the bucket in it come from the high half,
 * so that a hit has agreed in those bits as well: 64, 11 for the bucket, and one for each doubling of the directory.
 *
 * <p><b>Addresses.</b> The upper 32 bits of the high half ({@link #address}): the directory's index is taken from the
 * top, the bucket from the bottom. They are kept for each slot in a file beside the buckets, which only the writer reads,
 * when it splits a sub-table; so the bits that later splits need take nothing from the 64 that are compared.
 *
 * <p><b>Overflow.</b> What finds its bucket full goes to the next bucket of the sub-table, the first after the last; a
 * search ends at a bucket with a slot to spare.
 */
public final class BucketDescriptor {
    public static final int USED_OFFSET = 0;
    public static final int ORDINALS_OFFSET = 4;
    public static final int HASHES_OFFSET = 24;
    public static final int BUCKET_BYTES = 64;
    public static final int BUCKET_SHIFT = 6;
    public static final int SLOTS_PER_BUCKET = 5;

    /** In place of an ordinal: the identity was removed. Its hash stays, so that searches behind it go on. */
    public static final int REMOVED = -1;

    public static final int BUCKETS_PER_TABLE = 2048;
    public static final int BUCKET_MASK = BUCKETS_PER_TABLE - 1;
    public static final int SLOTS_PER_TABLE = BUCKETS_PER_TABLE * SLOTS_PER_BUCKET;
    public static final int TABLE_BYTES = BUCKETS_PER_TABLE * BUCKET_BYTES;
    public static final int TABLE_ADDRESSES_BYTES = SLOTS_PER_TABLE * Integer.BYTES;

    /** The address bits that the bucket does not take. */
    public static final int DEPTH_MAX = Integer.SIZE - 11;

    private BucketDescriptor() {}

    /** Where an identity belongs: the bits of its hash that choose the sub-table and the bucket. */
    public static int address(long high) {
        return (int) (high >>> Integer.SIZE);
    }

    /** The entry of a directory of {@code 2^depth} entries. */
    public static int directoryIndex(int address, int depth) {
        return address >>> 1 >>> (Integer.SIZE - 1 - depth);
    }

    /** The bucket of a sub-table at which a search begins. */
    public static int homeBucket(int address) {
        return address & BUCKET_MASK;
    }
}
