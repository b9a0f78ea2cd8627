package io.zandloper.server.decide.compiled;

import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decide.DecisionRequest.PlacementRequest;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogCompilation;
import io.zandloper.storage.catalog.CatalogCompiler;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.catalog.CatalogDocument.Cap;
import io.zandloper.storage.catalog.CatalogDocument.ContextWeight;
import io.zandloper.storage.catalog.CatalogDocument.Holdout;
import io.zandloper.storage.catalog.CatalogDocument.Offer;
import io.zandloper.storage.catalog.CatalogDocument.Placement;
import io.zandloper.storage.catalog.CatalogDocument.Policies;
import io.zandloper.storage.catalog.CatalogDocument.Scope;
import io.zandloper.storage.catalog.CatalogDocument.Segment;
import io.zandloper.storage.catalog.CatalogDocument.Suppression;
import io.zandloper.storage.format.SegmentNumbers;
import io.zandloper.storage.profile.Consent;
import io.zandloper.storage.profile.Event;
import io.zandloper.storage.profile.EventHistory;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Random catalogs, profiles and requests that use every field, over few names and values, so that everything meets. */
final class RandomWorld {
    static final long HOUR = 3_600_000_000L;
    static final long NOW = Times.parseTime("2026-11-15T12:00:00Z", "now");

    private static final String LEFT = "left-the-catalog";
    private static final int EXPRESSIONS = 600;
    private static final List<String> EVENTS = List.of("impression", "click", "convert", "reject");
    private static final List<String> GROUPS = List.of("g1", "g2", "g3");
    private static final List<String> PRODUCTS = List.of("p1", "p2", "p3");
    private static final double[] NUMBERS = {0, 1, 0.5, 0.02, 2, 10, 15, 1e-300, 1e300};

    private final RandomGenerator random;
    private final List<String> rules = new ArrayList<>();
    private final List<String> conditions = new ArrayList<>();
    /** Holds all expressions compiled, so that a catalog takes no time. */
    private final Catalog pool;

    RandomWorld(RandomGenerator random) {
        this(random, true);
    }

    /** All expressions are such as people write. */
    static RandomWorld withoutRareExpressions(RandomGenerator random) {
        return new RandomWorld(random, false);
    }

    private RandomWorld(RandomGenerator random, boolean hasRare) {
        this.random = random;
        final List<String> segments = List.of("s0", "s1", "s2", "s3", "s10");
        final RandomExpressions ofRules = new RandomExpressions(random, List.of("s0", "s1", "s10"), false, hasRare);
        final RandomExpressions ofConditions = new RandomExpressions(random, segments, true, hasRare);
        final List<Segment> all = new ArrayList<>();
        segments.forEach(id -> all.add(new Segment(id, null, 0, null, null, null)));
        final List<Offer> offers = new ArrayList<>();
        for (int i = 0; i < EXPRESSIONS; i++) {
            rules.add(ofRules.condition());
            conditions.add(ofConditions.condition());
            all.add(new Segment("r" + i, null, 0, null, null, rules.get(i)));
            offers.add(plainOffer("o" + i, conditions.get(i)));
        }
        this.pool = compiled(new CatalogDocument(all, offers, List.of(), Policies.DEFAULT), Catalog.EMPTY);
    }

    private static Offer plainOffer(String id, String eligibility) {
        return new Offer(
                id,
                null,
                null,
                id,
                true,
                Long.MIN_VALUE,
                Times.NEVER,
                null,
                0,
                eligibility,
                null,
                null,
                1,
                1,
                1,
                List.of(),
                false,
                5,
                List.of(),
                List.of(),
                -1,
                null);
    }

    private static Catalog compiled(CatalogDocument document, Catalog previous) {
        final CatalogCompilation compilation = CatalogCompiler.compile(document, 7, previous);
        final Catalog catalog = compilation.catalog();
        if (catalog == null) {
            throw new AssertionError("a random catalog does not compile: " + compilation.errors());
        }
        return catalog;
    }

    /** @param offersMax how many offers it may have */
    Catalog catalog(int offersMax) {
        final List<Segment> segments = new ArrayList<>();
        for (String id : List.of("s0", "s1", "s2", "s3", "s10")) {
            segments.add(new Segment(id, null, purposes(6), null, null, null));
        }
        // Past a word of bits, sometimes.
        for (int filler = random.nextInt(4) == 0 ? random.nextInt(70) : 0; filler > 0; filler--) {
            segments.add(random.nextInt(segments.size()), new Segment("f" + filler, null, 0, null, null, null));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            segments.add(
                    random.nextInt(segments.size()), new Segment("c" + i, null, purposes(6), null, null, any(rules)));
        }
        final List<String> placements = List.of("p0", "p1", "p2");
        final Set<String> ids = new LinkedHashSet<>();
        for (int i = random.nextInt(offersMax + 1); i > 0; i--) {
            ids.add(id());
        }
        final List<Offer> offers = new ArrayList<>();
        // Ever so often offers that all rank alike but for their ids.
        final boolean alike = random.nextInt(5) == 0;
        ids.forEach(id -> offers.add(offer(id, placements, alike)));
        final List<Placement> filled = new ArrayList<>();
        for (String placement : placements) {
            filled.add(new Placement(
                    placement, null, 1 + random.nextInt(5), random.nextInt(3), someOf(List.copyOf(ids), 4)));
        }
        return compiled(new CatalogDocument(segments, offers, filled, policies()), pool);
    }

