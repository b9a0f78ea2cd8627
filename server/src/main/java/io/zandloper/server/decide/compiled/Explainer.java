package io.zandloper.server.decide.compiled;

import io.zandloper.server.decide.Decision.ExplainedOffer;
import io.zandloper.server.decide.Decision.ExplainedPlacement;
import io.zandloper.server.decide.Decision.Factors;
import io.zandloper.server.decide.Decision.Reason;
import io.zandloper.server.decide.Decision.Rejection;
import io.zandloper.server.decide.Decision.Status;
import io.zandloper.server.decide.Purposes;
import io.zandloper.server.decide.ReasonCode;
import io.zandloper.server.decide.compiled.CompiledOffer.CompiledCap;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.catalog.CatalogDocument.Cap;
import io.zandloper.storage.catalog.Expression;
import io.zandloper.storage.profile.Times;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Accounts for every offer of a catalog after a decision of the {@link CompiledDecider}: each stage it fails, or why it
 * was not chosen. By programs, tables and counts, as the decider, but offer by offer. One thread; allocates.
 */
public final class Explainer {
    private final CompiledCatalog catalog;
    private final Standing standing;
    private final ConditionReasons conditionReasons;

    /** @param catalog of all decisions to be explained */
    public Explainer(CompiledCatalog catalog) {
        this.catalog = catalog;
        this.standing = new Standing(catalog);
        this.conditionReasons = new ConditionReasons(catalog.catalog());
    }

    /**
     * @param person whom {@code decision} is for, {@link CompiledCatalog#nobody} included
     * @param decision what the decider made of the same request and person
     */
    public List<ExplainedPlacement> explain(CompiledRequest request, HeapPerson person, CompiledDecision decision) {
        standing.begin(request, person);
        conditionReasons.begin(person.attributes(), request.context(), standing.segments());
        final List<ExplainedPlacement> explained = new ArrayList<>();
        for (int placement = 0; placement < request.placementCount(); placement++) {
            final List<ExplainedOffer> offers = new ArrayList<>();
            for (int number = 0; number < catalog.catalog().offers().size(); number++) {
                offers.add(explain(number, placement, request, person, decision));
            }
            explained.add(new ExplainedPlacement(decision.placementId(placement), offers));
        }
        return explained;
    }

    private ExplainedOffer explain(
            int number, int placement, CompiledRequest request, HeapPerson person, CompiledDecision decision) {
        final String id = catalog.document(number).id();
        final int returnedAs = decision.indexOf(number, decision.start(placement), decision.end(placement));
        final List<Rejection> failures =
                failures(number, decision.placementId(placement), request, person, decision.reason() == Reason.SPLIT);
        if (!failures.isEmpty()) {
            return new ExplainedOffer(
                    id, returnedAs < 0 ? Status.REJECTED : Status.RETURNED, returnedAs >= 0, null, failures);
        }
        final Factors factors = standing.factors(number);
        if (returnedAs >= 0) {
            return new ExplainedOffer(id, Status.RETURNED, false, factors.priority(), List.of());
        }
        return new ExplainedOffer(
                id,
                Status.PASSED,
                false,
                factors.priority(),
                List.of(whyNotChosen(number, factors, placement, request, decision)));
    }

