package io.zandloper.loadtest.load;

/**
 * How the identity of a row is spelled: a text around {@code {row}}, which stands for the row's number, counted from 1.
 */
public record IdPattern(String prefix, String suffix) {
    private static final String ROW = "{row}";

    /** @throws IllegalArgumentException where it is no identity with {@code {row}} in it */
    public static IdPattern parse(String pattern) {
        final int at = pattern.indexOf(ROW);
        if (at < 0 || pattern.indexOf(':') < 1) {
            throw new IllegalArgumentException(
                    "must be an identity with {row} in it, such as crm:{row}: id=" + pattern);
        }
        return new IdPattern(pattern.substring(0, at), pattern.substring(at + ROW.length()));
    }

    @Override
    public String toString() {
        return prefix + ROW + suffix;
    }
}
