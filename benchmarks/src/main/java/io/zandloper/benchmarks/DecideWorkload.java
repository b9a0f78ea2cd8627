package io.zandloper.benchmarks;

import io.zandloper.loadtest.generate.CounterRandom;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogCompilation;
import io.zandloper.storage.catalog.CatalogCompiler;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.catalog.CatalogDocument.Cap;
import io.zandloper.storage.catalog.CatalogDocument.ContextWeight;
import io.zandloper.storage.catalog.CatalogDocument.Offer;
import io.zandloper.storage.catalog.CatalogDocument.Placement;
import io.zandloper.storage.catalog.CatalogDocument.Policies;
import io.zandloper.storage.catalog.CatalogDocument.Scope;
import io.zandloper.storage.catalog.CatalogDocument.Segment;
import io.zandloper.storage.profile.Event;
import io.zandloper.storage.profile.EventHistory;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Catalogs and profiles to decide on, the same for the same arguments.
 *
 * <p>A profile has 16 numbers, evenly from 0 to 1,000; 8 texts, each one of 20; of 128 segments the first with a chance of
 * 1 in 129, the last of 128 in 129; 20 events of the last two days; scores of 5 offers.
 *
 * <p>An offer's eligibility has 1 to 8 terms, evenly, joined by {@code &&}. A term is with 45 % a number against a bound,
 * with 20 % a text that is one of some, with 25 % a segment or its absence, with 10 % the hour of the context. Each is as
 * likely to hold as it takes for the wanted share of offers to be eligible, a tenth more or less, so that hardly any two
 * conditions are the same. Value 1 to 200 and propensity 0.001 to 0.1, evenly; three in ten have a context weight for one
 * of five devices; one in five has a cap of its own.
 */
final class DecideWorkload {
    static final String PLACEMENT = "p";
    static final long NOW_MICROS = Times.parseTime("2026-11-15T12:00:00Z", "now");

    static final int NUMBERS = 16;
    static final int TEXTS = 8;
    static final int TEXT_VALUES = 20;
    static final int SEGMENTS = 128;
    private static final int NUMBER_MAX = 1_000;
    private static final int HOURS = 24;
    private static final int DEVICES = 5;
    private static final int TERMS_MAX = 8;
    private static final int EVENTS = 20;
    private static final int SCORES = 5;
    private static final long HOUR_MICROS = 3_600_000_000L;
    private static final long SEED = 6;

    private DecideWorkload() {}

    /** One term of a condition: as an expression, as a constraint of a rule engine's, and as a predicate of one's own. */
    record Term(String text, String constraint, Predicate predicate) {}

    /** What a programmer would write instead. */
    interface Predicate {
        boolean holds(PlainPerson person);
    }

    /** A profile and a context as plain arrays. */
    record PlainPerson(double[] numbers, int[] texts, boolean[] segments, long hour) {}

    /** A catalog, and the terms of each of its offers' conditions in the order of the catalog's offers. */
    record Offers(Catalog catalog, List<List<Term>> conditions) {}

