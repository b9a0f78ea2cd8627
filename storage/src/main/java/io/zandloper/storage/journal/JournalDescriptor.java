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
 *   24              32          36          40
 *  +---------------+-----------+-----------+
 *  | 0             | chain     | CRC32C    |   chain: the checksum of the entry before the file's first
 *  +---------------+-----------+-----------+
 *
 *  Entry
 *   0           4           8           12          16
 *  +-----------+-----------+-----------+-----------+
 *  | length n  | CRC32C    | chain     | type, 0   |   chain: the checksum of the entry before this one
 *  +-----------+-----------+-----------+-----------+
 *   16                      24                      32
 *  +-----------------------+-----------------------+
 *  | sequence              | durable sequence      |   durable: known to be on the disk when this was written
 *  +-----------------------+-----------------------+
 *   32                      40                      48      48+n
 *  +-----------------------+-----------------------+-------+------------+
 *  | term                  | source length, 0      | n payload bytes, 0 … |
 *  +-----------------------+-----------------------+--------------------+
 * </pre>
 *
 * The checksum covers everything of the entry but itself. The source length is kept for the position of
 * an outside source (topic, partition, next offset) and is 0 so far; so is the partition. Types 6 to 31 are kept for
 * identity claim, partition move, in-sync set and what else will come.
 */
final class JournalDescriptor {
    static final long MAGIC = 0x4c4e524a4c444e5aL; // "ZNDLJRNL" as little-endian bytes
    static final int VERSION = 3;
    /** The oldest that is still read. */
    static final int VERSION_MIN = 3;

    static final int ALIGNMENT = 8;

    static final int FILE_VERSION_OFFSET = 8;
    static final int FILE_FIRST_SEQUENCE_OFFSET = 16;
    static final int FILE_CHAIN_OFFSET = 32;
    static final int FILE_CHECKSUM_OFFSET = 36;
    static final int FILE_HEADER_BYTES = 40;

    static final int LENGTH_OFFSET = 0;
    static final int CHECKSUM_OFFSET = 4;
    static final int CHAIN_OFFSET = 8;
    static final int TYPE_OFFSET = 12;
    static final int SEQUENCE_OFFSET = 16;
    static final int DURABLE_OFFSET = 24;
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
