package io.zandloper.server.realinput;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * What can be compared of a decision: everything but its id, its time and the words of its details.
 *
 * @param profile the primary identity, or null
 */
record Decision(String profile, String reason, List<Placement> placements) {

    /** @param explained every offer of the catalog, in the order of their ids */
    record Placement(String id, List<Shown> shown, List<Explained> explained) {}

    /** @param factors null for a fallback */
    record Shown(String offer, int rank, boolean fallback, Factors factors, JsonNode payload) {}

    record Factors(double priority, double propensity, double value, double contextWeight, double lever) {}

    /** @param codes of the stages it fails, in their order, or why it passed and was not chosen */
    record Explained(String offer, String status, List<String> codes) {}

    static Decision read(JsonNode answer) {
        final List<Placement> placements = new ArrayList<>();
        final JsonNode explain = answer.get("explain");
        assertThat(explain).hasSameSizeAs(answer.get("placements"));
        for (JsonNode placement : answer.get("placements")) {
            final JsonNode explanation = explain.get(placements.size());
            assertThat(explanation.get("id")).isEqualTo(placement.get("id"));
            final List<Shown> shown = new ArrayList<>();
            placement.get("offers").forEach(offer -> shown.add(shown(offer)));
            final List<Explained> explained = new ArrayList<>();
            explanation.get("offers").forEach(offer -> explained.add(explained(offer)));
            placements.add(new Placement(placement.get("id").textValue(), shown, explained));
        }
        return new Decision(
                answer.get("profile").textValue(), answer.get("reason").textValue(), placements);
    }

    private static Shown shown(JsonNode offer) {
        final boolean fallback = offer.get("fallback").booleanValue();
        final Factors factors = fallback
                ? null
                : new Factors(
                        offer.get("priority").doubleValue(),
                        offer.get("propensity").doubleValue(),
                        offer.get("value").doubleValue(),
                        offer.get("contextWeight").doubleValue(),
                        offer.get("lever").doubleValue());
        assertThat(offer.has("priority")).as("%s has a priority", offer).isEqualTo(!fallback);
        return new Shown(
                offer.get("id").textValue(), offer.get("rank").intValue(), fallback, factors, offer.get("payload"));
    }

    private static Explained explained(JsonNode offer) {
        final List<String> codes = new ArrayList<>();
        offer.get("reasons").forEach(reason -> codes.add(reason.get("code").textValue()));
        return new Explained(offer.get("id").textValue(), offer.get("status").textValue(), codes);
    }
}
