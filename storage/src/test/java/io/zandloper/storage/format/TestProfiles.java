package io.zandloper.storage.format;

import io.zandloper.storage.profile.Consent;
import io.zandloper.storage.profile.Event;
import io.zandloper.storage.profile.EventHistory;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/** Profiles for tests: a fixed one that has everything, and random ones. */
final class TestProfiles {
    private static final long[] LONGS = {0, 1, -1, 41, (1L << 53) + 1, -(1L << 53) - 1, Long.MAX_VALUE, Long.MIN_VALUE};
    private static final double[] DOUBLES = {
        0.0, -0.0, 1.0, 1506.5, Double.MIN_VALUE, Double.MAX_VALUE, -Double.MAX_VALUE, 0.1
    };
    private static final String[] TEXTS = {
        "",
        " ",
        "technician",
        "\u0000",
        "\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67",
        "\uFFFD",
        "中文",
        "e\u0301",
        "\uE000",
        "\uD83D\uDE00"
    };

    private TestProfiles() {}

    /** With every field and every kind of value. Never to be changed: a golden file holds it. */
    static Profile complete() {
        final SortedMap<String, Object> attributes = new TreeMap<>();
        attributes.put("age", 41L);
        attributes.put("balance", 1506.5);
        attributes.put("big", (1L << 53) + 1);
        attributes.put("emoji \uD83D\uDE00", "\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67");
        attributes.put("empty", "");
        attributes.put("interests", List.of("running", "", "travel"));
        attributes.put("least", Long.MIN_VALUE);
        attributes.put("minus zero", -0.0);
        attributes.put("none", List.of());
        attributes.put("private \uE000", false);
        attributes.put("vip", true);
        attributes.put("zero", 0.0);
        final SortedMap<String, Long> listed = new TreeMap<>();
        listed.put("cart-abandoner", 1_796_083_200_000_000L);
        listed.put("high-value", Times.NEVER);
        listed.put("past", -1L);
        final SortedMap<String, Number> scores = new TreeMap<>();
        scores.put("card", 1L);
        scores.put("loan", 0.031);
        final Map<String, Object> context = new LinkedHashMap<>();
        context.put("device", "mobile");
        context.put("channel", "web");
        context.put("position", 3L);
        context.put("dwell", 1.5);
        context.put("first", true);
        final List<Event> events = List.of(
                new Event("e-1", "impression", "loan", "web-hero", 1_793_534_400_000_000L, "loan", null, context),
                new Event(null, "impression", "loan", "web-hero", 1_793_534_400_000_001L, "loan", null, Map.of()),
                new Event("e-3", "convert", "loan", null, 1_793_534_500_000_000L, "loan", 120.0, Map.of()),
                new Event("e-4", "visit", null, null, -5L, null, 0L, Map.of()));
        final SortedMap<String, Long> lastConverts = new TreeMap<>();
        lastConverts.put("card", 5L);
        lastConverts.put("loan", 1_793_534_500_000_000L);
        return new Profile(
                List.of(Identity.ofCanonical("crm:10042"), Identity.ofCanonical("cookie:a:b")),
                attributes,
                listed,
                scores,
                new Consent(0b1101, "CPXtcf", "DBAgpp"),
                new EventHistory(events, lastConverts, List.of(-1L, 7L, Long.MIN_VALUE)),
                17,
                1_793_534_400_000_000L,
                5,
                23);
    }

    static Profile random(Random random) {
        final List<Identity> identities = new ArrayList<>();
        for (int i = random.nextInt(1, 33); i > 0; i--) {
            identities.add(new Identity("ns" + i, text(random) + i));
        }
        return new Profile(
                identities,
                new TreeMap<>(values(random, random.nextInt(20), true)),
                listed(random),
                scores(random),
                random.nextBoolean() ? null : consent(random),
                random.nextInt(3) == 0 ? EventHistory.EMPTY : history(random),
                longValue(random),
                longValue(random),
                longValue(random),
                longValue(random));
    }

