package io.zandloper.server.decide;

import io.zandloper.server.decide.Decision.Rejection;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.catalog.CatalogDocument.Cap;
import io.zandloper.storage.catalog.CatalogDocument.Suppression;
import io.zandloper.storage.catalog.Expression;
import io.zandloper.storage.catalog.Variables;
import io.zandloper.storage.catalog.VisibleSegments;
import io.zandloper.storage.profile.Event;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The stages every offer goes through, for one person at one time. Serves one decision. */
final class Stages {
    private static final String CHANNEL = "channel";

    private final Catalog catalog;
    private final Set<String> exclude;
    private final @Nullable Object channel;
    private final long atMicros;
    private final boolean heldOut;
    private final int grantedPurposes;
    private final Variables variables;
    private final PastEvents events;
    /** Equal conditions are one object, and are evaluated once. */
    private final Map<Expression, Expression.Outcome> outcomes = new HashMap<>();

    Stages(DecisionRequest request, Profile profile, Catalog catalog, long atMicros, boolean heldOut) {
        this.catalog = catalog;
        this.exclude = request.exclude();
        this.channel = request.context().get(CHANNEL);
        this.atMicros = atMicros;
        this.heldOut = heldOut;
        this.grantedPurposes = VisibleSegments.grantedPurposes(profile, catalog);
        this.variables = Variables.ofCondition(
                profile.attributes(),
                VisibleSegments.of(profile, catalog, atMicros).ids(),
                request.context());
        this.events = new PastEvents(profile.history(), catalog, request.context(), atMicros);
    }

    /** Whether the offer passes every stage in the placement. */
    boolean passes(Catalog.Offer offer, String placement) {
        final CatalogDocument.Offer document = offer.document();
        return passesAsFallback(offer, placement)
                && isSatisfied(offer.eligibility())
                && isSatisfied(offer.applicability())
                && isSatisfied(offer.suitability())
                && !isSuppressed(document)
                && !isCapped(document)
                && !heldOut;
    }

    /** Whether it passes the stages that a fallback needs. */
    boolean passesAsFallback(Catalog.Offer offer, String placement) {
        final CatalogDocument.Offer document = offer.document();
        return isEnabled(document)
                && isActive(document)
                && isFor(document, placement)
                && VisibleSegments.isGranted(grantedPurposes, document.purposes());
    }

    /** Every stage that the offer fails in the placement, in their order. */
    List<Rejection> failures(Catalog.Offer offer, String placement) {
        final CatalogDocument.Offer document = offer.document();
        final List<Rejection> failures = new ArrayList<>();
        if (!isEnabled(document)) {
            failures.add(new Rejection(
                    ReasonCode.DISABLED, document.enabled() ? "excluded by the request" : "the offer is not enabled"));
        }
        if (!isActive(document)) {
            failures.add(new Rejection(
                    ReasonCode.NOT_ACTIVE,
                    atMicros < document.startMicros()
                            ? "starts " + Times.formatTime(document.startMicros())
                            : "ended " + Times.formatTime(document.endMicros())));
        }
        if (!isFor(document, placement)) {
            failures.add(new Rejection(ReasonCode.PLACEMENT, Details.otherPlacements(document, placement)));
        }
        if (!VisibleSegments.isGranted(grantedPurposes, document.purposes())) {
            failures.add(new Rejection(
                    ReasonCode.CONSENT,
                    "not granted: purpose " + Purposes.describe(document.purposes() & ~grantedPurposes)));
        }
        addFailure(failures, ReasonCode.ELIGIBILITY, offer.eligibility());
        addFailure(failures, ReasonCode.APPLICABILITY, offer.applicability());
        addFailure(failures, ReasonCode.SUITABILITY, offer.suitability());
        if (isSuppressed(document)) {
            failures.add(new Rejection(ReasonCode.SUPPRESSED, suppressionDetail(document)));
        }
        if (isCapped(document)) {
            failures.add(new Rejection(ReasonCode.CAPPED, capDetail(document)));
        }
        if (heldOut) {
            failures.add(new Rejection(
                    ReasonCode.HOLDOUT, Details.holdout(catalog.policies().holdout())));
        }
        return failures;
    }

