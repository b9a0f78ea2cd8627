package io.zandloper.loadtest.dialect;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Lines that end in CR LF and decimal numbers, as both text protocols have them. For one thread. */
final class TextReader {
    /** What a length has at most, so that it stays an int. */
    private static final int LENGTH_BYTES_MAX = 1 << 28;

    private static final int INCOMPLETE = -1;

    private int number;

    /** Just behind the line's end; {@link #INCOMPLETE} where it has not all come. */
    int lineEnd(ByteBuffer in, int from, int end) {
        for (int at = from; at < end - 1; at++) {
            if (in.get(at) == '\r' && in.get(at + 1) == '\n') {
                return at + 2;
            }
        }
        return INCOMPLETE;
    }

    /**
     * Reads the decimal number at {@code from}, to be had by {@link #number}, and tells where it ends.
     *
     * @throws IOException where there is none, or none that a length can be
     */
    int readNumber(ByteBuffer in, int from, int end) throws IOException {
        int at = from;
        final boolean negative = at < end && in.get(at) == '-';
        at += negative ? 1 : 0;
        final int firstDigit = at;
        int value = 0;
        for (; at < end && in.get(at) >= '0' && in.get(at) <= '9'; at++) {
            value = value * 10 + in.get(at) - '0';
            if (value > LENGTH_BYTES_MAX) {
                throw new IOException("the server sent a length that can be none");
            }
        }
        if (at == firstDigit) {
            throw new IOException("the server sent no number where its protocol has one");
        }
        number = negative ? -value : value;
        return at;
    }

    int number() {
        return number;
    }

    /** Writes a number without leading zeros. */
    static void putNumber(ByteBuffer out, int value) {
        int digits = 1;
        for (int rest = value; rest >= 10; rest /= 10) {
            digits++;
        }
        final int start = out.position();
        int rest = value;
        for (int at = start + digits - 1; at >= start; at--) {
            out.put(at, (byte) ('0' + rest % 10));
            rest /= 10;
        }
        out.position(start + digits);
    }
}
