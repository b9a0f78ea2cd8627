package io.zandloper.server.decide.compiled;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The value of a context field: nothing, a boolean, a number or a text. Set anew for each request by one thread; it
 * allocates only for a longer text than it has held.
 */
final class Scalar {
    /** What a value is. */
    enum Kind {
        ABSENT,
        BOOLEAN,
        INTEGER,
        DOUBLE,
        TEXT
    }

    private static final int TEXT_BYTES_EXPECTED = 64;

    private Kind kind = Kind.ABSENT;
    private long integer;
    private double real;
    private byte[] text = new byte[TEXT_BYTES_EXPECTED];
    private int textLength;

    boolean isAbsent() {
        return kind == Kind.ABSENT;
    }

    void clear() {
        kind = Kind.ABSENT;
    }

    /** @param value null, a {@link Boolean}, {@link Long}, {@link Double} or {@link String} */
    void set(@Nullable Object value) {
        if (value instanceof Boolean flag) {
            setBoolean(flag);
        } else if (value instanceof Long number) {
            setInteger(number);
        } else if (value instanceof Double number) {
            setDouble(number);
        } else if (value instanceof String string) {
            text = string.getBytes(StandardCharsets.UTF_8);
            textLength = text.length;
            kind = Kind.TEXT;
        } else {
            kind = Kind.ABSENT;
        }
    }

    void setBoolean(boolean value) {
        kind = Kind.BOOLEAN;
        integer = value ? 1 : 0;
    }

    void setInteger(long value) {
        kind = Kind.INTEGER;
        integer = value;
    }

    void setDouble(double value) {
        kind = Kind.DOUBLE;
        real = value;
    }

    void setText(byte[] utf8, int offset, int length) {
        if (text.length < length) {
            text = new byte[2 * length];
        }
        System.arraycopy(utf8, offset, text, 0, length);
        textLength = length;
        kind = Kind.TEXT;
    }

    boolean isBoolean(boolean value) {
        return kind == Kind.BOOLEAN && (integer != 0) == value;
    }

    /** Integers and doubles are equal where they are the same number. */
    boolean isInteger(long value) {
        return switch (kind) {
            case INTEGER -> integer == value;
            case DOUBLE -> isSameNumber(value, real);
            default -> false;
        };
    }

    /** As {@link Double#equals}: zeros differ by their sign. */
    boolean isDouble(double value) {
        return switch (kind) {
            case INTEGER -> isSameNumber(integer, value);
            case DOUBLE -> Double.doubleToLongBits(real) == Double.doubleToLongBits(value);
            default -> false;
        };
    }

    boolean isText(byte[] utf8, int offset, int length) {
        return kind == Kind.TEXT && Arrays.equals(text, 0, textLength, utf8, offset, offset + length);
    }

    /** The same as {@link #set} and equality of the values; for values on the heap. */
    boolean isSame(@Nullable Object value) {
        if (value instanceof Boolean flag) {
            return isBoolean(flag);
        }
        if (value instanceof Long number) {
            return isInteger(number);
        }
        if (value instanceof Double number) {
            return isDouble(number);
        }
        if (value instanceof String string) {
            final byte[] utf8 = string.getBytes(StandardCharsets.UTF_8);
            return isText(utf8, 0, utf8.length);
        }
        return false;
    }

    private static boolean isSameNumber(long integer, double real) {
        // 2^63 is no long, though the cast to double makes it of the greatest one.
        return real >= -0x1p63 && real < 0x1p63 && (long) real == integer && (double) (long) real == real;
    }
}
