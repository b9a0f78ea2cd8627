package io.zandloper.storage.program;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A vector of strings as FlatBuffers lay it out: its length, then for each string how far on from there it lies; a string
 * is its length and its bytes.
 */
final class TextVector {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private TextVector() {}

    static int size(byte[] bytes, int vector) {
        return (int) INT.get(bytes, vector);
    }

    /** Where the bytes of string {@code index} begin. */
    static int textOffset(byte[] bytes, int vector, int index) {
        return text(bytes, vector, index) + Integer.BYTES;
    }

    static int textLength(byte[] bytes, int vector, int index) {
        return (int) INT.get(bytes, text(bytes, vector, index));
    }

    static boolean contains(byte[] bytes, int vector, byte[] text, int textOffset, int textLength) {
        final int size = size(bytes, vector);
        for (int i = 0; i < size; i++) {
            final int at = text(bytes, vector, i);
            if ((int) INT.get(bytes, at) == textLength
                    && Utf8.equals(bytes, at + Integer.BYTES, textLength, text, textOffset, textLength)) {
                return true;
            }
        }
        return false;
    }

    static boolean equals(byte[] left, int leftVector, byte[] right, int rightVector) {
        final int size = size(left, leftVector);
        if (size != size(right, rightVector)) {
            return false;
        }
        for (int i = 0; i < size; i++) {
            final int ours = text(left, leftVector, i);
            final int theirs = text(right, rightVector, i);
            if (!Utf8.equals(left, ours + Integer.BYTES, (int) INT.get(left, ours), right, theirs + Integer.BYTES, (int)
                    INT.get(right, theirs))) {
                return false;
            }
        }
        return true;
    }

    private static int text(byte[] bytes, int vector, int index) {
        final int entry = vector + (1 + index) * Integer.BYTES;
        return entry + (int) INT.get(bytes, entry);
    }
}
