package io.zandloper.server.files;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How the identity of a row is made: a text with {@code {row}}, the number of the row from 1 without the header, or
 * {@code {column}}, the row's value there. {@code customer:{customerID}} makes {@code customer:7590-VHVEG}.
 */
public final class IdTemplate {
    static final String ROW = "row";
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)}");

    /** Literal texts at even places, names of columns at odd ones. */
    private final List<String> parts;

    private IdTemplate(List<String> parts) {
        this.parts = List.copyOf(parts);
    }

    /** @throws IllegalArgumentException with a sentence that says what is wrong */
    public static IdTemplate parse(String text) {
        final List<String> parts = new ArrayList<>();
        final Matcher matcher = PLACEHOLDER.matcher(text);
        int literalStart = 0;
        while (matcher.find()) {
            parts.add(text.substring(literalStart, matcher.start()));
            parts.add(matcher.group(1));
            literalStart = matcher.end();
        }
        parts.add(text.substring(literalStart));
        final boolean hasBraces = IntStream.range(0, parts.size())
                .filter(place -> place % 2 == 0)
                .mapToObj(parts::get)
                .anyMatch(literal -> literal.contains("{") || literal.contains("}"));
        if (parts.size() == 1 || hasBraces || text.indexOf(':') < 1) {
            throw new IllegalArgumentException(
                    "'" + text + "' makes no identity; write namespace:{row} or namespace:{column}");
        }
        return new IdTemplate(parts);
    }

    /** The columns it reads, {@code row} aside. */
    List<String> columns() {
        final List<String> columns = new ArrayList<>();
        for (int place = 1; place < parts.size(); place += 2) {
            if (!parts.get(place).equals(ROW)) {
                columns.add(parts.get(place));
            }
        }
        return columns;
    }

    /** The identity of a row, or null where a column that it needs is blank. */
    @Nullable
    String apply(long row, Function<String, String> valueOf) {
        final StringBuilder identity = new StringBuilder();
        for (int place = 0; place < parts.size(); place++) {
            final String part = parts.get(place);
            if (place % 2 == 0) {
                identity.append(part);
            } else if (part.equals(ROW)) {
                identity.append(row);
            } else {
                final String value = valueOf.apply(part);
                if (value.isBlank()) {
                    return null;
                }
                identity.append(value);
            }
        }
        return identity.toString();
    }
}
