package io.zandloper.storage.format;

/**
 * Layout of the columns, which hold the same bits as the rows, segment by segment: a column is cut into chunks of 65,536
 * ordinals, and each chunk in which a bit is set has a block. Integers are little-endian.
 *
 * <pre>
 *   kind   holds                                             members     bytes
 *   FEW    16-bit numbers within the chunk, ascending        up to   256     512
 *   SOME   the same                                          up to 1,024   2,048
 *   BITS   a bit for each ordinal of the chunk, lowest first up to 65,536  8,192
 *
 *   reference   31 … 2          1 0
 *              +---------------+------+
 *              | block number  | kind |    0: no block, no bit is set
 *              +---------------+------+
 * </pre>
 *
 * Most segments are sparse: a bit for everybody would take eight times what their members need.
 */
public final class ColumnDescriptor {
    public static final int CHUNK_SHIFT = 16;
    public static final int ORDINALS_PER_CHUNK = 1 << CHUNK_SHIFT;
    /** Of a chunk as bits. */
    public static final int WORDS_PER_CHUNK = ORDINALS_PER_CHUNK / Long.SIZE;

    /** The reference where there is no block. */
    public static final int NONE = 0;

    public static final int FEW = 1;
    public static final int SOME = 2;
    public static final int BITS = 3;

    /** One file of a kind holds as many blocks. */
    public static final int BLOCKS_PER_FILE = 1024;

    private static final int KIND_BITS = 2;
    private static final int KIND_MASK = (1 << KIND_BITS) - 1;
    private static final int FEW_MEMBERS_MAX = 256;
    private static final int SOME_MEMBERS_MAX = 1024;

    private ColumnDescriptor() {}

    public static int reference(int kind, int block) {
        return block << KIND_BITS | kind;
    }

    public static int kind(int reference) {
        return reference & KIND_MASK;
    }

    public static int block(int reference) {
        return reference >>> KIND_BITS;
    }

    /** Members that a block of the kind has room for. */
    public static int membersMax(int kind) {
        return switch (kind) {
            case FEW -> FEW_MEMBERS_MAX;
            case SOME -> SOME_MEMBERS_MAX;
            case BITS -> ORDINALS_PER_CHUNK;
            default -> throw new IllegalArgumentException("not a kind of block: kind=" + kind);
        };
    }

    public static int blockBytes(int kind) {
        return kind == BITS ? WORDS_PER_CHUNK * Long.BYTES : membersMax(kind) * Short.BYTES;
    }

    /** Chunks that {@code ordinals} ordinals from 0 lie in. */
    public static int chunks(int ordinals) {
        return (int) (((long) ordinals + ORDINALS_PER_CHUNK - 1) >>> CHUNK_SHIFT);
    }
}
