package io.zandloper.server.decide.compiled;

import io.zandloper.storage.program.Values;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The strings that conditions name of one variable, by number; a value is found among them. Immutable; any thread. */
final class NamedStrings {
    private final Map<String, Integer> byText = new HashMap<>();
    private final byte[][] utf8;
    /** Open addressing, at most half full: a number plus one, or 0. */
    private final int[] table;

    /** @param texts no two alike */
    NamedStrings(List<String> texts) {
        this.utf8 = new byte[texts.size()][];
        this.table = new int[Integer.highestOneBit(Math.max(1, texts.size())) * 4];
        for (int number = 0; number < utf8.length; number++) {
            byText.put(texts.get(number), number);
            utf8[number] = texts.get(number).getBytes(StandardCharsets.UTF_8);
            int place = Values.hash(utf8[number]) & (table.length - 1);
            while (table[place] != 0) {
                place = (place + 1) & (table.length - 1);
            }
            table[place] = number + 1;
        }
    }

    int size() {
        return utf8.length;
    }

    /** The number of one of the strings. */
    int number(String text) {
        final Integer number = byText.get(text);
        if (number == null) {
            throw new IllegalArgumentException("a string that no condition names, text=" + text);
        }
        return number;
    }

    byte[] utf8(int number) {
        return utf8[number];
    }

    /** The number of a value that is a string; {@link Names#UNKNOWN} where no condition names it. */
    int find(Values values, int name) {
        int place = values.textHash(name) & (table.length - 1);
        while (table[place] != 0) {
            if (values.textEquals(name, utf8[table[place] - 1])) {
                return table[place] - 1;
            }
            place = (place + 1) & (table.length - 1);
        }
        return Names.UNKNOWN;
    }
}
