package io.zandloper.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** A simulation's report for people. */
final class SimulationText {
    private static final int REASONS_SHOWN = 3;
    private static final int NAME_WIDTH_MIN = 12;
    private static final double MILLIS_PER_SECOND = 1_000;

    private SimulationText() {}

    /** @param offersMax how many offers of each placement */
    static String of(JsonNode report, int offersMax) {
        final long profiles = report.path("profiles").asLong();
        final List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%,d of %,d profiles at %s, beside catalog %s (%.1f s)",
                profiles,
                report.path("stored").asLong(),
                report.path("at").asText(),
                report.path("catalogVersion").asText(),
                report.path("tookMillis").asDouble() / MILLIS_PER_SECOND));
        lines.add(String.format(
                Locale.ROOT,
                "%,d would see something else (%s); %s",
                report.path("different").asLong(),
                share(report.path("different"), profiles),
                nothing(report)));
        for (JsonNode placement : report.path("placements")) {
            lines.add("");
            addPlacement(placement, profiles, offersMax, lines);
        }
        return String.join(System.lineSeparator(), lines);
    }

    private static String nothing(JsonNode counts) {
        final JsonNode both = counts.path("withNothing");
        return String.format(
                Locale.ROOT,
                "%,d would get nothing, now %,d",
                both.path("candidate").asLong(),
                both.path("current").asLong());
    }

    private static void addPlacement(JsonNode placement, long profiles, int offersMax, List<String> lines) {
        final List<JsonNode> offers = new ArrayList<>();
        placement.path("offers").forEach(offers::add);
        offers.sort(Comparator.comparingLong(SimulationText::interest).reversed());
        final List<JsonNode> shown = offers.subList(0, Math.min(Math.max(offersMax, 0), offers.size()));
        int width = NAME_WIDTH_MIN;
        for (JsonNode offer : shown) {
            width = Math.max(width, offer.path("id").asText().length());
        }
        final String row = "  %-" + width + "s %11s %11s %7s %11s %11s  %s";
        lines.add(placement.path("id").asText() + ": " + nothing(placement));
        lines.add(String.format(
                        Locale.ROOT, row, "offer", "now", "new", "", "gained", "lost", "not returned by the new one")
                .stripTrailing());
        for (JsonNode offer : shown) {
            final JsonNode returned = offer.path("returned");
            lines.add(String.format(
                            Locale.ROOT,
                            row,
                            offer.path("id").asText(),
                            number(returned.path("current")),
                            number(returned.path("candidate")),
                            share(returned.path("candidate"), profiles),
                            number(offer.path("gained")),
                            number(offer.path("lost")),
                            reasons(offer, profiles))
                    .stripTrailing());
        }
        if (shown.size() < offers.size()) {
            lines.add("  and " + (offers.size() - shown.size()) + " offers more; --offers or --json shows them");
        }
    }

    /** What is shown or changes most stands first. */
    private static long interest(JsonNode offer) {
        return Math.max(
                offer.path("returned").path("candidate").asLong(),
                offer.path("returned").path("current").asLong());
    }

    private static String reasons(JsonNode offer, long profiles) {
        final List<String> reasons = new ArrayList<>();
        for (JsonNode reason : offer.path("reasons")) {
            if (reasons.size() < REASONS_SHOWN) {
                reasons.add(reason.path("code").asText() + " " + share(reason.path("profiles"), profiles));
            }
        }
        return String.join(", ", reasons);
    }

    private static String number(JsonNode count) {
        return String.format(Locale.ROOT, "%,d", count.asLong());
    }

    private static String share(JsonNode count, long profiles) {
        return String.format(Locale.ROOT, "%.1f %%", profiles == 0 ? 0 : 100.0 * count.asLong() / profiles);
    }
}
