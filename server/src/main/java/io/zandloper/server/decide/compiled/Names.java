package io.zandloper.server.decide.compiled;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Texts of a catalog by number, found as they stand in a stored record, without making a string. Immutable; any thread.
 * Numbers are places in the list it was made of.
 */
final class Names {
    static final int UNKNOWN = -1;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HASH_FACTOR = 0x9E3779B97F4A7C15L;

    private final Map<String, Integer> byText = new HashMap<>();
    private final byte[][] utf8;
    /** Open addressing, at most half full: a number plus one, or 0. */
    private final int[] table;

    /** @param texts no two alike */
    Names(List<String> texts) {
        this.utf8 = new byte[texts.size()][];
        this.table = new int[Integer.highestOneBit(Math.max(1, texts.size())) * 4];
        for (int number = 0; number < utf8.length; number++) {
            byText.put(texts.get(number), number);
            utf8[number] = texts.get(number).getBytes(StandardCharsets.UTF_8);
            int place = place(utf8[number], 0, utf8[number].length);
            while (table[place] != 0) {
                place = next(place);
            }
            table[place] = number + 1;
        }
    }

    int find(@Nullable String text) {
        final Integer number = text == null ? null : byText.get(text);
        return number == null ? UNKNOWN : number;
    }

    /** Finds the text whose UTF-8 these bytes are. */
    int find(byte[] bytes, int offset, int length) {
        for (int place = place(bytes, offset, length); table[place] != 0; place = next(place)) {
            final int number = table[place] - 1;
            if (Arrays.equals(utf8[number], 0, utf8[number].length, bytes, offset, offset + length)) {
                return number;
            }
        }
        return UNKNOWN;
    }

    private int next(int place) {
        return (place + 1) & (table.length - 1);
    }

    private int place(byte[] bytes, int offset, int length) {
        long hash = length;
        int at = offset;
        final int end = offset + length;
        for (; at + Long.BYTES <= end; at += Long.BYTES) {
            hash = mixed(hash ^ (long) LONG.get(bytes, at));
        }
        long rest = 0;
        for (; at < end; at++) {
            rest = rest << Byte.SIZE | (bytes[at] & 0xFF);
        }
        return (int) (mixed(hash ^ rest) >>> Integer.SIZE) & (table.length - 1);
    }

    private static long mixed(long bits) {
        final long product = bits * HASH_FACTOR;
        return product ^ product >>> 29;
    }
}