    /** A condition that was not written holds. */
    boolean isSatisfied(@Nullable Expression condition) {
        return condition == null || outcome(condition).isSatisfied();
    }

    private boolean isEnabled(CatalogDocument.Offer offer) {
        return offer.enabled() && !exclude.contains(offer.id());
    }

    private boolean isActive(CatalogDocument.Offer offer) {
        return atMicros >= offer.startMicros() && (atMicros < offer.endMicros() || offer.endMicros() == Times.NEVER);
    }

    private static boolean isFor(CatalogDocument.Offer offer, String placement) {
        return offer.placements() == null || offer.placements().contains(placement);
    }

    private Expression.Outcome outcome(Expression condition) {
        Expression.Outcome outcome = outcomes.get(condition);
        if (outcome == null) {
            outcome = condition.evaluate(variables);
            outcomes.put(condition, outcome);
        }
        return outcome;
    }

    private boolean isSuppressed(CatalogDocument.Offer offer) {
        return isConverted(offer) || offer.suppress().stream().anyMatch(rule -> isSuppressed(offer, rule));
    }

    private boolean isConverted(CatalogDocument.Offer offer) {
        return offer.suppressAfterConversionMicros() >= 0
                && events.isConverted(offer.product(), offer.suppressAfterConversionMicros());
    }

    /** The latest of the events in the window is in the pause exactly where any of them is. */
    private boolean isSuppressed(CatalogDocument.Offer offer, Suppression rule) {
        final long shorterMicros = Math.min(rule.withinMicros(), rule.pauseMicros());
        final List<Event> ofOffer = events.ofOffer(rule.event(), offer.id());
        return count(offer, rule) >= rule.count() && events.countWithin(ofOffer, shorterMicros) > 0;
    }

    private int count(CatalogDocument.Offer offer, Suppression rule) {
        return events.countWithin(events.ofOffer(rule.event(), offer.id()), rule.withinMicros());
    }

    private boolean isCapped(CatalogDocument.Offer offer) {
        return offer.caps().stream().anyMatch(cap -> isReached(offer, cap))
                || catalog.policies().caps().stream().anyMatch(cap -> isReached(offer, cap));
    }

    private boolean isReached(CatalogDocument.Offer offer, Cap cap) {
        return count(offer, cap) >= cap.max();
    }

    private int count(CatalogDocument.Offer offer, Cap cap) {
        final List<Event> scope = switch (cap.scope()) {
            case OFFER -> events.ofOffer(cap.event(), offer.id());
            case GROUP -> events.ofGroup(cap.event(), offer.group());
            case CHANNEL -> events.inChannel(cap.event());
            case GLOBAL -> events.ofType(cap.event());
        };
        return events.countWithin(scope, cap.windowMicros());
    }

    private void addFailure(List<Rejection> failures, ReasonCode code, @Nullable Expression condition) {
        if (condition != null && !outcome(condition).isSatisfied()) {
            failures.add(new Rejection(code, condition.explain(variables, outcome(condition))));
        }
    }

    private String suppressionDetail(CatalogDocument.Offer offer) {
        final List<String> details = new ArrayList<>();
        if (isConverted(offer)) {
            details.add(Details.converted(offer));
        }
        for (Suppression rule : offer.suppress()) {
            if (isSuppressed(offer, rule)) {
                details.add(Details.suppressed(rule, count(offer, rule)));
            }
        }
        return String.join("; ", details);
    }

    private String capDetail(CatalogDocument.Offer offer) {
        final List<String> details = new ArrayList<>();
        for (List<Cap> caps : List.of(offer.caps(), catalog.policies().caps())) {
            for (Cap cap : caps) {
                if (isReached(offer, cap)) {
                    details.add(Details.capped(cap, count(offer, cap), offer, channel));
                }
            }
        }
        return String.join("; ", details);
    }
}
