package io.zandloper.server.decide.compiled;

import io.zandloper.server.decide.Decision.Factors;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.catalog.CatalogDocument.Cap;
import io.zandloper.storage.catalog.CatalogDocument.Holdout;
import io.zandloper.storage.catalog.CatalogDocument.Suppression;
import io.zandloper.storage.profile.Times;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The words of an explanation; the catalog reference lists them. Stateless. */
final class Wording {
    private Wording() {}

    static String disabled(CatalogDocument.Offer offer) {
        return offer.enabled() ? "excluded by the request" : "the offer is not enabled";
    }

    static String notActive(CatalogDocument.Offer offer, long atMicros) {
        return offer.startMicros() > atMicros
                ? "starts " + Times.formatTime(offer.startMicros())
                : "ended " + Times.formatTime(offer.endMicros());
    }

    /** @param placements of the offer, which the placement is none of */
    static String placement(String placement, List<String> placements) {
        final String others = placements.isEmpty() ? "no placement" : String.join(", ", placements);
        return "not for " + placement + ", but for " + others;
    }

    /** @param described the purposes that are missing, by number and name */
    static String consent(String described) {
        return "not granted: purpose " + described;
    }

    static String converted(CatalogDocument.Offer offer) {
        return "a convert of product " + offer.product() + " in "
                + Times.formatDuration(offer.suppressAfterConversionMicros());
    }

    static String suppressed(Suppression rule, int count) {
        return events(count, rule.event()) + " in " + rule.within() + ", pauses " + rule.pause() + " from the latest";
    }

    static String capped(Cap cap, int count, @Nullable String group, @Nullable Object channel) {
        final StringBuilder words = new StringBuilder(events(count, cap.event()));
        switch (cap.scope()) {
            case GROUP -> words.append(" of group ").append(group);
            case CHANNEL -> words.append(" in channel ").append(channel);
            case GLOBAL -> words.append(" of any offer");
            case OFFER -> {}
        }
        return words.append(" in ")
                .append(cap.window())
                .append(", at most ")
                .append(cap.max())
                .toString();
    }

    static String holdout(@Nullable Holdout holdout) {
        return holdout == null
                ? "in the universal holdout"
                : "in the universal holdout of " + holdout.percent() + " percent";
    }

    static String alreadyPlaced(String placement) {
        return "returned in placement " + placement;
    }

    static String groupLimit(@Nullable String group, int maxPerGroup) {
        return "group " + group + " has " + maxPerGroup + " here already, at most " + maxPerGroup;
    }

    /** How far an offer is behind the last one for which there was a place, and by what. */
    static String outranked(Catalog.Offer loser, Factors ours, Catalog.Offer lastWinner, Factors theirs) {
        final String winner = "the last winner " + lastWinner.id();
        if (loser.document().mandatory() != lastWinner.document().mandatory()) {
            return winner + " is mandatory";
        }
        if (loser.document().tier() != lastWinner.document().tier()) {
            return "tier " + loser.document().tier() + ", " + winner + " is in tier "
                    + lastWinner.document().tier();
        }
        final double missing = theirs.priority() - ours.priority();
        if (missing == 0) {
            return "priority " + ours.priority() + " as " + winner + ", whose id comes first";
        }
        return "priority " + ours.priority() + ", " + winner + " has " + theirs.priority() + ", " + missing + " more; "
                + difference(ours, theirs);
    }

    /** The factor in which the winner is ahead by the largest ratio; the first of several. */
    private static String difference(Factors ours, Factors theirs) {
        String name = "propensity";
        double own = ours.propensity();
        double other = theirs.propensity();
        if (isFurther(ours.value(), theirs.value(), own, other)) {
            name = "value";
            own = ours.value();
            other = theirs.value();
        }
        if (isFurther(ours.contextWeight(), theirs.contextWeight(), own, other)) {
            name = "context weight";
            own = ours.contextWeight();
            other = theirs.contextWeight();
        }
        if (isFurther(ours.lever(), theirs.lever(), own, other)) {
            name = "lever";
            own = ours.lever();
            other = theirs.lever();
        }
        return name + " " + own + " against " + other;
    }

    /** Whether {@code other / own} is more than that of the factor found so far; multiplied out, for there are zeros. */
    private static boolean isFurther(double own, double other, double ownSoFar, double otherSoFar) {
        return other * ownSoFar > otherSoFar * own;
    }

    private static String events(int count, String type) {
        return count == 1 ? "1 " + type : count + " " + type + "s";
    }
}
