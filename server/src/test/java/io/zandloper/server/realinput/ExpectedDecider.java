package io.zandloper.server.realinput;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.zandloper.server.realinput.Customer.Event;
import io.zandloper.server.realinput.Decision.Explained;
import io.zandloper.server.realinput.Decision.Factors;
import io.zandloper.server.realinput.Decision.Shown;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * The contract's section 5 once more, for the example's catalog: plain values (tiers, caps, worth) are read from its
 * JSON, conditions are those of {@link ExpectedOffers}.
 */
final class ExpectedDecider {
    private final JsonNode policies;
    private final Map<String, JsonNode> offers = new TreeMap<>();
    private final Map<String, JsonNode> placements = new HashMap<>();
    private final Map<String, Set<Integer>> purposesBySegment = new HashMap<>();

    ExpectedDecider(JsonNode catalog) {
        policies = catalog.get("policies");
        catalog.get("offers").forEach(offer -> offers.put(offer.get("id").textValue(), offer));
        catalog.get("placements")
                .forEach(placement -> placements.put(placement.get("id").textValue(), placement));
        catalog.get("segments")
                .forEach(segment -> purposesBySegment.put(segment.get("id").textValue(), purposesOf(segment)));
    }

    ExpectedBank bank(Customer customer, Instant at) {
        return new ExpectedBank(
                customer, at, policies.get("consentDefault").textValue().equals("grant"), purposesBySegment);
    }

    /** @param customer null where nobody has the request's identity */
    Decision decide(Customer customer, DecisionRequest request, Instant now) {
        return new OneDecision(customer, request, request.at() == null ? now : request.at()).decide();
    }

    boolean isHeldOut(Customer customer) {
        if (customer.id == null) {
            return false;
        }
        final JsonNode holdout = policies.get("holdout");
        final String text = holdout.get("salt").textValue() + ":" + customer.id;
        return Long.remainderUnsigned(XxHash64.hash(text.getBytes(UTF_8)), 10_000)
                < holdout.get("percent").doubleValue() * 100;
    }

    private static Set<Integer> purposesOf(JsonNode document) {
        final Set<Integer> purposes = new HashSet<>();
        document.path("purposes").forEach(purpose -> purposes.add(purpose.intValue()));
        return purposes;
    }

    private static String group(JsonNode offer) {
        return offer.path("group").textValue();
    }

    private final class OneDecision {
        private final Customer customer;
        private final boolean known;
        private final DecisionRequest request;
        private final Instant at;
        private final ExpectedBank bank;
        private final ExpectedOffers conditions;
        private final Set<String> placed = new HashSet<>();
        private final List<Decision.Placement> filled = new ArrayList<>();

        OneDecision(Customer customer, DecisionRequest request, Instant at) {
            this.known = customer != null;
            this.customer = known ? customer : Customer.NOBODY;
            this.request = request;
            this.at = at;
            this.bank = bank(this.customer, at);
            this.conditions = new ExpectedOffers(this.customer, bank, request.context());
        }

        Decision decide() {
            request.placements().forEach((id, count) -> {
                final JsonNode placement = placements.get(id);
                fill(placement, count != null ? count : placement.path("count").asInt(1));
            });
            return new Decision(customer.id, reason(), filled);
        }

        private String reason() {
            if (request.identity() != null && !known) {
                return "UNKNOWN_PROFILE";
            }
            if (isHeldOut(customer)) {
                return "SPLIT";
            }
            return filled.stream()
                            .flatMap(placement -> placement.shown().stream())
                            .anyMatch(offer -> !offer.fallback())
                    ? "TARGETING_MATCH"
                    : "DEFAULT";
        }

