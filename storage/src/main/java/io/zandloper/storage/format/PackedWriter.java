package io.zandloper.storage.format;

import java.util.Arrays;

/** Gathers the bytes of a vector that has a layout of its own; {@link PackedReader} reads them. For one thread. */
final class PackedWriter {
    private static final int INITIAL_BYTES = 256;
    private static final int NUMBER_BYTES_MAX = 5;
    private static final int SEVEN_BITS = 0x7F;

    private byte[] bytes = new byte[INITIAL_BYTES];
    private int length;

    void clear() {
        length = 0;
    }

    /** A number in LEB128: seven bits in a byte, the lowest first, the top bit set in all bytes but the last. */
    void number(int number) {
        reserve(NUMBER_BYTES_MAX);
        int rest = number;
        for (; (rest & ~SEVEN_BITS) != 0; rest >>>= 7) {
            bytes[length++] = (byte) (rest | ~SEVEN_BITS);
        }
        bytes[length++] = (byte) rest;
    }

    void time(long micros) {
        reserve(Long.BYTES);
        for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
            bytes[length++] = (byte) (micros >>> shift);
        }
    }

    /** Its length in two bytes, then the text. */
    void text(byte[] utf8) {
        reserve(Short.BYTES + utf8.length);
        bytes[length++] = (byte) utf8.length;
        bytes[length++] = (byte) (utf8.length >>> Byte.SIZE);
        System.arraycopy(utf8, 0, bytes, length, utf8.length);
        length += utf8.length;
    }

    /** Holds {@link #length} bytes, until the next call. */
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(length + more, 2 * bytes.length));
        }
    }
}
