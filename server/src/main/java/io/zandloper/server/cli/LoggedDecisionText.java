package io.zandloper.server.cli;

import io.zandloper.server.decisionlog.LoggedDecision;
import io.zandloper.server.decisionlog.LoggedDecision.LoggedOffer;
import io.zandloper.server.decisionlog.LoggedDecision.LoggedPlacement;
import io.zandloper.server.decisionlog.Visitor;
import io.zandloper.storage.profile.Times;
import java.util.HexFormat;
import java.util.List;

/** Entries of a decision log for people. */
final class LoggedDecisionText {
    private LoggedDecisionText() {}

    static String line(LoggedDecision decision) {
        final StringBuilder line = new StringBuilder(Times.formatTime(decision.atMicros()))
                .append(decision.isAt() ? " (as of)" : "")
                .append("  ")
                .append(person(decision))
                .append("  catalog ")
                .append(decision.catalogVersion())
                .append("  ")
                .append(decision.reason());
        for (final LoggedPlacement placement : decision.placements()) {
            line.append("  ").append(placement.id()).append(": ").append(offers(placement.offers()));
        }
        if (!decision.context().isEmpty()) {
            line.append("  ").append(decision.context());
        }
        return line.toString();
    }

    static String person(LoggedDecision decision) {
        if (decision.visitor() != Visitor.KNOWN) {
            return decision.visitor().label();
        }
        final HexFormat hex = HexFormat.of();
        return hex.toHexDigits(decision.personHigh()) + hex.toHexDigits(decision.personLow()) + " version "
                + decision.profileVersion();
    }

    private static String offers(List<LoggedOffer> offers) {
        if (offers.isEmpty()) {
            return "nothing";
        }
        final StringBuilder text = new StringBuilder();
        for (final LoggedOffer offer : offers) {
            text.append(text.isEmpty() ? "" : ", ")
                    .append(offer.id())
                    .append(offer.fallback() ? " (fallback)" : " (" + offer.priority() + ")");
        }
        return text.toString();
    }
}