        private void fill(JsonNode placement, int count) {
            final Map<String, Explained> reasons = new TreeMap<>();
            final List<JsonNode> passed = new ArrayList<>();
            for (JsonNode offer : offers.values()) {
                final List<String> failed = failedStages(offer, placement);
                if (failed.isEmpty()) {
                    passed.add(offer);
                } else {
                    reasons.put(idOf(offer), new Explained(idOf(offer), "REJECTED", failed));
                }
            }
            passed.sort(ranking());
            final List<Shown> chosen =
                    choose(passed, count, placement.path("maxPerGroup").intValue(), reasons);
            if (chosen.isEmpty()) {
                addFallbacks(placement, count, chosen, reasons);
            }
            chosen.forEach(offer -> placed.add(offer.offer()));
            filled.add(new Decision.Placement(idOf(placement), chosen, List.copyOf(reasons.values())));
        }

        private Comparator<JsonNode> ranking() {
            return Comparator.comparing(
                            (JsonNode offer) -> !offer.path("mandatory").booleanValue())
                    .thenComparing(offer -> offer.path("tier").asInt(5))
                    .thenComparing(offer -> -factors(offer).priority())
                    .thenComparing(ExpectedDecider::idOf);
        }

        private List<Shown> choose(List<JsonNode> ranked, int count, int maxPerGroup, Map<String, Explained> reasons) {
            final List<Shown> chosen = new ArrayList<>();
            final Map<String, Integer> perGroup = new HashMap<>();
            for (JsonNode offer : ranked) {
                final String group = group(offer);
                if (placed.contains(idOf(offer))) {
                    reasons.put(idOf(offer), new Explained(idOf(offer), "PASSED", List.of("ALREADY_PLACED")));
                } else if (chosen.size() == count) {
                    reasons.put(idOf(offer), new Explained(idOf(offer), "PASSED", List.of("OUTRANKED")));
                } else if (group != null && maxPerGroup > 0 && perGroup.getOrDefault(group, 0) >= maxPerGroup) {
                    reasons.put(idOf(offer), new Explained(idOf(offer), "PASSED", List.of("GROUP_LIMIT")));
                } else {
                    perGroup.merge(String.valueOf(group), 1, Integer::sum);
                    chosen.add(new Shown(idOf(offer), chosen.size() + 1, false, factors(offer), offer.get("payload")));
                    reasons.put(idOf(offer), new Explained(idOf(offer), "RETURNED", List.of()));
                }
            }
            return chosen;
        }

        private void addFallbacks(JsonNode placement, int count, List<Shown> chosen, Map<String, Explained> reasons) {
            for (JsonNode fallback : placement.path("fallback")) {
                final JsonNode offer = offers.get(fallback.textValue());
                final List<String> failed = failedStages(offer, placement);
                final boolean fit = Stream.of("DISABLED", "NOT_ACTIVE", "PLACEMENT", "CONSENT")
                        .noneMatch(failed::contains);
                if (chosen.size() < count && fit && !placed.contains(idOf(offer))) {
                    chosen.add(new Shown(idOf(offer), chosen.size() + 1, true, null, offer.get("payload")));
                    reasons.put(idOf(offer), new Explained(idOf(offer), "RETURNED", failed));
                }
            }
        }

        private List<String> failedStages(JsonNode offer, JsonNode placement) {
            final ExpectedOffers.Conditions own = conditions.of(idOf(offer));
            final Map<String, Boolean> fails = new LinkedHashMap<>();
            fails.put(
                    "DISABLED",
                    !offer.path("enabled").asBoolean(true) || request.exclude().contains(idOf(offer)));
            fails.put("NOT_ACTIVE", isBeforeStart(offer) || isAfterEnd(offer));
            fails.put("PLACEMENT", offer.has("placements") && !names(offer.get("placements"), idOf(placement)));
            fails.put("CONSENT", !bank.grants(purposesOf(offer)));
            fails.put("ELIGIBILITY", !own.eligibility().getAsBoolean());
            fails.put("APPLICABILITY", !own.applicability().getAsBoolean());
            fails.put("SUITABILITY", !own.suitability().getAsBoolean());
            fails.put("SUPPRESSED", isSuppressed(offer));
            fails.put("CAPPED", isCapped(offer));
            fails.put("HOLDOUT", isHeldOut(customer));
            return fails.keySet().stream().filter(fails::get).toList();
        }

