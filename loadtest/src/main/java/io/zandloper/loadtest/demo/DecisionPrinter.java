package io.zandloper.loadtest.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.zandloper.protocol.client.Decision;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A decision as a person wants to read it: who won and by which numbers, who lost and why. */
final class DecisionPrinter {
    private static final int EXAMPLES = 2;
    private static final int DETAIL_LENGTH = 96;

    private final PrintWriter out;

    DecisionPrinter(PrintWriter out) {
        this.out = out;
    }

    /** Who is decided about: a few attributes and the visible segments. */
    void printCustomer(JsonNode profile) {
        final JsonNode attributes = profile.path("attributes");
        final List<String> segments = new ArrayList<>();
        profile.path("segments")
                .forEach(s -> segments.add(s.isObject() ? s.path("id").asText() : s.asText()));
        profile.path("computed").forEach(s -> segments.add(s.asText()));
        out.printf(
                Locale.ROOT,
                "  %s: %d, %s, %s; income %,d, balance %,.2f%n  visible segments: %s%n",
                profile.path("id").asText(),
                attributes.path("age").asInt(),
                attributes.path("job").asText(),
                attributes.path("city").asText(),
                attributes.path("income").asInt(),
                attributes.path("balance").asDouble(),
                segments.isEmpty() ? "none" : shortened(String.join(", ", segments)));
    }

    /** @param decision with {@code explain} */
    void printDecision(JsonNode decision) {
        for (final JsonNode placement : decision.path("placements")) {
            printReturned(placement);
        }
        for (final JsonNode placement : decision.path("explain")) {
            printReasons(placement);
        }
        out.flush();
    }

    private void printReturned(JsonNode placement) {
        out.printf(Locale.ROOT, "  %s shows:%n", placement.path("id").asText());
        for (final JsonNode offer : placement.path("offers")) {
            if (offer.path("fallback").asBoolean()) {
                out.printf(
                        Locale.ROOT,
                        "   %d. %-22s as the fallback%n",
                        offer.path("rank").asInt(),
                        offer.path("id").asText());
            } else {
                out.printf(
                        Locale.ROOT,
                        "   %d. %-22s priority %.3f = propensity %.4f × value %.2f × context %.2f × lever %.2f%n",
                        offer.path("rank").asInt(),
                        offer.path("id").asText(),
                        offer.path("priority").asDouble(),
                        offer.path("propensity").asDouble(),
                        offer.path("value").asDouble(),
                        offer.path("contextWeight").asDouble(),
                        offer.path("lever").asDouble());
            }
        }
    }

    /** Offers that are not shown, by their first reason in the order of the stages, with examples. */
    private void printReasons(JsonNode placement) {
        final Map<String, List<String>> byReason = new LinkedHashMap<>();
        for (final Decision.ReasonCode reason : Decision.ReasonCode.values()) {
            byReason.put(reason.name(), new ArrayList<>());
        }
        for (final JsonNode offer : placement.path("offers")) {
            if (!offer.path("status").asText().equals("RETURNED")) {
                final JsonNode first = offer.path("reasons").path(0);
                final String detail = first.path("detail").asText();
                byReason.computeIfAbsent(first.path("code").asText("?"), code -> new ArrayList<>())
                        .add(offer.path("id").asText() + (detail.isEmpty() ? "" : ": " + shortened(detail)));
            }
        }
        out.println("  and not, by first reason:");
        byReason.forEach((code, offers) -> {
            if (!offers.isEmpty()) {
                out.printf(Locale.ROOT, "   %3d %-14s %s%n", offers.size(), code, offers.get(0));
                for (int i = 1; i < Math.min(EXAMPLES, offers.size()); i++) {
                    out.printf(Locale.ROOT, "   %3s %-14s %s%n", "", "", offers.get(i));
                }
            }
        });
    }

    private static String shortened(String text) {
        return text.length() <= DETAIL_LENGTH ? text : text.substring(0, DETAIL_LENGTH - 1) + "…";
    }
}
