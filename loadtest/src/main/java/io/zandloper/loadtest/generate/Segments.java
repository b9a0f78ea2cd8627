package io.zandloper.loadtest.generate;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The segments of a data set. The first twelve are the same in every set, so that offers and people can speak of them;
 * those after are drawn. Segment i depends on the seed and i alone: a larger set begins with the smaller one. Rules
 * name only segments before their own, so there are no cycles.
 */
final class Segments {
    static final String HIGH_VALUE = "high-value";
    static final String CART_ABANDONER = "cart-abandoner";
    static final String DEBT_CARE = "debt-care";
    static final String CHURN_RISK = "churn-risk";
    static final String NEW_CUSTOMER = "new-customer";
    static final String MORTGAGE_LEAD = "mortgage-lead";

    /** Purposes of the IAB's framework: 1 storage, 2–4 advertising and its profiles, 9 market research. */
    private static final List<List<Integer>> PURPOSES =
            List.of(List.of(), List.of(), List.of(), List.of(4), List.of(4), List.of(3, 4), List.of(1), List.of(2, 9));

    private static final double COMPUTED_SHARE = 0.3;
    private static final long DOMAIN = 0x5E6;

    /** @param rule null for a listed segment */
    record Segment(
            String id,
            String name,
            List<Integer> purposes,
            @Nullable String rule) {
        ObjectNode toJson() {
            final ObjectNode json = JsonNodeFactory.instance.objectNode();
            json.put("id", id).put("name", name);
            if (!purposes.isEmpty()) {
                purposes.forEach(json.putArray("purposes")::add);
            }
            if (rule != null) {
                json.put("rule", rule);
            }
            return json;
        }
    }

    private static final List<Segment> CORE = List.of(
            listed(HIGH_VALUE, "High value", 4),
            listed(CART_ABANDONER, "Left an application unfinished", 1, 3),
            listed(DEBT_CARE, "In debt care"),
            listed(CHURN_RISK, "Likely to leave", 4),
            listed(NEW_CUSTOMER, "Customer for less than a year"),
            listed(MORTGAGE_LEAD, "Asked for a mortgage", 4),
            computed("senior", "Sixty and older", "profile.age >= 60"),
            computed("young-adult", "Eighteen to twenty-seven", "profile.age >= 18 && profile.age <= 27"),
            computed("affluent", "Affluent", "profile.income >= 70000 && profile.balance > 20000.0"),
            computed("digital-first", "Uses the app", "profile.sessions30d >= 12 && profile.channel in ['app', 'web']"),
            computed("family", "Has children", "profile.children > 0 && profile.age < 65"),
            computed(
                    "borrower",
                    "Could borrow",
                    "has(profile.creditScore) && profile.creditScore >= 640 && !('debt-care' in segments)"));

    private final List<Segment> all;
    private final List<String> listedIds = new ArrayList<>();

    Segments(long seed, int count) {
        all = new ArrayList<>(count);
        final CounterRandom random = new CounterRandom(seed, DOMAIN);
        for (int i = 0; i < count; i++) {
            random.seek(i);
            final Segment segment = i < CORE.size() ? CORE.get(i) : draw(i, random);
            if (segment.rule() == null) {
                listedIds.add(segment.id());
            }
            all.add(segment);
        }
    }

    List<Segment> all() {
        return all;
    }

    /** Ids of listed segments in order; the most popular first. */
    List<String> listedIds() {
        return listedIds;
    }

    boolean contains(String id) {
        for (int i = 0; i < Math.min(all.size(), CORE.size()); i++) {
            if (all.get(i).id().equals(id)) {
                return true;
            }
        }
        return false;
    }

    private Segment draw(int index, CounterRandom random) {
        final String theme = random.pick(Words.THEMES);
        final String topic = random.pick(Words.TOPICS);
        final boolean computed = random.chance(COMPUTED_SHARE);
        final List<Integer> purposes = PURPOSES.get(random.nextInt(PURPOSES.size()));
        final String id = (computed ? "rule-" : "") + theme + '-' + topic + '-' + index;
        final String name = theme + ": " + topic;
        return new Segment(id, name, purposes, computed ? rule(index, random) : null);
    }

    private String rule(int index, CounterRandom random) {
        final String first = term(index, random);
        return switch (random.nextInt(4)) {
            case 0 -> first;
            case 1 -> first + " || (" + term(index, random) + " && " + term(index, random) + ")";
            default -> first + " && " + term(index, random);
        };
    }

    private String term(int index, CounterRandom random) {
        return switch (random.nextInt(3)) {
            case 0 -> "'" + all.get(random.nextInt(index)).id() + "' in segments";
            default -> ProfileTerms.draw(random);
        };
    }

    private static Segment listed(String id, String name, Integer... purposes) {
        return new Segment(id, name, List.of(purposes), null);
    }

    private static Segment computed(String id, String name, String rule) {
        return new Segment(id, name, List.of(), rule);
    }
}
