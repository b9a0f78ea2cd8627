package io.zandloper.loadtest.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.zandloper.loadtest.dialect.Identities;
import java.nio.ByteBuffer;

/** Identities that are a row's number between two texts. */
final class RowIdentities implements Identities {
    private final byte[] prefix;
    private final byte[] suffix;
    private final int lengthBytesMax;
    private final int[] rows;

    /** @param drawn rows from 0, in the order in which they are asked about */
    RowIdentities(IdPattern pattern, int rows, int... drawn) {
        this.prefix = pattern.prefix().getBytes(UTF_8);
        this.suffix = pattern.suffix().getBytes(UTF_8);
        this.lengthBytesMax = prefix.length + digits(rows) + suffix.length;
        this.rows = drawn;
    }

    @Override
    public int size() {
        return rows.length;
    }

    @Override
    public int lengthBytes(int index) {
        return prefix.length + digits(rows[index] + 1) + suffix.length;
    }

    @Override
    public int lengthBytesMax() {
        return lengthBytesMax;
    }

    @Override
    public void put(int index, ByteBuffer out, int at) {
        final int digits = digits(rows[index] + 1);
        out.put(at, prefix);
        int rest = rows[index] + 1;
        for (int i = digits - 1; i >= 0; i--) {
            out.put(at + prefix.length + i, (byte) ('0' + rest % 10));
            rest /= 10;
        }
        out.put(at + prefix.length + digits, suffix);
    }

    @Override
    public long number(int index) {
        return rows[index];
    }

    private static int digits(int number) {
        int digits = 1;
        for (int rest = number; rest >= 10; rest /= 10) {
            digits++;
        }
        return digits;
    }
}