        private boolean isBeforeStart(JsonNode offer) {
            return offer.has("start")
                    && at.isBefore(Instant.parse(offer.get("start").textValue()));
        }

        private boolean isAfterEnd(JsonNode offer) {
            return offer.has("end")
                    && !at.isBefore(Instant.parse(offer.get("end").textValue()));
        }

        private boolean isSuppressed(JsonNode offer) {
            final JsonNode afterConversion = offer.path("suppressAfterConversion");
            if (afterConversion.isTextual()
                    && eventsWithin(afterConversion)
                            .anyMatch(event -> event.type().equals("convert")
                                    && event.product().equals(productOf(offer)))) {
                return true;
            }
            for (JsonNode rule : offer.path("suppress")) {
                final List<Event> counted = eventsWithin(rule.get("within"))
                        .filter(event -> isOf(rule, event) && event.offer().equals(idOf(offer)))
                        .toList();
                if (counted.size() >= rule.get("count").intValue()
                        && counted.stream().anyMatch(event -> event.isWithin(duration(rule.get("pause")), at))) {
                    return true;
                }
            }
            return false;
        }

        private boolean isCapped(JsonNode offer) {
            for (JsonNode owner : List.of(offer, policies)) {
                for (JsonNode cap : owner.path("caps")) {
                    final long count = eventsWithin(cap.get("window"))
                            .filter(event -> isOf(cap, event) && isInScope(cap, event, offer))
                            .count();
                    if (count >= cap.get("max").intValue()) {
                        return true;
                    }
                }
            }
            return false;
        }

        private boolean isInScope(JsonNode cap, Event event, JsonNode offer) {
            final String scope = cap.get("scope").textValue();
            if (scope.equals("offer")) {
                return event.offer().equals(idOf(offer));
            }
            if (scope.equals("group")) {
                final JsonNode of = offers.get(event.offer());
                return of != null && group(of) != null && group(of).equals(group(offer));
            }
            if (scope.equals("channel")) {
                return event.channel() != null
                        && event.channel().equals(request.context().get("channel"));
            }
            return true;
        }

        private Stream<Event> eventsWithin(JsonNode window) {
            return customer.events.stream().filter(event -> event.isWithin(duration(window), at));
        }

        private Factors factors(JsonNode offer) {
            final Double score = customer.scores.get(idOf(offer));
            final double propensity =
                    clamp(score != null ? score : offer.path("propensity").asDouble(1), 1);
            final double value = offer.path("value").asDouble(1);
            final double lever = clamp(offer.path("lever").asDouble(1), 10);
            double sum = 0;
            int number = 0;
            for (BooleanSupplier holds : conditions.of(idOf(offer)).weights()) {
                if (holds.getAsBoolean()) {
                    sum += offer.get("contextWeights").get(number).get("weight").doubleValue();
                }
                number++;
            }
            final double contextWeight = clamp(1 + sum / 100, 10);
            return new Factors(propensity * value * contextWeight * lever, propensity, value, contextWeight, lever);
        }
    }

    private static double clamp(double number, double max) {
        return Math.max(0, Math.min(number, max));
    }

    private static Duration duration(JsonNode text) {
        return Duration.parse(text.textValue());
    }

    private static boolean isOf(JsonNode rule, Event event) {
        return event.type().equals(rule.get("event").textValue());
    }

    private static String productOf(JsonNode offer) {
        return offer.path("product").asText(idOf(offer));
    }

    private static boolean names(JsonNode list, String id) {
        for (JsonNode name : list) {
            if (name.textValue().equals(id)) {
                return true;
            }
        }
        return false;
    }

    private static String idOf(JsonNode document) {
        return document.get("id").textValue();
    }
}