    static Offers offers(int count, double eligible) {
        final CounterRandom random = new CounterRandom(SEED, count);
        final List<Offer> offers = new ArrayList<>();
        final List<List<Term>> conditions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            final List<Term> terms = terms(random, eligible);
            conditions.add(terms);
            offers.add(offer(
                    random,
                    id(i),
                    String.join(" && ", terms.stream().map(Term::text).toList())));
        }
        final List<Segment> segments = new ArrayList<>();
        for (int i = 0; i < SEGMENTS; i++) {
            segments.add(new Segment("s" + i, null, 0, null, null, null));
        }
        final CatalogCompilation compilation = CatalogCompiler.compile(
                new CatalogDocument(
                        segments, offers, List.of(new Placement(PLACEMENT, null, 3, 0, List.of())), Policies.DEFAULT),
                1,
                Catalog.EMPTY);
        final Catalog catalog = compilation.catalog();
        if (catalog == null) {
            throw new IllegalStateException("a generated catalog does not compile: " + compilation.errors());
        }
        return new Offers(catalog, conditions);
    }

    /** Ids whose order is that of the numbers. */
    private static String id(int number) {
        return String.format(Locale.ROOT, "o%06d", number);
    }

    private static List<Term> terms(CounterRandom random, double eligible) {
        final int count = 1 + random.nextInt(TERMS_MAX);
        final List<Term> terms = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            final double share = Math.pow(eligible, 1.0 / count) * (0.9 + 0.2 * random.nextDouble());
            terms.add(term(random, Math.min(share, 0.99)));
        }
        return terms;
    }

    private static Term term(CounterRandom random, double share) {
        final int kind = random.nextInt(20);
        if (kind < 9) {
            return number(random, share);
        }
        if (kind < 13) {
            return text(random, share);
        }
        return kind < 18 ? segment(random, share) : hour(random, share);
    }

    private static Term number(CounterRandom random, double share) {
        final int number = random.nextInt(NUMBERS);
        if (random.nextInt(2) == 0) {
            final double bound = Math.round(share * NUMBER_MAX * 100) / 100.0;
            final String less = "n" + number + " < " + bound;
            return new Term("profile." + less, less, person -> person.numbers[number] < bound);
        }
        final double bound = Math.round((1 - share) * NUMBER_MAX * 100) / 100.0;
        final String notLess = "n" + number + " >= " + bound;
        return new Term("profile." + notLess, notLess, person -> person.numbers[number] >= bound);
    }

    private static Term text(CounterRandom random, double share) {
        final int text = random.nextInt(TEXTS);
        final int first = random.nextInt(TEXT_VALUES);
        final int count = Math.max(1, (int) Math.round(share * TEXT_VALUES));
        final List<String> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add("'v" + (first + i) % TEXT_VALUES + "'");
        }
        final String listed = String.join(", ", values);
        return new Term(
                "profile.t" + text + " in [" + listed + "]",
                "t" + text + " in (" + listed.replace('\'', '"') + ")",
                person -> (person.texts[text] - first + TEXT_VALUES) % TEXT_VALUES < count);
    }

    private static Term segment(CounterRandom random, double share) {
        final boolean member = random.nextInt(2) == 0;
        final int near = (int) Math.round((member ? share : 1 - share) * (SEGMENTS + 1)) - 1;
        final int segment = Math.max(0, Math.min(SEGMENTS - 1, near + random.nextInt(9) - 4));
        final String in = "'s" + segment + "' in segments";
        return new Term(
                member ? in : "!(" + in + ")",
                "segments " + (member ? "contains" : "not contains") + " \"s" + segment + "\"",
                person -> person.segments[segment] == member);
    }

    private static Term hour(CounterRandom random, double share) {
        final long bound = Math.max(1, Math.round(share * HOURS));
        if (random.nextInt(2) == 0) {
            final String early = "hour < " + bound;
            return new Term("context." + early, early, person -> person.hour < bound);
        }
        final String late = "hour >= " + (HOURS - bound);
        return new Term("context." + late, late, person -> person.hour >= HOURS - bound);
    }

    private static Offer offer(CounterRandom random, String id, String eligibility) {
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
                0.001 + 0.099 * random.nextDouble(),
                1 + 199 * random.nextDouble(),
                1,
                random.nextInt(10) < 3
                        ? List.of(new ContextWeight(
                                "context.device == 'd" + random.nextInt(DEVICES) + "'", 10.0 + random.nextInt(41)))
                        : List.of(),
                false,
                5,
                random.nextInt(5) == 0
                        ? List.of(new Cap(Scope.OFFER, Event.IMPRESSION, 3, 24 * HOUR_MICROS, "P1D"))
                        : List.of(),
                List.of(),
                -1,
                null);
    }

    /** A person and the context of a request of theirs. */
    record Visit(Profile profile, Map<String, Object> context, PlainPerson plain) {}

    /** @param offers of the catalog, to which events and scores refer */
    static List<Visit> visits(int count, int offers) {
        final List<Visit> visits = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            visits.add(visit(new CounterRandom(SEED + 1, i), i, offers));
        }
        return visits;
    }

    private static Visit visit(CounterRandom random, int number, int offers) {
        final TreeMap<String, Object> attributes = new TreeMap<>();
        final double[] numbers = new double[NUMBERS];
        for (int i = 0; i < NUMBERS; i++) {
            numbers[i] = Math.round(random.nextDouble() * NUMBER_MAX * 10) / 10.0;
            attributes.put("n" + i, numbers[i]);
        }
        final int[] texts = new int[TEXTS];
        for (int i = 0; i < TEXTS; i++) {
            texts[i] = random.nextInt(TEXT_VALUES);
            attributes.put("t" + i, "v" + texts[i]);
        }
        final TreeMap<String, Long> listed = new TreeMap<>();
        final boolean[] segments = new boolean[SEGMENTS];
        for (int i = 0; i < SEGMENTS; i++) {
            segments[i] = random.nextInt(SEGMENTS + 1) <= i;
            if (segments[i]) {
                listed.put("s" + i, Times.NEVER);
            }
        }
        final TreeMap<String, Number> scores = new TreeMap<>();
        for (int i = 0; i < SCORES; i++) {
            scores.put(id(random.nextInt(offers)), 0.1 * random.nextDouble());
        }
        final List<Event> events = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            final String offer = id(random.nextInt(offers));
            events.add(new Event(
                    null,
                    Event.IMPRESSION,
                    offer,
                    PLACEMENT,
                    NOW_MICROS - random.nextInt(48) * HOUR_MICROS,
                    offer,
                    null,
                    Map.of("channel", "web")));
        }
        final long hour = random.nextInt(HOURS);
        return new Visit(
                new Profile(
                        List.of(new Identity("crm", Integer.toString(number))),
                        attributes,
                        listed,
                        scores,
                        null,
                        new EventHistory(events, new TreeMap<>(), List.of()),
                        1,
                        NOW_MICROS,
                        1,
                        1),
                Map.of("channel", "web", "device", "d" + random.nextInt(DEVICES), "hour", hour),
                new PlainPerson(numbers, texts, segments, hour));
    }
}