    /** Another catalog with no other expressions. */
    Catalog compiled(CatalogDocument document) {
        return compiled(document, pool);
    }

    private String id() {
        final String alphabet = "abAB09_.:-";
        final StringBuilder id = new StringBuilder();
        for (int length = 1 + random.nextInt(3); length > 0; length--) {
            id.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return id.toString();
    }

    private Offer offer(String id, List<String> placements, boolean alike) {
        final List<ContextWeight> weights = new ArrayList<>();
        for (int i = alike ? 0 : Math.max(0, random.nextInt(5) - 2); i > 0; i--) {
            weights.add(new ContextWeight(
                    any(conditions),
                    random.nextInt(9) == 0 ? -500 : random.nextInt(200) - 60 + random.nextInt(3) / 3.0));
        }
        return new Offer(
                id,
                null,
                random.nextInt(3) == 0 ? null : any(GROUPS),
                random.nextBoolean() ? id : any(PRODUCTS),
                random.nextInt(12) != 0,
                random.nextInt(6) == 0 ? NOW + hours(24) : Long.MIN_VALUE,
                random.nextInt(6) == 0 ? NOW + hours(24) : Times.NEVER,
                random.nextBoolean() ? null : someOf(placements, 3),
                purposes(4),
                perhaps(6, () -> any(conditions)),
                perhaps(4, () -> any(conditions)),
                perhaps(3, () -> any(conditions)),
                alike ? 1 : number(),
                alike ? 1 : Math.min(number() * random.nextInt(4), 1e305),
                alike ? 1 : number(),
                weights,
                random.nextInt(6) == 0,
                random.nextInt(3) == 0 ? random.nextInt(3) - 1 : 5,
                list(2, this::cap),
                list(2, this::suppression),
                random.nextInt(4) == 0 ? Math.abs(hours(48)) : -1,
                random.nextBoolean() ? null : "{\"for\":\"" + id + "\"}");
    }

    private Policies policies() {
        return new Policies(
                random.nextBoolean(),
                random.nextInt(4) == 0
                        ? new Holdout(
                                List.of(0.0, 0.07, 33.3, 50.0, 100.0).get(random.nextInt(5)), any(List.of("", "ß")))
                        : null,
                random.nextInt(3) == 0 ? list(2, this::cap) : List.of(),
                List.of(),
                Policies.DEFAULT.erasureBoundMicros(),
                -1);
    }

    private Cap cap() {
        final long window = Math.abs(hours(48));
        return new Cap(
                Scope.values()[random.nextInt(4)],
                any(EVENTS),
                1 + random.nextInt(4),
                window,
                Times.formatDuration(window));
    }

    private Suppression suppression() {
        final long within = Math.abs(hours(48));
        final long pause = Math.abs(hours(48));
        return new Suppression(
                any(EVENTS),
                1 + random.nextInt(2),
                within,
                Times.formatDuration(within),
                pause,
                Times.formatDuration(pause));
    }

    Profile profile(Catalog catalog) {
        final SortedMap<String, Object> attributes = new TreeMap<>();
        for (String name : RandomExpressions.ATTRIBUTES) {
            if (random.nextInt(4) != 0) {
                attributes.put(name, name.equals("list") && random.nextInt(4) != 0 ? texts() : value());
            }
        }
        final SortedMap<String, Long> listed = new TreeMap<>();
        for (Catalog.Segment segment : catalog.segments()) {
            if (!segment.isComputed() && random.nextBoolean()) {
                listed.put(segment.id(), random.nextInt(3) == 0 ? NOW + hours(24) : Times.NEVER);
            }
        }
        if (random.nextInt(10) == 0) {
            listed.put(LEFT, Times.NEVER);
        }
        final SortedMap<String, Number> scores = new TreeMap<>();
        final boolean manyScores = random.nextInt(6) == 0;
        for (Catalog.Offer offer : catalog.offers()) {
            if (random.nextInt(manyScores ? 2 : 8) == 0) {
                scores.put(offer.id(), random.nextInt(4) == 0 ? (Number) (long) (random.nextInt(3) - 1) : number());
            }
        }
        if (random.nextInt(5) == 0) {
            scores.put("unknown-offer", 0.5);
        }
        return new Profile(
                List.of(new Identity("crm", Integer.toString(random.nextInt(500)))),
                Collections.unmodifiableSortedMap(attributes),
                Collections.unmodifiableSortedMap(listed),
                Collections.unmodifiableSortedMap(scores),
                random.nextInt(3) == 0 ? null : new Consent(random.nextInt(8), null, null),
                history(catalog),
                1,
                NOW,
                1,
                1);
    }

    private EventHistory history(Catalog catalog) {
        final List<Event> events = new ArrayList<>();
        for (int i = random.nextInt(3) == 0 ? 0 : random.nextInt(30); i > 0; i--) {
            final Map<String, Object> context = random.nextBoolean() ? Map.of() : Map.of("channel", channel());
            final String offer = random.nextInt(10) == 0 || catalog.offers().isEmpty()
                    ? null
                    : catalog.offers()
                            .get(random.nextInt(Math.min(catalog.offers().size(), 12)))
                            .id();
            events.add(new Event(
                    null,
                    random.nextInt(10) == 0 ? "other" : any(EVENTS),
                    random.nextInt(12) == 0 ? "unknown-offer" : offer,
                    null,
                    NOW - Math.abs(hours(60)) + (random.nextInt(8) == 0 ? 6 * HOUR : 0),
                    random.nextInt(3) == 0 ? null : any(PRODUCTS),
                    null,
                    context));
        }
        final SortedMap<String, Long> converts = new TreeMap<>();
        if (random.nextInt(3) == 0) {
            converts.put(any(PRODUCTS), NOW - hours(48));
        }
        return new EventHistory(events, converts, List.of());
    }

    /** Numbers of segments in records: their bits, and one for the segment that left the catalog. */
    static SegmentNumbers numbers(Catalog catalog) {
        return new SegmentNumbers() {
            @Override
            public int number(String id) {
                final int bit = catalog.segmentBit(id);
                return bit < 0 ? catalog.segments().size() : bit;
            }

            @Override
            public String id(int number) {
                return number == catalog.segments().size()
                        ? LEFT
                        : catalog.segments().get(number).id();
            }
        };
    }

    /** @param document in place of a stored profile, where it is not null */
    DecisionRequest request(Catalog catalog, Identity identity, Profile document, boolean explain) {
        final List<PlacementRequest> placements = new ArrayList<>();
        final Set<String> wanted = new LinkedHashSet<>();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            wanted.add("p" + random.nextInt(3));
        }
        wanted.forEach(
                id -> placements.add(new PlacementRequest(id, random.nextBoolean() ? null : 1 + random.nextInt(8))));
        final Map<String, Object> context = new TreeMap<>();
        for (String field : RandomExpressions.FIELDS) {
            if (random.nextInt(4) != 0) {
                context.put(field, field.equals("channel") ? channel() : value());
            }
        }
        final Set<String> exclude = new HashSet<>();
        for (int i = Math.max(0, random.nextInt(6) - 3); i > 0; i--) {
            exclude.add(id());
        }
        return new DecisionRequest(
                identity,
                document,
                placements,
                context,
                explain,
                random.nextInt(3) == 0 ? NOW + hours(12) : null,
                exclude);
    }

