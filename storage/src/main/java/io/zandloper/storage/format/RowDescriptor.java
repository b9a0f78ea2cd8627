package io.zandloper.storage.format;

/**
 * Layout of a row of the segment index: what a segment test needs of one profile, in as few cache lines as can be.
 * Integers are little-endian; every field lies on its own alignment.
 *
 * <pre>
 *   0        4               8                 16                  24                       width
 *  +--------+---------------+-----------------+-------------------+------------------------+
 *  | stamp  | purposes      | sequence        | next expiry, µs   | segment bits           |
 *  | int    | int           | long            | long              | long[], lowest bit 1st |
 *  +--------+---------------+-----------------+-------------------+------------------------+
 *
 *  purposes   31       30 … 24    23 … 0
 *            +--------+----------+--------------------------------+
 *            | present| reserved | bit n-1: TCF purpose n granted |
 *            +--------+----------+--------------------------------+
 * </pre>
 *
 * <b>Stamp.</b> Counts the writes of this row, twice: odd while the row is being written, even when it is whole, zero
 * when it never was. A reader that finds the same even stamp before and after has read one write. It is not the
 * sequence itself, so that a row may be written again under the sequence it has.
 *
 * <p><b>Segment bits.</b> Bit {@code n} is the visible membership in the catalog's segment {@code n}, listed and
 * computed alike, with consent applied; exact while the time is before <b>next expiry</b>.
 *
 * <p><b>Width.</b> A multiple of {@link #ALIGNMENT}, so that the header and the first word of bits never lie across two
 * cache lines; rows of up to 64 and up to 320 segments fill half a line and one line.
 */
public final class RowDescriptor {
    public static final int STAMP_OFFSET = 0;
    public static final int PURPOSES_OFFSET = 4;
    public static final int SEQUENCE_OFFSET = 8;
    public static final int NEXT_EXPIRY_OFFSET = 16;
    public static final int BITS_OFFSET = 24;

    /** Half a cache line. */
    public static final int ALIGNMENT = 32;

    /** Set in the purposes of a row that holds a profile. */
    public static final int PRESENT = 1 << 31;

    public static final int PURPOSES_MASK = (1 << 24) - 1;

    private RowDescriptor() {}

    /** The bytes of a row with room for {@code segmentCount} bits. */
    public static int widthBytes(int segmentCount) {
        final int bytes = BITS_OFFSET + wordCount(segmentCount) * Long.BYTES;
        return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
    }

    /** The longs that hold {@code segmentCount} bits. */
    public static int wordCount(int segmentCount) {
        return (segmentCount + Long.SIZE - 1) / Long.SIZE;
    }
}
