package io.zandloper.storage.format;

import java.util.Collection;
import java.util.Comparator;

/** The order of strings by their bytes in UTF-8; {@link String#compareTo} differs from it above U+FFFF. */
final class Utf8Order implements Comparator<String> {
    static final Utf8Order INSTANCE = new Utf8Order();

    private Utf8Order() {}

    static String[] sorted(Collection<String> texts) {
        return texts.stream().sorted(INSTANCE).toArray(String[]::new);
    }

    @Override
    public int compare(String left, String right) {
        final int common = Math.min(left.length(), right.length());
        for (int i = 0; i < common; i++) {
            final char ours = left.charAt(i);
            final char theirs = right.charAt(i);
            if (ours != theirs) {
                return Integer.compare(rank(ours), rank(theirs));
            }
        }
        return Integer.compare(left.length(), right.length());
    }

    /** Surrogates stand for code points above all others. */
    private static int rank(char c) {
        return Character.isSurrogate(c) ? c + Character.MAX_VALUE : c;
    }
}
