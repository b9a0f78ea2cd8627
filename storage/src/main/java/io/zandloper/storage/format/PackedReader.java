package io.zandloper.storage.format;

import java.nio.ByteBuffer;

/**
 * Goes along the bytes of a vector that {@link PackedWriter} wrote, where they lie. It allocates nothing; pointed at one
 * vector after the other by one thread. Damage is a {@link CorruptRecordException} or an {@link IndexOutOfBoundsException}.
 */
final class PackedReader {
    private static final int SEVEN_BITS = 0x7F;

    private ByteBuffer bytes = ByteBuffer.allocate(0);
    private int position;
    private int end;

    /** @param from little-endian */
    PackedReader of(ByteBuffer from, int offset, int length) {
        bytes = from;
        position = offset;
        end = offset + length;
        return this;
    }

    boolean hasMore() {
        return position < end;
    }

    /** Where the next one begins, in the buffer. */
    int position() {
        return position;
    }

    int number() {
        int number = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += 7) {
            final int next = bytes.get(position++);
            number |= (next & SEVEN_BITS) << shift;
            if (next >= 0) {
                return number;
            }
        }
        throw new CorruptRecordException("a number without an end: position=" + position);
    }

    long time() {
        position += Long.BYTES;
        return bytes.getLong(position - Long.BYTES);
    }

    /** Bytes of a text, which begins at {@link #position} then; {@link #skip} it. */
    int textLength() {
        position += Short.BYTES;
        return Short.toUnsignedInt(bytes.getShort(position - Short.BYTES));
    }

    void skip(int lengthBytes) {
        position += lengthBytes;
    }
}
