package io.zandloper.storage.program;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/** Values that lie where the expressions' literals are, and beside them. */
final class RandomInputs {
    private static final long[] INTEGERS = {
        0,
        1,
        -1,
        2,
        40,
        41,
        42,
        43,
        9007199254740992L,
        9007199254740993L,
        9007199254740994L,
        Long.MAX_VALUE,
        Long.MAX_VALUE - 1,
        Long.MIN_VALUE,
        Long.MIN_VALUE + 1
    };
    private static final double[] DOUBLES = {
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.5,
        41.0,
        42.0,
        42.5,
        9007199254740992.0,
        9007199254740994.0,
        0x1p63,
        -0x1p63,
        1e308,
        -1e308,
        Double.MIN_VALUE,
        Double.MAX_VALUE
    };
    private static final String[] STRINGS = {
        "",
        "a",
        "b",
        "ab",
        "ba",
        "abc",
        "likes-sport",
        "é",
        "e",
        "\uffff",
        "\ue000",
        "\ud83d\ude00",
        "\ud7ff",
        "vip",
        "42",
        "41.5",
        "a\nb",
        "true"
    };

    private final Random random;

    RandomInputs(Random random) {
        this.random = random;
    }

    SortedMap<String, Object> attributes() {
        final SortedMap<String, Object> attributes = new TreeMap<>();
        for (String name : RandomExpressions.ATTRIBUTES) {
            if (random.nextInt(4) > 0) {
                attributes.put(name, value(true));
            }
        }
        for (String other : new String[] {"aa", "0", "k", "zz", "\ud83d\ude00"}) {
            if (random.nextBoolean()) {
                attributes.put(other, value(true));
            }
        }
        return attributes;
    }

    Map<String, Object> context() {
        final Map<String, Object> context = new TreeMap<>();
        for (String name : RandomExpressions.FIELDS) {
            if (random.nextInt(4) > 0) {
                context.put(name, value(false));
            }
        }
        return context;
    }

    List<String> segments() {
        final List<String> segments = new ArrayList<>();
        for (String segment : RandomExpressions.SEGMENTS) {
            if (random.nextBoolean() && !segment.equals("never")) {
                segments.add(segment);
            }
        }
        return segments;
    }

    private Object value(boolean listsToo) {
        return switch (random.nextInt(listsToo ? 11 : 8)) {
            case 0 -> random.nextBoolean();
            case 1, 2 -> INTEGERS[random.nextInt(INTEGERS.length)];
            case 3, 4 -> DOUBLES[random.nextInt(DOUBLES.length)];
            case 5, 6, 7 -> string();
            default -> list();
        };
    }

    private List<String> list() {
        final List<String> list = new ArrayList<>();
        for (int size = random.nextInt(4); size > 0; size--) {
            list.add(string());
        }
        return List.copyOf(list);
    }

    private String string() {
        return STRINGS[random.nextInt(STRINGS.length)];
    }
}
