package io.zandloper.server.decide.compiled;

import io.zandloper.server.decide.Decision.Factors;
import io.zandloper.server.decide.ReasonCode;
import io.zandloper.server.decide.compiled.CompiledCatalog.CompiledPlacement;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.catalog.Expression;
import io.zandloper.storage.program.Evaluation;
import org.jspecify.annotations.Nullable;

/** How a person stands with each offer of a catalog, once the {@link CompiledDecider} has decided. One thread. */
final class Standing {
    private final CompiledCatalog catalog;
    private final Evaluation evaluation;
    private final long[] segments;
    private final Limits limits;
    private final Scores scores = new Scores();

    Standing(CompiledCatalog catalog) {
        this.catalog = catalog;
        this.evaluation = catalog.layout().newEvaluation();
        this.segments = new long[catalog.segmentWords()];
        this.limits = new Limits(catalog);
    }

    void begin(CompiledRequest request, Person person) {
        evaluation.ofContext(request.context());
        person.point(evaluation, segments);
        evaluation.ofSegments(segments);
        limits.begin(person, request.channel(), request.atMicros());
        limits.read();
        scores.clear();
        person.addScores(catalog, scores);
    }

    /** Bits of the catalog's segments that are visible. */
    long[] segments() {
        return segments;
    }

    /** What the person has seen and done. */
    Limits limits() {
        return limits;
    }

    /** A condition that was not written holds. */
    boolean holds(@Nullable Expression condition) {
        return condition == null || catalog.program(condition).isSatisfied(evaluation);
    }

    Factors factors(int number) {
        final CompiledOffer offer = catalog.offer(number);
        double propensity = offer.propensity();
        for (int i = 0; i < scores.count(); i++) {
            if (scores.offer(i) == number) {
                propensity = CompiledOffer.clampedPropensity(scores.score(i));
            }
        }
        double percent = 0;
        for (int i = 0; i < offer.weightTests().length; i++) {
            if (catalog.tests()[offer.weightTests()[i]].holds(evaluation)) {
                percent += offer.weights()[i];
            }
        }
        final double contextWeight = CompiledOffer.contextWeight(percent);
        return new Factors(
                offer.priority(propensity, contextWeight), propensity, offer.value(), contextWeight, offer.lever());
    }

    /**
     * Why an offer that failed no stage is not in a placement of a decision.
     *
     * @param placement by its place in request and decision
     */
    ReasonCode whyNotChosen(int number, int placement, CompiledRequest request, CompiledDecision decision) {
        if (decision.indexOf(number, 0, decision.start(placement)) >= 0) {
            return ReasonCode.ALREADY_PLACED;
        }
        final int last = decision.end(placement) - 1;
        final boolean isFull = decision.end(placement) - decision.start(placement) == request.count(placement);
        final CompiledPlacement filled = catalog.placement(request.placement(placement));
        final boolean isLimited =
                filled.maxPerGroup() > 0 && catalog.offer(number).group() != Names.UNKNOWN;
        return isFull && (!isLimited || ranksBehind(number, decision, last))
                ? ReasonCode.OUTRANKED
                : ReasonCode.GROUP_LIMIT;
    }

    /** Whether an offer's turn comes after that of a chosen one. */
    private boolean ranksBehind(int number, CompiledDecision decision, int chosen) {
        final CatalogDocument.Offer ours = catalog.document(number).document();
        final CatalogDocument.Offer theirs = decision.document(chosen).document();
        if (ours.mandatory() != theirs.mandatory()) {
            return theirs.mandatory();
        }
        if (ours.tier() != theirs.tier()) {
            return theirs.tier() < ours.tier();
        }
        final double priority = factors(number).priority();
        final double needed = decision.priority(chosen);
        return priority == needed ? number > decision.offer(chosen) : priority < needed;
    }
}
