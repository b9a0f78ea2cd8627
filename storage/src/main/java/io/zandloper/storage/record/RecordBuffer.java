package io.zandloper.storage.record;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One stored record, copied out by {@link RecordStore#get}. Used again and again by one thread; it grows to the longest
 * record it has met and allocates nothing after that.
 */
public final class RecordBuffer {
    private static final int INITIAL_BYTES = 1024;

    private final OrdinalKey key = new OrdinalKey();
    private byte[] bytes = new byte[INITIAL_BYTES];
    private ByteBuffer buffer = wrap(bytes);
    private int length;

    /** The record from position 0 to its limit, little-endian; the same object until a longer record comes. */
    public ByteBuffer buffer() {
        return buffer;
    }

    /** The array that holds the record from index 0; longer than the record. */
    public byte[] array() {
        return bytes;
    }

    /** Bytes of the record. */
    public int length() {
        return length;
    }

    /** Room for a record of this length; a store fills {@link #array()}. */
    public void reserve(int lengthBytes) {
        if (bytes.length < lengthBytes) {
            bytes = new byte[Math.max(lengthBytes, 2 * bytes.length)];
            buffer = wrap(bytes);
        }
        length = lengthBytes;
        buffer.clear().limit(lengthBytes);
    }

    /** For the look-up that fills this buffer. */
    OrdinalKey key() {
        return key;
    }

    private static ByteBuffer wrap(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
