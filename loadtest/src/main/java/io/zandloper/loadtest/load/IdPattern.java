package io.zandloper.loadtest.load;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * How the identity of a row is spelled: a text around {@code {row}}, which stands for the row's number, counted from 1.
 */
record IdPattern(String prefix, String suffix) {
    private static final String ROW = "{row}";

    static IdPattern parse(String pattern) {
        final int at = pattern.indexOf(ROW);
        if (at < 0 || pattern.indexOf(':') < 1) {
            throw new IllegalArgumentException(
                    "must be an identity with {row} in it, such as crm:{row}: id=" + pattern);
        }
        return new IdPattern(pattern.substring(0, at), pattern.substring(at + ROW.length()));
    }

    /** An identity whose number has that many digits. */
    String example(int digits) {
        return prefix + "1".repeat(digits) + suffix;
    }

    int prefixLengthBytes() {
        return prefix.getBytes(UTF_8).length;
    }

    @Override
    public String toString() {
        return prefix + ROW + suffix;
    }
}
