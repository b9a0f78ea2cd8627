package io.zandloper.server.decide.compiled;

import io.zandloper.server.decide.Decision.Reason;
import io.zandloper.server.decide.ReasonCode;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.profile.Times;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why offers are not shown to a person: of each the first reason, and no words. What the {@link Explainer} would say first,
 * for whoever counts many people. One thread; allocates little.
 */
public final class FirstReasons {
    /** Told of each offer in each placement of a decision. */
    @FunctionalInterface
    public interface Listener {
        /** @param reason null where the offer was returned */
        void onOffer(String placement, String offer, @Nullable ReasonCode reason);
    }

    private final CompiledCatalog catalog;
    private final Standing standing;
    private CompiledRequest request = new CompiledRequest();
    private CompiledDecision decision;
    private int grantedPurposes;

    /** @param catalog of all decisions to be asked about */
    public FirstReasons(CompiledCatalog catalog) {
        this.catalog = catalog;
        this.standing = new Standing(catalog);
        this.decision = new CompiledDecision(catalog);
    }

    /**
     * Takes over a person, and what was decided.
     *
     * @param newDecision what the decider made of the same request and person
     */
    public void begin(CompiledRequest newRequest, Person person, CompiledDecision newDecision) {
        standing.begin(newRequest, person);
        grantedPurposes = person.grantedPurposes();
        of(newRequest, newDecision);
    }

    /** The same person, time and context, asked in another placement. */
    public void of(CompiledRequest newRequest, CompiledDecision newDecision) {
        request = newRequest;
        decision = newDecision;
    }

    /** Tells of every offer of the catalog, in each placement. */
    public void tell(Listener listener) {
        for (int placement = 0; placement < request.placementCount(); placement++) {
            final String id = decision.placementId(placement);
            for (int offer = 0; offer < catalog.catalog().offers().size(); offer++) {
                final boolean returned =
                        decision.indexOf(offer, decision.start(placement), decision.end(placement)) >= 0;
                listener.onOffer(id, catalog.document(offer).id(), returned ? null : of(offer, placement));
            }
        }
    }

    /**
     * Why an offer that was not returned in a placement was not.
     *
     * @param offer its place among the catalog's
     * @param placement by its place in the decision
     */
    public ReasonCode of(int offer, int placement) {
        final ReasonCode failed = failure(offer, decision.placementId(placement));
        return failed == null ? standing.whyNotChosen(offer, placement, request, decision) : failed;
    }

    /** The first stage that fails; null for none. */
    private @Nullable ReasonCode failure(int number, String placement) {
        final Catalog.Offer offer = catalog.document(number);
        final CatalogDocument.Offer document = offer.document();
        if (!document.enabled() || request.isExcluded(number)) {
            return ReasonCode.DISABLED;
        }
        if (request.atMicros() < document.startMicros()
                || (document.endMicros() != Times.NEVER && document.endMicros() <= request.atMicros())) {
            return ReasonCode.NOT_ACTIVE;
        }
        final List<String> placements = document.placements();
        if (placements != null && !placements.contains(placement)) {
            return ReasonCode.PLACEMENT;
        }
        if ((document.purposes() & ~grantedPurposes) != 0) {
            return ReasonCode.CONSENT;
        }
        if (!standing.holds(offer.eligibility())) {
            return ReasonCode.ELIGIBILITY;
        }
        if (!standing.holds(offer.applicability())) {
            return ReasonCode.APPLICABILITY;
        }
        if (!standing.holds(offer.suitability())) {
            return ReasonCode.SUITABILITY;
        }
        final CompiledOffer compiled = catalog.offer(number);
        if (standing.limits().isSuppressed(compiled)) {
            return ReasonCode.SUPPRESSED;
        }
        if (standing.limits().isCapped(compiled)) {
            return ReasonCode.CAPPED;
        }
        return decision.reason() == Reason.SPLIT ? ReasonCode.HOLDOUT : null;
    }
}
