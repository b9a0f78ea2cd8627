package io.zandloper.benchmarks.subject;

import io.zandloper.loadtest.generate.CounterRandom;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Offers for the {@link BenchProfiles}: conditions over segments, the value and the context, hardly any two the same; about
 * a third of the offers pass for anybody. Stateless.
 */
final class BenchOffers {
    /** The placement that all are for. */
    static final String PLACEMENT = "web-list";

    static final int PLACES = 3;

    private static final long SEED = 7;

    private BenchOffers() {}

    /** The part of a catalog behind its segments. */
    static String source(int offers) {
        return IntStream.range(0, offers)
                .mapToObj(BenchOffers::offer)
                .collect(Collectors.joining(
                        ",",
                        ",\"offers\":[",
                        "],\"placements\":[{\"id\":\"" + PLACEMENT + "\",\"count\":" + PLACES + "}]"));
    }

    private static String offer(int number) {
        final CounterRandom random = new CounterRandom(SEED, 0x0FFE5);
        random.seek(number);
        final String eligibility = switch (random.nextInt(4)) {
            case 0 -> isIn(random) + " || profile.value < '" + letter(random) + "'";
            case 1 -> "profile.value >= '" + letter(random) + "' && !(" + isIn(random) + ")";
            case 2 -> isIn(random) + " || " + isIn(random) + " || " + isIn(random) + " || " + isIn(random);
            default -> "!(" + isIn(random) + " || " + isIn(random) + ") && profile.value != '" + letter(random) + "'";
        };
        return String.format(
                Locale.ROOT,
                "{\"id\":\"o%04d\",\"name\":\"Offer %d\",\"placements\":[\"%s\"],\"eligibility\":\"%s\","
                        + "\"applicability\":\"%s\",\"suitability\":\"!(%s)\",\"propensity\":%.4f,\"value\":%.2f,"
                        + "\"payload\":{\"creative\":\"c%d\"}}",
                number,
                number,
                PLACEMENT,
                eligibility,
                random.nextInt(2) == 0 ? "context.channel == 'web'" : "context.hour < " + (8 + random.nextInt(16)),
                isIn(random),
                random.nextDouble() / 10,
                1 + 200 * random.nextDouble(),
                number);
    }

    private static String isIn(CounterRandom random) {
        return "'" + BenchProfiles.segmentId(random.nextInt(BenchProfiles.SEGMENTS)) + "' in segments";
    }

    /** A value is made of letters from a to p. */
    private static char letter(CounterRandom random) {
        return (char) ('b' + random.nextInt(15));
    }
}
