package io.zandloper.storage.program;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** Texts encoded one behind the other into an array that grows to the most it has met. For one thread. */
final class TextBuffer {
    static final byte[] NOTHING = new byte[0];

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int INITIAL_BYTES = 256;
    private static final int BYTES_PER_CHAR_MAX = 3;

    private byte[] bytes = NOTHING;
    private int end;

    void clear() {
        end = 0;
    }

    byte[] bytes() {
        return bytes;
    }

    int end() {
        return end;
    }

    /** Adds a text's UTF-8; where it begins. */
    int add(String text) {
        reserve(text.length() * BYTES_PER_CHAR_MAX);
        final int start = end;
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            if (c < 0x80) {
                bytes[end++] = (byte) c;
            } else if (c < 0x800) {
                bytes[end++] = (byte) (0xC0 | (c >> 6));
                continuation(c);
            } else if (Character.isHighSurrogate(c) && i + 1 < text.length()) {
                i++;
                final int codePoint = Character.toCodePoint(c, text.charAt(i));
                bytes[end++] = (byte) (0xF0 | (codePoint >> 18));
                continuation(codePoint >> 12);
                continuation(codePoint >> 6);
                continuation(codePoint);
            } else {
                bytes[end++] = (byte) (0xE0 | (c >> 12));
                continuation(c >> 6);
                continuation(c);
            }
        }
        return start;
    }

    /** Adds a list of strings as a {@link TextVector}; where it begins. */
    int addVector(List<?> list) {
        final int size = list.size();
        reserve((1 + size) * Integer.BYTES);
        final int vector = end;
        INT.set(bytes, vector, size);
        end += (1 + size) * Integer.BYTES;
        for (int i = 0; i < size; i++) {
            reserve(Integer.BYTES);
            final int entry = vector + (1 + i) * Integer.BYTES;
            INT.set(bytes, entry, end - entry);
            final int lengthAt = end;
            end += Integer.BYTES;
            final int start = add((String) list.get(i));
            INT.set(bytes, lengthAt, end - start);
        }
        return vector;
    }

    private void continuation(int bits) {
        bytes[end++] = (byte) (0x80 | (bits & 0x3F));
    }

    private void reserve(int lengthBytes) {
        if (bytes.length - end < lengthBytes) {
            bytes = Arrays.copyOf(bytes, Math.max(INITIAL_BYTES, Math.max(end + lengthBytes, 2 * bytes.length)));
        }
    }
}
