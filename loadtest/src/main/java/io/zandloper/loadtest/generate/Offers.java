package io.zandloper.loadtest.generate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * The offers of a data set: nine told by hand, which every set begins with, then variants drawn per family of
 * products. Offer i depends on the seed, i and the segments.
 */
final class Offers {
    /** Unconditional, so that placements can fall back on it. */
    static final String NEWSLETTER = "newsletter";

    private static final long DOMAIN = 0x0FFE;
    private static final List<List<Integer>> PURPOSES =
            List.of(List.of(), List.of(), List.of(), List.of(4), List.of(3, 4), List.of(1));
    private static final String[] WINDOWS = {"P1D", "P3D", "P7D", "P30D"};
    private static final String[] HOOKS = {"Autumn", "Early bird", "Plus", "Green", "Family", "Direct", "Basic", "Gold"
    };

    /**
     * A family of products.
     *
     * @param propensity how likely it is taken, before what is known of a person
     * @param value what it is worth, in euros
     */
    private record Family(String group, String title, double propensity, double value, String need) {}

    private static final List<Family> FAMILIES = List.of(
            new Family("credit", "Personal loan", 0.02, 180, "profile.age >= 21 && profile.income >= 18000"),
            new Family("card", "Credit card", 0.05, 55, "profile.age >= 18"),
            new Family("savings", "Term deposit", 0.03, 70, "profile.balance > 2500.0"),
            new Family("mortgage", "Mortgage", 0.004, 950, "profile.income >= 28000 && !profile.mortgage"),
            new Family("insurance", "Home insurance", 0.03, 40, "profile.housing != 'parents'"),
            new Family("travel", "Travel insurance", 0.06, 18, "'travel' in profile.interests"),
            new Family("investing", "Investment plan", 0.015, 210, "profile.riskTolerance >= 0.4"),
            new Family("account", "Current account", 0.08, 25, "profile.tenureMonths < 120"));

    private final List<ObjectNode> all;
    private final Segments segments;

    Offers(long seed, int count, Segments segments) {
        this.segments = segments;
        all = new ArrayList<>(count);
        final List<ObjectNode> core = core();
        final CounterRandom random = new CounterRandom(seed, DOMAIN);
        for (int i = 0; i < count; i++) {
            random.seek(i);
            all.add(i < core.size() ? core.get(i) : draw(i, random));
        }
    }

    List<ObjectNode> all() {
        return all;
    }

    private List<ObjectNode> core() {
        final List<ObjectNode> core = new ArrayList<>();
        core.add(offer(NEWSLETTER, "Newsletter", "service", 0.2, 1));

        final ObjectNode loan = offer("personal-loan", "Personal loan at 5.9 %", "credit", 0.03, 190);
        loan.put("product", "loan").put("eligibility", "profile.age >= 21 && profile.income >= 18000");
        suitable(loan, Segments.DEBT_CARE);
        weight(loan, "context.device == 'mobile'", 20);
        loan.put("suppressAfterConversion", "P90D");
        cap(loan, "offer", "impression", 5, "P1D");
        suppress(loan, "reject", 1, "P30D", "P14D");
        core.add(loan);

        final ObjectNode card = offer("credit-card", "Credit card with travel cover", "card", 0.06, 60);
        card.put("product", "card").put("eligibility", "profile.age >= 18 && profile.balance > 0.0");
        card.put("suppressAfterConversion", "P365D");
        weight(card, "context.channel == 'app'", 15);
        cap(card, "group", "impression", 8, "P1D");
        core.add(card);

        final ObjectNode deposit = offer("term-deposit", "Term deposit, 12 months at 2.8 %", "savings", 0.05, 90);
        deposit.put("product", "deposit").put("eligibility", "profile.balance > 1000.0");
        deposit.put("suppressAfterConversion", "P180D");
        cap(deposit, "offer", "impression", 5, "P1D");
        core.add(deposit);

        final ObjectNode mortgage = offer("mortgage-advice", "A talk about your mortgage", "mortgage", 0.01, 800);
        mortgage.put("product", "mortgage");
        mortgage.put("eligibility", "profile.income >= 30000 && profile.age < 60 && !profile.mortgage");
        suitable(mortgage, Segments.DEBT_CARE);
        mortgage.put("suppressAfterConversion", "P3650D");
        suppress(mortgage, "impression", 6, "P7D", "P7D");
        core.add(mortgage);

        final ObjectNode plan = offer("wealth-plan", "Wealth plan", "investing", 0.02, 320);
        plan.put("product", "wealth");
        if (segments.contains("affluent")) {
            plan.put("eligibility", "'affluent' in segments && profile.riskTolerance >= 0.3");
        }
        plan.putArray("purposes").add(4);
        weight(plan, "context.hour >= 18", 10);
        weight(plan, "context.channel == 'call'", 25);
        core.add(plan);

        final ObjectNode retention = offer("stay-bonus", "A bonus for staying", "retention", 0.15, 120);
        retention.put("tier", 2);
        if (segments.contains(Segments.CHURN_RISK)) {
            retention.put("eligibility", "'churn-risk' in segments && profile.tenureMonths >= 12");
        }
        cap(retention, "offer", "impression", 2, "P30D");
        core.add(retention);

        final ObjectNode care = offer("debt-help", "Help with your payments", "service", 1, 0);
        care.put("mandatory", true);
        if (segments.contains(Segments.DEBT_CARE)) {
            care.put("eligibility", "'debt-care' in segments");
        } else {
            care.put("enabled", false);
        }
        cap(care, "offer", "impression", 1, "P7D");
        core.add(care);

        final ObjectNode old = offer("summer-2025", "Summer savings 2025", "savings", 0.05, 80);
        old.put("start", "2025-06-01T00:00:00Z").put("end", "2025-09-01T00:00:00Z");
        core.add(old);
        return core;
    }

