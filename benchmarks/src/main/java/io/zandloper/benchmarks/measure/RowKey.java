package io.zandloper.benchmarks.measure;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.zandloper.loadtest.generate.DataSet;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The identities of generated profiles as UTF-8, written into arrays that are used again. Made four digits at a time, so
 * that it is the look-up that is measured and not its question. For one thread.
 */
public final class RowKey {
    private static final int DIGITS_MAX = 19;
    private static final int DIGITS_AT_A_TIME = 4;
    private static final int TEN_THOUSAND = 10_000;
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    /** Four digits each, the first one lowest. */
    private static final int[] DIGITS = new int[TEN_THOUSAND];

    static {
        for (int i = 0; i < TEN_THOUSAND; i++) {
            DIGITS[i] = ('0' + i / 1_000)
                    | (('0' + i / 100 % 10) << 8)
                    | (('0' + i / 10 % 10) << 16)
                    | (('0' + i % 10) << 24);
        }
    }

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
        int at = key.length - DIGITS_AT_A_TIME;
        for (; at >= prefixLength; at -= DIGITS_AT_A_TIME) {
            INT.set(key, at, DIGITS[(int) (rest % TEN_THOUSAND)]);
            rest /= TEN_THOUSAND;
        }
        for (int last = at + DIGITS_AT_A_TIME - 1; last >= prefixLength; last--) {
            key[last] = (byte) ('0' + rest % 10);
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
