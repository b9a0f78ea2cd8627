package io.zandloper.storage.program;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The names that the programs of one compiler read, of one source: a profile's attributes or a request's context. Each
 * has a number, given when it is first met and never changed. Filled by one thread; read by any number once it is full.
 */
public final class ValueNames {
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<String> names = new ArrayList<>();

    ValueNames() {}

    /** A name's number; a new one where it has none. */
    int add(String name) {
        final Integer known = numbers.putIfAbsent(name, names.size());
        if (known != null) {
            return known;
        }
        names.add(name);
        return names.size() - 1;
    }

    public int count() {
        return names.size();
    }

    public String name(int number) {
        return names.get(number);
    }

    /** The number of a name, or -1 where no program reads it. */
    public int number(String name) {
        return numbers.getOrDefault(name, -1);
    }

    /** All names in UTF-8, ascending by their bytes. */
    byte[][] sortedUtf8() {
        final byte[][] sorted = new byte[names.size()][];
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = names.get(i).getBytes(StandardCharsets.UTF_8);
        }
        Arrays.sort(sorted, Arrays::compareUnsigned);
        return sorted;
    }

    /** The number of a name in UTF-8 that is one of these. */
    int numberOfUtf8(byte[] name) {
        return number(new String(name, StandardCharsets.UTF_8));
    }
}
