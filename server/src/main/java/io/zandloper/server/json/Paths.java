package io.zandloper.server.json;

import io.zandloper.storage.profile.Text;
import java.util.ArrayList;
import java.util.List;

/** Where in a document something stands, as its reader would write it: {@code offers[3].caps[0].max}. */
public final class Paths {
    /** Names come from the caller and go back to the caller; longer ones are cut. */
    private static final int NAME_LENGTH_MAX = 100;

    /** A String for a name, an Integer for an index. */
    private final List<Object> steps = new ArrayList<>();

    void pushName(String name) {
        steps.add(name);
    }

    void pushIndex(int index) {
        steps.add(index);
    }

    void pop() {
        steps.remove(steps.size() - 1);
    }

    String text() {
        String path = "";
        for (Object step : steps) {
            path = step instanceof Integer index ? of(path, index) : of(path, (String) step);
        }
        return path;
    }

    /** The place of a field in the object at {@code parent}. */
    public static String of(String parent, String name) {
        return parent.isEmpty() ? printable(name) : parent + "." + printable(name);
    }

    /** The place of an element in the list at {@code parent}. */
    public static String of(String parent, int index) {
        return parent + "[" + index + "]";
    }

    /** The place at {@code path} of a document that is a field itself. */
    public static String within(String field, String path) {
        return path.isEmpty() ? field : field + "." + path;
    }

    /** The text cut to a sane length, halves of surrogate pairs replaced, so that it can be sent in an answer. */
    public static String printable(String text) {
        return printable(text, NAME_LENGTH_MAX);
    }

    /** Likewise, cut to {@code lengthMax} characters. */
    static String printable(String text, int lengthMax) {
        final String cut = text.length() <= lengthMax ? text : text.substring(0, lengthMax) + "…";
        if (Text.isEncodable(cut)) {
            return cut;
        }
        final StringBuilder replaced = new StringBuilder(cut.length());
        cut.codePoints()
                .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? '\uFFFD' : c)
                .forEach(replaced::appendCodePoint);
        return replaced.toString();
    }
}
