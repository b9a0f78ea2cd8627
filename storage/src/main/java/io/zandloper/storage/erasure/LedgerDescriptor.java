package io.zandloper.storage.erasure;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The bytes of the ledger of erasures. Integers are little-endian.
 *
 * <pre>
 *  File header
 *   0               8           12          16
 *  +---------------+-----------+-----------+
 *  | "ZNDLERAS"    | version   | CRC32C    |   of the 12 bytes before it
 *  +---------------+-----------+-----------+
 *
 *  Entry, one for each identity that was erased
 *   0                8                16              24              32         36         40
 *  +----------------+----------------+---------------+---------------+----------+----------+
 *  | sequence       | at, µs         | hash, high    | hash, low     | CRC32C   | 0        |
 *  +----------------+----------------+---------------+---------------+----------+----------+
 * </pre>
 *
 * Entries of one erasure have one sequence; sequences never descend. The checksum covers the 32 bytes before it.
 */
final class LedgerDescriptor {
    static final long MAGIC = 0x534152454c444e5aL; // "ZNDLERAS" as little-endian bytes
    static final int OLDEST_VERSION = 1;
    static final int VERSION = 1;

    static final int FILE_VERSION_OFFSET = 8;
    static final int FILE_CHECKSUM_OFFSET = 12;
    static final int FILE_HEADER_BYTES = 16;

    static final int AT_OFFSET = 8;
    static final int HIGH_OFFSET = 16;
    static final int LOW_OFFSET = 24;
    static final int CHECKSUM_OFFSET = 32;
    static final int ENTRY_BYTES = 40;

    private LedgerDescriptor() {}

    static ByteBuffer header() {
        final ByteBuffer header = little(ByteBuffer.allocate(FILE_HEADER_BYTES));
        header.putLong(0, MAGIC).putInt(FILE_VERSION_OFFSET, VERSION);
        return header.putInt(FILE_CHECKSUM_OFFSET, checksum(header, 0, FILE_CHECKSUM_OFFSET));
    }

    /** Adds an entry at the buffer's position. */
    static void put(ByteBuffer into, long sequence, long atMicros, long high, long low) {
        final int start = into.position();
        into.putLong(sequence).putLong(atMicros).putLong(high).putLong(low);
        into.putInt(checksum(into, start, CHECKSUM_OFFSET)).putInt(0);
    }

    /** Whether a whole entry is at an offset. */
    static boolean isEntry(ByteBuffer bytes, int offset) {
        return bytes.limit() - offset >= ENTRY_BYTES
                && bytes.getInt(offset + CHECKSUM_OFFSET) == checksum(bytes, offset, CHECKSUM_OFFSET);
    }

    static int checksum(ByteBuffer bytes, int offset, int length) {
        final CRC32C checksum = new CRC32C();
        checksum.update(bytes.array(), bytes.arrayOffset() + offset, length);
        return (int) checksum.getValue();
    }

    static ByteBuffer little(ByteBuffer bytes) {
        return bytes.order(ByteOrder.LITTLE_ENDIAN);
    }
}