    /** The same, with every map in another order. */
    static Profile shuffled(Profile profile, Random random) {
        final List<Event> events = profile.history().events().stream()
                .map(e -> new Event(
                        e.id(),
                        e.type(),
                        e.offer(),
                        e.placement(),
                        e.atMicros(),
                        e.product(),
                        e.value(),
                        shuffled(e.context(), random)))
                .toList();
        return new Profile(
                profile.identities(),
                reversed(profile.attributes()),
                reversed(profile.listed()),
                reversed(profile.scores()),
                profile.consent(),
                new EventHistory(
                        events,
                        reversed(profile.history().lastConverts()),
                        profile.history().recentIds()),
                profile.version(),
                profile.updatedAtMicros(),
                profile.createdSequence(),
                profile.sequence());
    }

    private static Map<String, Object> shuffled(Map<String, Object> map, Random random) {
        final List<String> names = new ArrayList<>(map.keySet());
        Collections.shuffle(names, random);
        final Map<String, Object> shuffled = new LinkedHashMap<>();
        names.forEach(name -> shuffled.put(name, map.get(name)));
        return shuffled;
    }

    private static <V> SortedMap<String, V> reversed(SortedMap<String, V> map) {
        final SortedMap<String, V> reversed = new TreeMap<>(Collections.reverseOrder());
        reversed.putAll(map);
        return reversed;
    }

    private static Map<String, Object> values(Random random, int count, boolean lists) {
        final Map<String, Object> values = new HashMap<>();
        for (int i = 0; i < count; i++) {
            values.put(text(random) + random.nextInt(100), value(random, lists));
        }
        return values;
    }

    private static Object value(Random random, boolean lists) {
        return switch (random.nextInt(lists ? 5 : 4)) {
            case 0 -> random.nextBoolean();
            case 1 -> longValue(random);
            case 2 -> doubleValue(random);
            case 3 -> text(random);
            default ->
                random.ints(random.nextInt(5), 0, TEXTS.length)
                        .mapToObj(i -> TEXTS[i])
                        .toList();
        };
    }

    private static SortedMap<String, Long> listed(Random random) {
        final SortedMap<String, Long> listed = new TreeMap<>();
        for (int i = random.nextInt(30); i > 0; i--) {
            listed.put("segment-" + random.nextInt(1000), random.nextBoolean() ? Times.NEVER : longValue(random));
        }
        return listed;
    }

    private static SortedMap<String, Number> scores(Random random) {
        final SortedMap<String, Number> scores = new TreeMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            scores.put("offer-" + random.nextInt(1000), number(random));
        }
        return scores;
    }

    private static Consent consent(Random random) {
        return new Consent(
                random.nextInt(1 << 24), random.nextBoolean() ? null : text(random), random.nextBoolean() ? null : "g");
    }

    private static EventHistory history(Random random) {
        final List<Event> events = new ArrayList<>();
        for (int i = random.nextInt(10); i > 0; i--) {
            events.add(new Event(
                    random.nextBoolean() ? null : text(random),
                    "type" + random.nextInt(3),
                    random.nextBoolean() ? null : "offer" + random.nextInt(3),
                    random.nextBoolean() ? null : "placement",
                    longValue(random),
                    random.nextBoolean() ? null : "product" + random.nextInt(3),
                    random.nextBoolean() ? null : number(random),
                    values(random, random.nextInt(4), false)));
        }
        final SortedMap<String, Long> lastConverts = new TreeMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            lastConverts.put("product" + i, longValue(random));
        }
        return new EventHistory(
                events, lastConverts, random.longs(random.nextInt(64)).boxed().toList());
    }

    /** Not a conditional expression: that would make every integer a double. */
    private static Number number(Random random) {
        if (random.nextBoolean()) {
            return longValue(random);
        }
        return doubleValue(random);
    }

    private static long longValue(Random random) {
        return random.nextBoolean() ? random.nextLong() : LONGS[random.nextInt(LONGS.length)];
    }

    private static double doubleValue(Random random) {
        return random.nextBoolean() ? random.nextGaussian() : DOUBLES[random.nextInt(DOUBLES.length)];
    }

    private static String text(Random random) {
        return TEXTS[random.nextInt(TEXTS.length)];
    }
}
