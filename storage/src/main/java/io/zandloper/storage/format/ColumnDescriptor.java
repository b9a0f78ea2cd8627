package io.zandloper.storage.format;

/**
 * Layout of the columns, which hold the same bits as the rows, segment by segment: a column is cut into chunks of 65,536
 * ordinals, and each chunk in which a bit is set has a block. Integers are little-endian.
 *
 * <pre>
 *   kind     holds                                              members            bytes
 *   1 - 10   16-bit numbers within the chunk, ascending         up to 96 … 2,688   twice as many
 *   11       a bit for each ordinal of the chunk, lowest first  up to 65,536       8,192
 *
 *   reference   31 … 4         3 … 0
 *              +--------------+------+
 *              | block number | kind |    0: no block, no bit is set
 *              +--------------+------+
 * </pre>
 *
 * Most segments are sparse, and a bit for everybody would take many times what their members need; each kind has room for
 * a third more than the one before, so that little of a block is empty.
 */
public final class ColumnDescriptor {
    public static final int CHUNK_SHIFT = 16;
    public static final int ORDINALS_PER_CHUNK = 1 << CHUNK_SHIFT;
    /** Of a chunk as bits. */
    public static final int WORDS_PER_CHUNK = ORDINALS_PER_CHUNK / Long.SIZE;

    /** The reference where there is no block. */
    public static final int NONE = 0;

    /** The smallest kind; each number more is a larger one. */
    public static final int SMALLEST = 1;

    private static final int[] MEMBERS_MAX = {0, 96, 160, 256, 384, 576, 832, 1152, 1536, 2048, 2688, ORDINALS_PER_CHUNK
    };

    /** The largest kind, of bits. */
    public static final int BITS = 11;

    /** In the first file of a kind; of bits they fill a large page. */
    private static final int FIRST_FILE_BLOCKS = 256;
    /** Files after which the next one is no longer twice as long: few files, and little of them empty. */
    private static final int DOUBLINGS = 4;

    private static final int FILE_BLOCKS_MAX = FIRST_FILE_BLOCKS << DOUBLINGS;
    private static final int DOUBLING_BLOCKS = FILE_BLOCKS_MAX - FIRST_FILE_BLOCKS;

    private static final int KIND_BITS = 4;
    private static final int KIND_MASK = (1 << KIND_BITS) - 1;

    static {
        if (BITS != MEMBERS_MAX.length - 1 || BITS > KIND_MASK) {
            throw new AssertionError("kinds of blocks contradict each other");
        }
    }

    private ColumnDescriptor() {}

    public static int reference(int kind, int block) {
        return block << KIND_BITS | kind;
    }

    public static int kind(int reference) {
        return reference & KIND_MASK;
    }

    public static boolean isKind(int kind) {
        return kind >= SMALLEST && kind <= BITS;
    }

    public static int block(int reference) {
        return reference >>> KIND_BITS;
    }

    /** Members that a block of the kind has room for. */
    public static int membersMax(int kind) {
        return MEMBERS_MAX[kind];
    }

    public static int blockBytes(int kind) {
        return kind == BITS ? WORDS_PER_CHUNK * Long.BYTES : membersMax(kind) * Short.BYTES;
    }

    /** The file of its kind that a block lies in. */
    public static int file(int block) {
        return block < DOUBLING_BLOCKS
                ? Integer.SIZE - 1 - Integer.numberOfLeadingZeros(block / FIRST_FILE_BLOCKS + 1)
                : DOUBLINGS + (block - DOUBLING_BLOCKS) / FILE_BLOCKS_MAX;
    }

    /** Blocks of a kind in as many files: the number of the first block of the next one. */
    public static int blocksOfFiles(int files) {
        return files <= DOUBLINGS
                ? (FIRST_FILE_BLOCKS << files) - FIRST_FILE_BLOCKS
                : DOUBLING_BLOCKS + (files - DOUBLINGS) * FILE_BLOCKS_MAX;
    }

    /** Where a block lies in its file. */
    public static long offset(int kind, int block) {
        return (long) (block - blocksOfFiles(file(block))) * blockBytes(kind);
    }

    /** The bytes of a file. */
    public static long fileBytes(int kind, int file) {
        return (long) (blocksOfFiles(file + 1) - blocksOfFiles(file)) * blockBytes(kind);
    }

    /** The largest number of files of a kind. */
    public static int filesMax() {
        return file((1 << (Integer.SIZE - KIND_BITS - 1)) - 1);
    }

    /** Chunks that {@code ordinals} ordinals from 0 lie in. */
    public static int chunks(int ordinals) {
        return (int) (((long) ordinals + ORDINALS_PER_CHUNK - 1) >>> CHUNK_SHIFT);
    }
}
