package io.zandloper.storage.journal;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a journal file. Integers are little-endian; entries begin at multiples of eight.
 *
 * <pre>
 *  File header
 *   0               8           12          16                      24
 *  +---------------+-----------+-----------+-----------------------+
 *  | "ZNDLJRNL"    | version   | partition | first sequence        |
 *  +---------------+-----------+-----------+-----------------------+
 *   24                      32                      40                      48
 *  +-----------------------+-----------------------+-----------------------+
 *  | term, number          | term, id              | its first sequence    |   the term of all entries of the file
 *  +-----------------------+-----------------------+-----------------------+
 *   48                      56                      64          68          72
 *  +-----------------------+-----------------------+-----------+-----------+
 *  | term before, number   | term before, id       | chain     | CRC32C    |   chain: the checksum of the entry before
 *  +-----------------------+-----------------------+-----------+-----------+   the file's first
 *
 *  Entry
 *   0           4           8           12          16
 *  +-----------+-----------+-----------+-----------+
 *  | length n  | CRC32C    | chain     | type, 0   |   chain: the checksum of the entry before this one
 *  +-----------+-----------+-----------+-----------+
 *   16                      24          28          32
 *  +-----------------------+-----------+-----------+
 *  | sequence              | in flight | CRC32C    |   in flight: sequence less the one known to be durable
 *  +-----------------------+-----------+-----------+
 *   32                      40                      48      48+n
 *  +-----------------------+-----------------------+-------+------------+
 *  | term, number          | source length, 0      | n payload bytes, 0 … |
 *  +-----------------------+-----------------------+--------------------+
 * </pre>
 *
 * The first checksum covers everything of the entry but itself and the eight bytes from <em>in flight</em> on: what was
 * durable when the entry was written is of this disk, all else is of the history and the same on every node. The second
 * covers the first one and <em>in flight</em>. The source length is kept for the position of an outside source (topic,
 * partition, next offset) and is 0 so far; so is the partition. Types 6 to 31 are kept for identity claim, partition move,
 * in-sync set and what else will come.
 */
final class JournalDescriptor {
    static final long MAGIC = 0x4c4e524a4c444e5aL; // "ZNDLJRNL" as little-endian bytes
    static final int VERSION = 4;
    /** The oldest that is still read. */
    static final int VERSION_MIN = 4;

    static final int ALIGNMENT = 8;

    static final int FILE_VERSION_OFFSET = 8;
    static final int FILE_FIRST_SEQUENCE_OFFSET = 16;
    static final int FILE_TERM_OFFSET = 24;
    static final int FILE_TERM_FIRST_OFFSET = 40;
    static final int FILE_TERM_BEFORE_OFFSET = 48;
    static final int FILE_CHAIN_OFFSET = 64;
    static final int FILE_CHECKSUM_OFFSET = 68;
    static final int FILE_HEADER_BYTES = 72;

    static final int LENGTH_OFFSET = 0;
    static final int CHECKSUM_OFFSET = 4;
    static final int CHAIN_OFFSET = 8;
    static final int TYPE_OFFSET = 12;
    static final int SEQUENCE_OFFSET = 16;
    static final int IN_FLIGHT_OFFSET = 24;
    static final int IN_FLIGHT_CHECKSUM_OFFSET = 28;
    static final int TERM_OFFSET = 32;
    static final int SOURCE_LENGTH_OFFSET = 40;
    static final int HEADER_BYTES = 48;

    /** Far above the longest catalog; a length beyond it is damage. */
    static final int PAYLOAD_BYTES_MAX = 256 * 1024 * 1024;

    private static final String SUFFIX = ".journal";
    private static final int NAME_DIGITS = 19;

    private JournalDescriptor() {}

    static int aligned(int lengthBytes) {
        return (lengthBytes + ALIGNMENT - 1) & -ALIGNMENT;
    }

    /** Names sort as the sequences do. */
    static String fileName(long firstSequence) {
        return String.format(Locale.ROOT, "%0" + NAME_DIGITS + "d%s", firstSequence, SUFFIX);
    }

    /** The first sequence of a journal file by its name; null for another file. */
    static @Nullable Long firstSequence(String fileName) {
        if (fileName.length() != NAME_DIGITS + SUFFIX.length() || !fileName.endsWith(SUFFIX)) {
            return null;
        }
        final String digits = fileName.substring(0, NAME_DIGITS);
        return digits.chars().allMatch(c -> c >= '0' && c <= '9') ? Long.valueOf(digits) : null;
    }
}
