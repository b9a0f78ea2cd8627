package io.zandloper.server.decide;

import io.zandloper.server.decide.Arbitration.Candidate;
import io.zandloper.server.decide.Decision.Factors;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.catalog.CatalogDocument.Cap;
import io.zandloper.storage.catalog.CatalogDocument.Holdout;
import io.zandloper.storage.catalog.CatalogDocument.Suppression;
import io.zandloper.storage.profile.Times;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reasons in words for the people who write catalogs. */
final class Details {
    private Details() {}

    static String otherPlacements(CatalogDocument.Offer offer, String placement) {
        final List<String> placements = offer.placements() == null ? List.of() : offer.placements();
        return "not for " + placement + ", but "
                + (placements.isEmpty() ? "for no placement" : "for " + String.join(", ", placements));
    }

    /** Such as {@code 3 impressions in P1D, at most 3}. */
    static String capped(Cap cap, int count, CatalogDocument.Offer offer, @Nullable Object channel) {
        final String over = switch (cap.scope()) {
            case OFFER -> "";
            case GROUP -> " of group " + offer.group();
            case CHANNEL -> " in channel " + channel;
            case GLOBAL -> " of any offer";
        };
        return counted(count, cap.event()) + over + " in " + cap.window() + ", at most " + cap.max();
    }

    static String converted(CatalogDocument.Offer offer) {
        return "a convert of product " + offer.product() + " in "
                + Times.formatDuration(offer.suppressAfterConversionMicros());
    }

    /** Such as {@code 1 reject in P30D, pauses P14D from the latest}. */
    static String suppressed(Suppression rule, int count) {
        return counted(count, rule.event()) + " in " + rule.within() + ", pauses " + rule.pause() + " from the latest";
    }

    static String holdout(@Nullable Holdout holdout) {
        return "in the universal holdout" + (holdout == null ? "" : " of " + holdout.percent() + " percent");
    }

    static String alreadyPlaced(String placement) {
        return "returned in placement " + placement;
    }

    static String groupLimit(CatalogDocument.Offer offer, int maxPerGroup) {
        return "group " + offer.group() + " has " + maxPerGroup + " here already, at most " + maxPerGroup;
    }

    /** How far behind the last winner it is, and what made the difference. */
    static String outranked(Candidate loser, Candidate lastWinner) {
        final String winner = "the last winner " + lastWinner.offer().id();
        final CatalogDocument.Offer ours = loser.offer().document();
        final CatalogDocument.Offer theirs = lastWinner.offer().document();
        if (theirs.mandatory() && !ours.mandatory()) {
            return winner + " is mandatory";
        }
        if (theirs.tier() != ours.tier()) {
            return "tier " + ours.tier() + ", " + winner + " is in tier " + theirs.tier();
        }
        final double priority = loser.factors().priority();
        final double needed = lastWinner.factors().priority();
        if (priority == needed) {
            return "priority " + priority + " as " + winner + ", whose id comes first";
        }
        return "priority " + priority + ", " + winner + " has " + needed + ", " + (needed - priority) + " more; "
                + largestDifference(loser.factors(), lastWinner.factors());
    }

    /** The factor by which the winner is ahead the most, as a ratio. */
    private static String largestDifference(Factors ours, Factors theirs) {
        final String[] names = {"propensity", "value", "context weight", "lever"};
        final double[] own = {ours.propensity(), ours.value(), ours.contextWeight(), ours.lever()};
        final double[] other = {theirs.propensity(), theirs.value(), theirs.contextWeight(), theirs.lever()};
        int largest = 0;
        for (int i = 1; i < names.length; i++) {
            // other[i] / own[i] > other[largest] / own[largest], without dividing by zero
            if (other[i] * own[largest] > other[largest] * own[i]) {
                largest = i;
            }
        }
        return names[largest] + " " + own[largest] + " against " + other[largest];
    }

    private static String counted(int count, String event) {
        return count + " " + event + (count == 1 ? "" : "s");
    }
}
