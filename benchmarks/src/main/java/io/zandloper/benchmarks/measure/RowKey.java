package io.zandloper.benchmarks.measure;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.zandloper.loadtest.generate.DataSet;

/** The identities of generated profiles as UTF-8, written into arrays that are used again. For one thread. */
public final class RowKey {
    private static final int DIGITS_MAX = 19;

    private final int prefixLength;
    private final byte[][] byDigits = new byte[DIGITS_MAX + 1][];

    public RowKey() {
        final byte[] first = DataSet.crm(0).getBytes(UTF_8);
        prefixLength = first.length - 1;
        for (int digits = 1; digits <= DIGITS_MAX; digits++) {
            byDigits[digits] = new byte[prefixLength + digits];
            System.arraycopy(first, 0, byDigits[digits], 0, prefixLength);
        }
    }

    /** The identity of a row, counted from 0; the array holds it until the next call. */
    public byte[] of(long row) {
        int digits = 1;
        for (long rest = row + 1; rest >= 10; rest /= 10) {
            digits++;
        }
        final byte[] key = byDigits[digits];
        long rest = row + 1;
        for (int at = key.length - 1; at >= prefixLength; at--) {
            key[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return key;
    }

    /** Writes the identity of a row at {@code offset} and says how long it is. */
    public int put(long row, byte[] into, int offset) {
        final byte[] key = of(row);
        System.arraycopy(key, 0, into, offset, key.length);
        return key.length;
    }

    /** Bytes of the longest identity. */
    public int lengthMax() {
        return prefixLength + DIGITS_MAX;
    }
}
