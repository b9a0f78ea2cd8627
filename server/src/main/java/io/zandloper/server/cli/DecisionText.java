package io.zandloper.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A decision for people. */
final class DecisionText {
    private static final double NANOS_PER_MICRO = 1_000.0;

    private DecisionText() {}

    static String of(JsonNode decision) {
        final List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%s: %s (catalog %s, sequence %s, %.1f µs)",
                decision.path("profile").isNull()
                        ? "nobody known"
                        : decision.path("profile").asText(),
                decision.path("reason").asText(),
                decision.path("catalogVersion").asText(),
                decision.path("sequence").asText(),
                decision.path("tookNanos").asDouble() / NANOS_PER_MICRO));
        for (JsonNode placement : decision.path("placements")) {
            lines.add("  " + placement.path("id").asText());
            if (placement.path("offers").isEmpty()) {
                lines.add("    no offer");
            }
            placement.path("offers").forEach(offer -> lines.add("    " + offer(offer)));
        }
        for (JsonNode placement : decision.path("explain")) {
            lines.add("  why, " + placement.path("id").asText());
            placement.path("offers").forEach(offer -> lines.add("    " + explanation(offer)));
        }
        return String.join(System.lineSeparator(), lines);
    }

    private static String offer(JsonNode offer) {
        final String name =
                offer.path("rank").asText() + ". " + offer.path("id").asText();
        if (offer.path("fallback").asBoolean()) {
            return name + "  (fallback)";
        }
        return name + "  priority " + offer.path("priority").asText() + " = propensity "
                + offer.path("propensity").asText() + " × value "
                + offer.path("value").asText() + " × context "
                + offer.path("contextWeight").asText() + " × lever "
                + offer.path("lever").asText();
    }

    private static String explanation(JsonNode offer) {
        final List<String> reasons = new ArrayList<>();
        for (JsonNode reason : offer.path("reasons")) {
            final String detail = reason.path("detail").asText();
            reasons.add(reason.path("code").asText() + (detail.isEmpty() ? "" : " (" + detail + ")"));
        }
        return String.format(
                Locale.ROOT,
                "%-8s  %s%s%s",
                offer.path("status").asText(),
                offer.path("id").asText(),
                offer.has("priority") ? "  priority " + offer.path("priority").asText() : "",
                reasons.isEmpty() ? "" : "  " + String.join(", ", reasons));
    }
}
