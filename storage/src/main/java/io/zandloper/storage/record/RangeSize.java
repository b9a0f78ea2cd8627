package io.zandloper.storage.record;

/**
 * How large a map is made.
 *
 * @param records records it has room for, at most {@link #RECORDS_MAX}
 * @param bytes bytes of records it has room for
 */
record RangeSize(long records, long bytes) {
    /** Ordinals in a range. */
    static final int RECORDS_MAX = 1 << 18;

    /** The first map starts small: most stores of a demo or a test never need more. */
    static final int RECORDS_MIN = 1 << 14;

    /** What a record is taken to be as long as none was seen. */
    static final int RECORD_BYTES_UNSEEN = 512;

    /**
     * A map is made this much larger in bytes than what it is expected to hold, so that it is not rebuilt as soon as
     * records get a little longer. For chance, which fills one segment before the others, Chronicle Map itself adds as
     * much again.
     */
    private static final double HEADROOM = 1.05;

    /** No map starts larger than this, whatever the records seen so far weigh; it grows if need be. */
    private static final long BYTES_FIRST_MAX = 1L << 30;

    private static final int GROWTH_RECORDS = 4;

    /** Each byte is copied four times, on average, until a map has its last size, and a fifth of a map is empty at most. */
    private static final double GROWTH_BYTES = 1.25;

    /**
     * Chunks that an average record takes. A record takes whole ones, so that half a chunk is lost with each: with 16, a
     * thirtieth. Chronicle Map's own choice is half as many; more would make its search for free ones longer.
     */
    private static final int CHUNKS_PER_RECORD = 16;

    private static final int CHUNK_BYTES_MIN = 8;

    /**
     * Bytes of a segment of a map. A record lies in one piece in one segment, so the longest must fit many times over;
     * readers of one segment share a lock's cache line, so there should be more than one.
     */
    private static final long SEGMENT_BYTES = 4 * 1024 * 1024;

    private static final int SEGMENTS_MAX = 64;

    /** Of a new map for records of {@code averageBytes}. */
    static RangeSize first(long records, double averageBytes) {
        return new RangeSize(records, Math.min(BYTES_FIRST_MAX, expectedBytes(records, averageBytes)));
    }

    /** The size after this one, for a map that holds {@code heldRecords} of {@code heldBytes} and needs more room. */
    RangeSize larger(long heldRecords, long heldBytes) {
        final boolean manyRecords = heldRecords * 4 > records * 3;
        final long newRecords = manyRecords ? Math.min(RECORDS_MAX, records * GROWTH_RECORDS) : records;
        final double averageBytes = heldRecords == 0 ? averageBytes() : (double) heldBytes / heldRecords;
        final long expectedBytes = manyRecords ? expectedBytes(newRecords, averageBytes) : 0;
        return new RangeSize(newRecords, Math.max(expectedBytes, (long) (bytes * GROWTH_BYTES)));
    }

    double averageBytes() {
        return Math.max(1.0, (double) bytes / records);
    }

    /** What a record's place is rounded up to. */
    int chunkBytes() {
        return (int) Math.max(CHUNK_BYTES_MIN, Long.highestOneBit((long) averageBytes()) / CHUNKS_PER_RECORD);
    }

    int segments() {
        final long wanted = Long.highestOneBit(Math.max(1, bytes / SEGMENT_BYTES));
        return (int) Math.min(SEGMENTS_MAX, wanted);
    }

    private static long expectedBytes(long records, double averageBytes) {
        return (long) (records * averageBytes * HEADROOM);
    }
}