    private List<Rejection> failures(
            int number, String placement, CompiledRequest request, HeapPerson person, boolean heldOut) {
        final CatalogDocument.Offer offer = catalog.document(number).document();
        final List<Rejection> failures = new ArrayList<>();
        if (request.isExcluded(number) || !offer.enabled()) {
            failures.add(new Rejection(ReasonCode.DISABLED, Wording.disabled(offer)));
        }
        if (request.atMicros() < offer.startMicros()
                || (offer.endMicros() != Times.NEVER && offer.endMicros() <= request.atMicros())) {
            failures.add(new Rejection(ReasonCode.NOT_ACTIVE, Wording.notActive(offer, request.atMicros())));
        }
        final List<String> placements = offer.placements();
        if (placements != null && !placements.contains(placement)) {
            failures.add(new Rejection(ReasonCode.PLACEMENT, Wording.placement(placement, placements)));
        }
        final int missing = offer.purposes() & ~person.grantedPurposes();
        if (missing != 0) {
            failures.add(new Rejection(ReasonCode.CONSENT, Wording.consent(Purposes.describe(missing))));
        }
        final Catalog.Offer document = catalog.document(number);
        addCondition(ReasonCode.ELIGIBILITY, document.eligibility(), failures);
        addCondition(ReasonCode.APPLICABILITY, document.applicability(), failures);
        addCondition(ReasonCode.SUITABILITY, document.suitability(), failures);
        addLimits(number, request, failures);
        if (heldOut) {
            failures.add(new Rejection(ReasonCode.HOLDOUT, Wording.holdout(catalog.holdout())));
        }
        return failures;
    }

    private void addCondition(ReasonCode code, @Nullable Expression condition, List<Rejection> failures) {
        if (condition != null && !standing.holds(condition)) {
            failures.add(new Rejection(code, conditionReasons.of(condition)));
        }
    }

    private void addLimits(int number, CompiledRequest request, List<Rejection> failures) {
        final CatalogDocument.Offer document = catalog.document(number).document();
        final CompiledOffer offer = catalog.offer(number);
        final Limits limits = standing.limits();
        final List<String> suppressed = new ArrayList<>();
        if (limits.isConverted(offer)) {
            suppressed.add(Wording.converted(document));
        }
        for (int i = 0; i < offer.suppressions().length; i++) {
            final CompiledOffer.CompiledSuppression rule = offer.suppressions()[i];
            if (limits.isSuppressed(offer, rule)) {
                suppressed.add(Wording.suppressed(document.suppress().get(i), limits.count(offer, rule)));
            }
        }
        if (!suppressed.isEmpty()) {
            failures.add(new Rejection(ReasonCode.SUPPRESSED, String.join("; ", suppressed)));
        }
        final List<String> capped = new ArrayList<>();
        addCaps(offer, document.group(), document.caps(), offer.caps(), request, capped);
        addCaps(offer, document.group(), catalog.catalog().policies().caps(), catalog.policyCaps(), request, capped);
        if (!capped.isEmpty()) {
            failures.add(new Rejection(ReasonCode.CAPPED, String.join("; ", capped)));
        }
    }

    private void addCaps(
            CompiledOffer offer,
            @Nullable String group,
            List<Cap> documents,
            CompiledCap[] caps,
            CompiledRequest request,
            List<String> capped) {
        for (int i = 0; i < caps.length; i++) {
            final int count = standing.limits().count(offer, caps[i]);
            if (count >= caps[i].max()) {
                capped.add(Wording.capped(
                        documents.get(i), count, group, request.context().get(EventNames.CHANNEL)));
            }
        }
    }

    private Rejection whyNotChosen(
            int number, Factors factors, int placement, CompiledRequest request, CompiledDecision decision) {
        final ReasonCode code = standing.whyNotChosen(number, placement, request, decision);
        return new Rejection(
                code,
                switch (code) {
                    case ALREADY_PLACED -> {
                        int earlier = 0;
                        while (decision.indexOf(number, 0, decision.end(earlier)) < 0) {
                            earlier++;
                        }
                        yield Wording.alreadyPlaced(decision.placementId(earlier));
                    }
                    case OUTRANKED -> {
                        final int last = decision.end(placement) - 1;
                        yield Wording.outranked(
                                catalog.document(number),
                                factors,
                                decision.document(last),
                                standing.factors(decision.offer(last)));
                    }
                    default ->
                        Wording.groupLimit(
                                catalog.document(number).document().group(),
                                catalog.placement(request.placement(placement)).maxPerGroup());
                });
    }
}
