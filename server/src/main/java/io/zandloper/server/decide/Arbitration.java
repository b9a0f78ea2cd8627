package io.zandloper.server.decide;

import io.zandloper.server.decide.Decision.Factors;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.catalog.Expression;
import io.zandloper.storage.profile.Profile;
import java.util.Comparator;
import java.util.Map;
import java.util.function.Predicate;

/** What an offer is worth to a person, and which of two goes first. */
final class Arbitration {
    private static final double PROPENSITY_MAX = 1;
    private static final double CONTEXT_WEIGHT_MAX = 10;
    private static final double LEVER_MAX = 10;

    /** Mandatory ones, then the lower tier, then the higher priority, then the lower id (ASCII, so bytewise). */
    static final Comparator<Candidate> ORDER = Comparator.comparing(
                    (Candidate candidate) -> !candidate.offer().document().mandatory())
            .thenComparingLong(candidate -> candidate.offer().document().tier())
            .thenComparing(Comparator.comparingDouble(
                            (Candidate candidate) -> candidate.factors().priority())
                    .reversed())
            .thenComparing(candidate -> candidate.offer().id());

    private Arbitration() {}

    /** An offer that passed all stages. */
    record Candidate(Catalog.Offer offer, Factors factors) {}

    /** The order of the additions and multiplications is part of the contract: doubles do not associate. */
    static Factors factors(Catalog.Offer offer, Profile profile, Predicate<Expression> isSatisfied) {
        final CatalogDocument.Offer document = offer.document();
        final Number score = ((Map<String, Number>) profile.scores()).get(offer.id());
        final double propensity = clamp(score == null ? document.propensity() : score.doubleValue(), PROPENSITY_MAX);
        final double value = clamp(document.value(), Double.MAX_VALUE);
        double weights = 0;
        for (int i = 0; i < document.contextWeights().size(); i++) {
            if (isSatisfied.test(offer.contextWeightConditions().get(i))) {
                weights += document.contextWeights().get(i).weight();
            }
        }
        final double contextWeight = clamp(1 + weights / 100, CONTEXT_WEIGHT_MAX);
        final double lever = clamp(document.lever(), LEVER_MAX);
        return new Factors(propensity * value * contextWeight * lever, propensity, value, contextWeight, lever);
    }

    /** Into [0, max]; a negative zero becomes a plain one, so that equal priorities compare as equal. */
    private static double clamp(double number, double max) {
        return Math.min(max, Math.max(0.0, number));
    }
}