    private ObjectNode draw(int index, CounterRandom random) {
        final Family family = FAMILIES.get(random.nextInt(FAMILIES.size()));
        final String hook = random.pick(HOOKS);
        final double propensity = rounded(family.propensity() * (0.3 + 1.4 * random.nextDouble()), 5);
        final double value = rounded(family.value() * (0.5 + random.nextDouble()), 2);
        final ObjectNode offer =
                offer(family.group() + '-' + index, hook + ' ' + family.title(), family.group(), propensity, value);
        offer.put("product", family.group() + "-product-" + random.nextInt(6));
        if (random.chance(0.04)) {
            offer.put("enabled", false);
        }
        if (random.chance(0.15)) {
            offer.put("start", "2026-01-01T00:00:00Z")
                    .put("end", random.chance(0.2) ? "2026-04-01T00:00:00Z" : "2040-01-01T00:00:00Z");
        }
        drawPlacements(offer, random);
        final List<Integer> purposes = PURPOSES.get(random.nextInt(PURPOSES.size()));
        if (!purposes.isEmpty()) {
            purposes.forEach(offer.putArray("purposes")::add);
        }
        drawConditions(offer, family, random);
        drawLimits(offer, random);
        if (random.chance(0.1)) {
            offer.put("lever", rounded(0.5 + 2 * random.nextDouble(), 2));
        }
        if (random.chance(0.08)) {
            offer.put("tier", 6 + random.nextInt(2));
        }
        return offer;
    }

    private static void drawPlacements(ObjectNode offer, CounterRandom random) {
        if (random.chance(0.4)) {
            return;
        }
        final ArrayNode placements = offer.putArray("placements");
        for (final String placement : CatalogFile.PLACEMENTS) {
            if (random.chance(0.6)) {
                placements.add(placement);
            }
        }
        if (placements.isEmpty()) {
            placements.add(random.pick(CatalogFile.PLACEMENTS));
        }
    }

    private void drawConditions(ObjectNode offer, Family family, CounterRandom random) {
        final StringBuilder eligibility = new StringBuilder(family.need());
        for (int terms = random.nextInt(3); terms > 0; terms--) {
            eligibility.append(" && ").append(random.chance(0.4) ? member(random) : ProfileTerms.draw(random));
        }
        offer.put("eligibility", eligibility.toString());
        if (random.chance(0.3)) {
            offer.put("applicability", contextTerm(random));
        }
        if (random.chance(0.3)) {
            offer.put("suitability", "!(" + member(random) + ")");
        }
        for (int weights = random.nextInt(3); weights > 0; weights--) {
            weight(offer, contextTerm(random), 5 * (random.nextInt(9) - 2));
        }
    }

    private static void drawLimits(ObjectNode offer, CounterRandom random) {
        if (random.chance(0.5)) {
            cap(
                    offer,
                    random.chance(0.7) ? "offer" : "group",
                    "impression",
                    1 + random.nextInt(8),
                    random.pick(WINDOWS));
        }
        if (random.chance(0.3)) {
            suppress(offer, "reject", 1 + random.nextInt(2), "P30D", random.pick("P7D", "P14D", "P30D"));
        }
        if (random.chance(0.5)) {
            offer.put("suppressAfterConversion", random.pick("P30D", "P90D", "P365D"));
        }
    }

    /** The first segments are the popular ones, and conditions are about those more often than not. */
    private String member(CounterRandom random) {
        final List<Segments.Segment> known = segments.all();
        if (known.isEmpty()) {
            return ProfileTerms.draw(random);
        }
        final int among = random.chance(0.7) ? Math.min(known.size(), 48) : known.size();
        return "'" + known.get(random.nextInt(among)).id() + "' in segments";
    }

    private static String contextTerm(CounterRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> "context.channel == '" + random.pick("web", "app", "email", "call") + "'";
            case 1 -> "context.device == '" + random.pick(Words.DEVICES) + "'";
            case 2 -> "context.hour >= " + (6 + random.nextInt(14));
            default -> "context.channel in ['web', 'app']";
        };
    }

    private static ObjectNode offer(String id, String name, String group, double propensity, double value) {
        final ObjectNode offer = JsonNodeFactory.instance.objectNode();
        offer.put("id", id).put("name", name).put("group", group);
        offer.put("propensity", propensity).put("value", value);
        offer.putObject("payload").put("title", name).put("image", "/img/" + group + ".webp");
        return offer;
    }

    private void suitable(ObjectNode offer, String unlessSegment) {
        if (segments.contains(unlessSegment)) {
            offer.put("suitability", "!('" + unlessSegment + "' in segments)");
        }
    }

    private static void weight(ObjectNode offer, String when, int weight) {
        offer.withArray("contextWeights").addObject().put("when", when).put("weight", weight);
    }

    static void cap(ObjectNode owner, String scope, String event, int max, String window) {
        owner.withArray("caps")
                .addObject()
                .put("scope", scope)
                .put("event", event)
                .put("max", max)
                .put("window", window);
    }

    private static void suppress(ObjectNode offer, String event, int count, String within, String pause) {
        offer.withArray("suppress")
                .addObject()
                .put("event", event)
                .put("count", count)
                .put("within", within)
                .put("pause", pause);
    }

    static double rounded(double value, int decimals) {
        final double scale = decimals == 5 ? 1e5 : 1e2;
        return StrictMath.rint(value * scale) / scale;
    }
}