    private Object channel() {
        return switch (random.nextInt(5)) {
            case 0 -> 1L;
            case 1 -> 1.0;
            case 2 -> true;
            default -> any(List.of("web", "app"));
        };
    }

    private Object value() {
        return switch (random.nextInt(8)) {
            case 0 -> random.nextBoolean();
            case 1 -> random.nextInt(45) + 0.5;
            case 2 -> random.nextBoolean() ? -0.0 : (double) random.nextInt(45);
            case 3, 4 -> any(RandomExpressions.TEXTS);
            case 5 -> random.nextBoolean() ? 9007199254740993L : 9007199254740992.0;
            default -> (long) random.nextInt(45);
        };
    }

    private List<String> texts() {
        final List<String> texts = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            texts.add(any(RandomExpressions.TEXTS));
        }
        return texts;
    }

    private double number() {
        return NUMBERS[random.nextInt(NUMBERS.length)];
    }

    /** Up to so many hours to either side, often exactly none or an hour. */
    private long hours(int max) {
        final int hours = random.nextInt(2 * max + 1) - max;
        return random.nextInt(5) == 0 ? random.nextInt(3) - 1 : hours * HOUR;
    }

    private int purposes(int oneIn) {
        return random.nextInt(oneIn) == 0 ? 1 + random.nextInt(7) : 0;
    }

    private <T> T any(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    private List<String> someOf(List<String> values, int max) {
        final List<String> some = new ArrayList<>();
        for (int i = values.isEmpty() ? 0 : random.nextInt(max + 1); i > 0; i--) {
            some.add(any(values));
        }
        return some;
    }

    private <T> List<T> list(int max, Supplier<T> element) {
        final List<T> list = new ArrayList<>();
        for (int i = random.nextInt(3) == 0 ? 1 + random.nextInt(max) : 0; i > 0; i--) {
            list.add(element.get());
        }
        return list;
    }

    private <T> T perhaps(int outOfTen, Supplier<T> value) {
        return random.nextInt(10) < outOfTen ? value.get() : null;
    }
}
