package io.zandloper.server.decisionlog;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The bytes of a decision log. Integers are little-endian.
 *
 * <pre>
 *  File header
 *   0               8         12        16              24             32             40       44       48
 *  +---------------+---------+---------+---------------+--------------+--------------+--------+--------+
 *  | "ZNDLDLOG"    | version | 0       | created, µs   | key, high    | key, low     | CRC32C | 0      |
 *  +---------------+---------+---------+---------------+--------------+--------------+--------+--------+
 *
 *  Entry, at a multiple of 8
 *   0          4          8      9      12          16                        length
 *  +----------+----------+------+------+-----------+----------+---------------+
 *  | length   | CRC32C   | kind | 0    | n         | n bytes  | 0 up to ×8    |
 *  +----------+----------+------+------+-----------+----------+---------------+
 * </pre>
 *
 * The header's checksum covers the 40 bytes before it. An entry's length counts all of it; its checksum covers the length
 * and what follows the checksum. {@code key} is the keyed hash of {@link #KEY_TEXT}: it tells of which data folder the
 * people are.
 */
final class LogDescriptor {
    static final long MAGIC = 0x474f4c444c444e5aL; // "ZNDLDLOG" as little-endian bytes
    static final int OLDEST_VERSION = 1;
    static final int VERSION = 1;
    static final String KEY_TEXT = "zandloper decision log";

    static final int FILE_VERSION_OFFSET = 8;
    static final int FILE_CREATED_OFFSET = 16;
    static final int FILE_KEY_HIGH_OFFSET = 24;
    static final int FILE_KEY_LOW_OFFSET = 32;
    static final int FILE_CHECKSUM_OFFSET = 40;
    static final int FILE_HEADER_BYTES = 48;

    static final int CHECKSUM_OFFSET = 4;
    static final int KIND_OFFSET = 8;
    static final int PAYLOAD_LENGTH_OFFSET = 12;
    static final int ENTRY_HEADER_BYTES = 16;
    static final int ALIGNMENT_BYTES = 8;
    static final int ENTRY_BYTES_MAX = ENTRY_HEADER_BYTES + DecisionLogLimits.PAYLOAD_BYTES_MAX;

    static final byte DECISION = 1;
    /** What was an entry of somebody who is erased; nothing but zeros. */
    static final byte ERASED = 2;

    // The fixed part of a decision's payload; what follows is of any length.
    static final int AT_OFFSET = 0;
    static final int CATALOG_VERSION_OFFSET = 8;
    static final int PERSON_HIGH_OFFSET = 16;
    static final int PERSON_LOW_OFFSET = 24;
    static final int PROFILE_VERSION_OFFSET = 32;
    static final int PROFILE_SEQUENCE_OFFSET = 40;
    static final int VISITOR_OFFSET = 48;
    static final int REASON_OFFSET = 49;
    static final int FLAGS_OFFSET = 50;
    static final int PLACEMENTS_OFFSET = 52;
    static final int CONTEXT_OFFSET = 54;
    static final int EXCLUDED_OFFSET = 56;
    static final int FIXED_BYTES = 58;

    static final int FLAG_AT = 1;
    static final int FLAG_EXPLAIN = 2;
    static final int OFFER_FALLBACK = 1;

    static final byte VALUE_FALSE = 0;
    static final byte VALUE_TRUE = 1;
    static final byte VALUE_INTEGER = 2;
    static final byte VALUE_DOUBLE = 3;
    static final byte VALUE_TEXT = 4;

    private LogDescriptor() {}

    static ByteBuffer header(long createdMicros, long keyHigh, long keyLow) {
        final ByteBuffer header = little(ByteBuffer.allocate(FILE_HEADER_BYTES));
        header.putLong(0, MAGIC).putInt(FILE_VERSION_OFFSET, VERSION);
        header.putLong(FILE_CREATED_OFFSET, createdMicros)
                .putLong(FILE_KEY_HIGH_OFFSET, keyHigh)
                .putLong(FILE_KEY_LOW_OFFSET, keyLow);
        return header.putInt(FILE_CHECKSUM_OFFSET, checksum(header, 0, FILE_CHECKSUM_OFFSET));
    }

    /** Bytes of an entry. */
    static int entryBytes(int payloadBytes) {
        return (ENTRY_HEADER_BYTES + payloadBytes + ALIGNMENT_BYTES - 1) & -ALIGNMENT_BYTES;
    }

    /** Completes an entry whose payload is in place: what is before and behind it. */
    static void seal(ByteBuffer bytes, int start, byte kind, int payloadBytes) {
        final int length = entryBytes(payloadBytes);
        for (int i = start + ENTRY_HEADER_BYTES + payloadBytes; i < start + length; i++) {
            bytes.put(i, (byte) 0);
        }
        bytes.putInt(start, length)
                .putInt(start + KIND_OFFSET, kind)
                .putInt(start + PAYLOAD_LENGTH_OFFSET, payloadBytes);
        bytes.putInt(start + CHECKSUM_OFFSET, entryChecksum(bytes, start, length));
    }

    /** Makes an entry one that says nothing, and is as long. */
    static void erase(ByteBuffer bytes, int start) {
        final int length = bytes.getInt(start);
        for (int i = start + ENTRY_HEADER_BYTES; i < start + length; i++) {
            bytes.put(i, (byte) 0);
        }
        bytes.putInt(start + KIND_OFFSET, ERASED).putInt(start + PAYLOAD_LENGTH_OFFSET, 0);
        bytes.putInt(start + CHECKSUM_OFFSET, entryChecksum(bytes, start, length));
    }

    /** The length of the whole entry at an offset; 0 where there is none. */
    static int wholeEntryBytes(ByteBuffer bytes, int start) {
        final int left = bytes.limit() - start;
        if (left < ENTRY_HEADER_BYTES) {
            return 0;
        }
        final int length = bytes.getInt(start);
        final boolean isPossible = length >= ENTRY_HEADER_BYTES
                && length <= entryBytes(DecisionLogLimits.PAYLOAD_BYTES_MAX)
                && length % ALIGNMENT_BYTES == 0
                && length <= left
                && bytes.getInt(start + PAYLOAD_LENGTH_OFFSET) >= 0
                && bytes.getInt(start + PAYLOAD_LENGTH_OFFSET) <= length - ENTRY_HEADER_BYTES;
        return isPossible && bytes.getInt(start + CHECKSUM_OFFSET) == entryChecksum(bytes, start, length) ? length : 0;
    }

    private static int entryChecksum(ByteBuffer bytes, int start, int length) {
        final CRC32C checksum = new CRC32C();
        checksum.update(bytes.array(), bytes.arrayOffset() + start, CHECKSUM_OFFSET);
        checksum.update(bytes.array(), bytes.arrayOffset() + start + KIND_OFFSET, length - KIND_OFFSET);
        return (int) checksum.getValue();
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
