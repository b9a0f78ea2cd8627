package io.zandloper.storage.journal;

import static io.zandloper.storage.journal.JournalDescriptor.CHAIN_OFFSET;
import static io.zandloper.storage.journal.JournalDescriptor.CHECKSUM_OFFSET;
import static io.zandloper.storage.journal.JournalDescriptor.HEADER_BYTES;
import static io.zandloper.storage.journal.JournalDescriptor.IN_FLIGHT_CHECKSUM_OFFSET;
import static io.zandloper.storage.journal.JournalDescriptor.IN_FLIGHT_OFFSET;
import static io.zandloper.storage.journal.JournalDescriptor.LENGTH_OFFSET;
import static io.zandloper.storage.journal.JournalDescriptor.PAYLOAD_BYTES_MAX;
import static io.zandloper.storage.journal.JournalDescriptor.SEQUENCE_OFFSET;
import static io.zandloper.storage.journal.JournalDescriptor.SOURCE_LENGTH_OFFSET;
import static io.zandloper.storage.journal.JournalDescriptor.TERM_OFFSET;
import static io.zandloper.storage.journal.JournalDescriptor.TYPE_OFFSET;
import static io.zandloper.storage.journal.JournalDescriptor.aligned;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** The bytes of entries: makes them, proves them, and gives their fields. For one thread; buffers are little-endian. */
final class EntryBytes {
    private final CRC32C checksum = new CRC32C();

    /** Bytes of an entry with so much payload. */
    static int lengthBytes(int payloadBytes) {
        return aligned(HEADER_BYTES + payloadBytes);
    }

    /** Bytes of the entry that begins at an offset, which is {@linkplain #isWhole whole}. */
    static int lengthBytes(ByteBuffer bytes, int offset) {
        return lengthBytes(bytes.getInt(offset + LENGTH_OFFSET));
    }

    static long sequence(ByteBuffer bytes, int offset) {
        return bytes.getLong(offset + SEQUENCE_OFFSET);
    }

    /** The checksum of the entry before. */
    static int chain(ByteBuffer bytes, int offset) {
        return bytes.getInt(offset + CHAIN_OFFSET);
    }

    static int checksum(ByteBuffer bytes, int offset) {
        return bytes.getInt(offset + CHECKSUM_OFFSET);
    }

    static long termNumber(ByteBuffer bytes, int offset) {
        return bytes.getLong(offset + TERM_OFFSET);
    }

    /** The sequence that was known to be durable when the entry was written. */
    static long durableSequence(ByteBuffer bytes, int offset) {
        return sequence(bytes, offset) - Integer.toUnsignedLong(bytes.getInt(offset + IN_FLIGHT_OFFSET));
    }

    static JournalEntry entry(ByteBuffer bytes, int offset) {
        return new JournalEntry(
                sequence(bytes, offset),
                termNumber(bytes, offset),
                bytes.getInt(offset + TYPE_OFFSET),
                bytes.slice(offset + HEADER_BYTES, bytes.getInt(offset + LENGTH_OFFSET))
                        .order(ByteOrder.LITTLE_ENDIAN));
    }

    /** Whether an entry comes next after a place, in a term of this number. */
    static boolean follows(ByteBuffer bytes, int offset, JournalEnd end, long termNumber) {
        return chain(bytes, offset) == end.chain()
                && sequence(bytes, offset) == end.sequence() + 1
                && termNumber(bytes, offset) == termNumber;
    }

    /** Whether a whole entry with right checksums begins here. */
    boolean isWhole(ByteBuffer bytes, int offset) {
        if (bytes.limit() - offset < HEADER_BYTES) {
            return false;
        }
        final int length = bytes.getInt(offset + LENGTH_OFFSET);
        if (length < 0 || length > PAYLOAD_BYTES_MAX || lengthBytes(length) > bytes.limit() - offset) {
            return false;
        }
        final int value = checksum(bytes, offset);
        return value == contentChecksum(bytes, offset, lengthBytes(length))
                && bytes.getInt(offset + IN_FLIGHT_CHECKSUM_OFFSET)
                        == inFlightChecksum(value, bytes.getInt(offset + IN_FLIGHT_OFFSET));
    }

    /**
     * Makes an entry at the beginning of a buffer, which holds it from then on.
     *
     * @return its checksum
     */
    int encode(ByteBuffer into, JournalEnd before, long durableSequence, Term term, int type, ByteBuffer payload) {
        final int length = payload.remaining();
        final int total = lengthBytes(length);
        into.clear();
        into.putInt(LENGTH_OFFSET, length)
                .putInt(CHAIN_OFFSET, before.chain())
                .putInt(TYPE_OFFSET, type)
                .putLong(SEQUENCE_OFFSET, before.sequence() + 1)
                .putLong(TERM_OFFSET, term.number())
                .putLong(SOURCE_LENGTH_OFFSET, 0)
                .put(HEADER_BYTES, payload, payload.position(), length);
        for (int i = HEADER_BYTES + length; i < total; i++) {
            into.put(i, (byte) 0);
        }
        into.limit(total);
        final int value = contentChecksum(into, 0, total);
        into.putInt(CHECKSUM_OFFSET, value);
        stampDurable(into, 0, durableSequence);
        return value;
    }

    /** States what is known to be durable on this disk; the checksum of the entry stays what it is. */
    void stampDurable(ByteBuffer bytes, int offset, long durableSequence) {
        final int inFlight = Math.toIntExact(sequence(bytes, offset) - durableSequence);
        bytes.putInt(offset + IN_FLIGHT_OFFSET, inFlight);
        bytes.putInt(offset + IN_FLIGHT_CHECKSUM_OFFSET, inFlightChecksum(checksum(bytes, offset), inFlight));
    }

    private int contentChecksum(ByteBuffer bytes, int offset, int total) {
        checksum.reset();
        checksum.update(bytes.slice(offset, CHECKSUM_OFFSET));
        checksum.update(bytes.slice(offset + CHAIN_OFFSET, IN_FLIGHT_OFFSET - CHAIN_OFFSET));
        checksum.update(bytes.slice(offset + TERM_OFFSET, total - TERM_OFFSET));
        return (int) checksum.getValue();
    }

    private int inFlightChecksum(int entryChecksum, int inFlight) {
        checksum.reset();
        for (int i = 0; i < Integer.SIZE; i += Byte.SIZE) {
            checksum.update(entryChecksum >>> i);
        }
        for (int i = 0; i < Integer.SIZE; i += Byte.SIZE) {
            checksum.update(inFlight >>> i);
        }
        return (int) checksum.getValue();
    }
}
