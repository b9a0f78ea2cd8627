package io.zandloper.server.decide;

import io.zandloper.server.decide.Arbitration.Candidate;
import io.zandloper.server.decide.Decision.ChosenOffer;
import io.zandloper.server.decide.Decision.ExplainedOffer;
import io.zandloper.server.decide.Decision.ExplainedPlacement;
import io.zandloper.server.decide.Decision.FilledPlacement;
import io.zandloper.server.decide.Decision.Reason;
import io.zandloper.server.decide.Decision.Rejection;
import io.zandloper.server.decide.Decision.Status;
import io.zandloper.server.decide.DecisionRequest.PlacementRequest;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.catalog.CatalogDocument.Holdout;
import io.zandloper.storage.catalog.CatalogLimits;
import io.zandloper.storage.profile.FieldError;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.InvalidInputException;
import io.zandloper.storage.profile.Profile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides as the contract's section 5 is written, in the most obvious code there is. A pure function: same arguments,
 * same decision. An instance serves one decision, on one thread.
 */
public final class PlainDecider {
    private final DecisionRequest request;
    private final Profile profile;
    private final Catalog catalog;
    private final Stages stages;
    /** The placement in which an offer has been returned, fallbacks included. */
    private final Map<String, String> placedIn = new HashMap<>();

    private PlainDecider(DecisionRequest request, Profile profile, Catalog catalog, long atMicros, boolean heldOut) {
        this.request = request;
        this.profile = profile;
        this.catalog = catalog;
        this.stages = new Stages(request, profile, catalog, atMicros, heldOut);
    }

    /**
     * @param stored the profile that has the request's identity; null where nobody has it or none was given
     * @param nowMicros the time, where the request names none
     * @throws InvalidInputException where a placement is unknown, named twice, or asked for a count outside 1-100
     */
    public static Decision decide(DecisionRequest request, @Nullable Profile stored, Catalog catalog, long nowMicros) {
        checkPlacements(request.placements(), catalog);
        final Profile document = request.document();
        final Profile known = document != null ? document : stored;
        final boolean heldOut = document == null && stored != null && isHeldOut(stored, catalog);
        final long atMicros = request.atMicros() == null ? nowMicros : request.atMicros();
        return new PlainDecider(request, known == null ? Profile.EMPTY : known, catalog, atMicros, heldOut)
                .decide(request.identity() != null && known == null, heldOut);
    }

    private Decision decide(boolean unknownProfile, boolean heldOut) {
        final List<FilledPlacement> filled = new ArrayList<>();
        final List<ExplainedPlacement> explained = new ArrayList<>();
        for (PlacementRequest wanted : request.placements()) {
            final Filling filling = new Filling(placement(wanted), count(wanted));
            filling.fill();
            filled.add(new FilledPlacement(wanted.id(), List.copyOf(filling.chosen)));
            if (request.explain()) {
                explained.add(filling.explain());
            }
            filling.chosen.forEach(offer -> placedIn.put(offer.id(), wanted.id()));
        }
        final Identity primary = profile.primary();
        return new Decision(
                primary == null ? null : primary.text(),
                reason(unknownProfile, heldOut, filled),
                filled,
                request.explain() ? explained : null,
                catalog.version());
    }

    private static Reason reason(boolean unknownProfile, boolean heldOut, List<FilledPlacement> filled) {
        if (unknownProfile) {
            return Reason.UNKNOWN_PROFILE;
        }
        if (heldOut) {
            return Reason.SPLIT;
        }
        final boolean targeted = filled.stream()
                .flatMap(placement -> placement.offers().stream())
                .anyMatch(offer -> !offer.isFallback());
        return targeted ? Reason.TARGETING_MATCH : Reason.DEFAULT;
    }

    private static boolean isHeldOut(Profile profile, Catalog catalog) {
        final Holdout holdout = catalog.policies().holdout();
        final Identity primary = profile.primary();
        return holdout != null && primary != null && Holdouts.contains(holdout, primary);
    }

    private static void checkPlacements(List<PlacementRequest> placements, Catalog catalog) {
        final List<FieldError> errors = new ArrayList<>();
        final Set<String> named = new HashSet<>();
        if (placements.isEmpty()) {
            errors.add(new FieldError("placements", "names no placement"));
        }
        for (int i = 0; i < placements.size(); i++) {
            final PlacementRequest wanted = placements.get(i);
            final String path = "placements[" + i + "]";
            if (catalog.placement(wanted.id()) == null) {
                errors.add(new FieldError(path + ".id", "unknown placement '" + wanted.id() + "'"));
            }
            if (!named.add(wanted.id())) {
                errors.add(new FieldError(path + ".id", "placement '" + wanted.id() + "' is named twice"));
            }
            final Integer count = wanted.count();
            if (count != null && (count < 1 || count > CatalogLimits.PLACEMENT_COUNT_MAX)) {
                errors.add(new FieldError(
                        path + ".count", "outside 1-" + CatalogLimits.PLACEMENT_COUNT_MAX + ", count=" + count));
            }
        }
        if (!errors.isEmpty()) {
            throw new InvalidInputException(errors);
        }
    }

    private CatalogDocument.Placement placement(PlacementRequest wanted) {
        final CatalogDocument.Placement placement = catalog.placement(wanted.id());
        if (placement == null) {
            throw new IllegalStateException("a placement that was checked is gone, id=" + wanted.id());
        }
        return placement;
    }

    private int count(PlacementRequest wanted) {
        return wanted.count() == null ? placement(wanted).count() : wanted.count();
    }

    /** One placement being filled. */
    private final class Filling {
        private final CatalogDocument.Placement placement;
        private final int count;
        private final List<ChosenOffer> chosen = new ArrayList<>();
        /** Why a passed offer was not chosen, by its id. */
        private final Map<String, ReasonCode> notChosen = new HashMap<>();

        private final Map<String, Candidate> passed = new HashMap<>();
        private final Map<String, Integer> chosenOfGroup = new HashMap<>();

        Filling(CatalogDocument.Placement placement, int count) {
            this.placement = placement;
            this.count = count;
        }

        void fill() {
            for (Candidate candidate : ranked()) {
                final ReasonCode reason = reasonAgainst(candidate);
                if (reason == null) {
                    choose(candidate);
                } else {
                    notChosen.put(candidate.offer().id(), reason);
                }
            }
            if (chosen.isEmpty()) {
                fillWithFallbacks();
            }
        }

        /** The offers that pass every stage, best first. */
        private List<Candidate> ranked() {
            final List<Candidate> candidates = new ArrayList<>();
            for (Catalog.Offer offer : catalog.offers()) {
                if (stages.passes(offer, placement.id())) {
                    candidates.add(new Candidate(offer, Arbitration.factors(offer, profile, stages::isSatisfied)));
                }
            }
            candidates.sort(Arbitration.ORDER);
            candidates.forEach(candidate -> passed.put(candidate.offer().id(), candidate));
            return candidates;
        }

        /** The first reason that holds when it is the candidate's turn; null to choose it. */
        private @Nullable ReasonCode reasonAgainst(Candidate candidate) {
            final CatalogDocument.Offer offer = candidate.offer().document();
            if (placedIn.containsKey(offer.id())) {
                return ReasonCode.ALREADY_PLACED;
            }
            if (chosen.size() == count) {
                return ReasonCode.OUTRANKED;
            }
            if (placement.maxPerGroup() > 0
                    && offer.group() != null
                    && chosenOfGroup.getOrDefault(offer.group(), 0) == placement.maxPerGroup()) {
                return ReasonCode.GROUP_LIMIT;
            }
            return null;
        }

        private Candidate lastWinner() {
            final Candidate last = passed.get(chosen.get(chosen.size() - 1).id());
            if (last == null) {
                throw new IllegalStateException("what was chosen had not passed, placement=" + placement.id());
            }
            return last;
        }

        private void choose(Candidate candidate) {
            final CatalogDocument.Offer offer = candidate.offer().document();
            chosen.add(new ChosenOffer(offer.id(), chosen.size() + 1, candidate.factors(), offer.payload()));
            if (offer.group() != null) {
                chosenOfGroup.merge(offer.group(), 1, Integer::sum);
            }
        }

        private void fillWithFallbacks() {
            final Set<String> shown = new HashSet<>(placedIn.keySet());
            for (String id : placement.fallback()) {
                final Catalog.Offer offer = catalog.offer(id);
                if (chosen.size() < count
                        && offer != null
                        && stages.passesAsFallback(offer, placement.id())
                        && shown.add(id)) {
                    chosen.add(new ChosenOffer(
                            id, chosen.size() + 1, null, offer.document().payload()));
                }
            }
        }

        ExplainedPlacement explain() {
            final List<ExplainedOffer> offers = new ArrayList<>();
            for (Catalog.Offer offer : catalog.offers()) {
                offers.add(explain(offer));
            }
            return new ExplainedPlacement(placement.id(), offers);
        }

        private ExplainedOffer explain(Catalog.Offer offer) {
            final String id = offer.id();
            final boolean returned =
                    chosen.stream().anyMatch(shown -> shown.id().equals(id));
            final Candidate candidate = passed.get(id);
            if (candidate == null) {
                return new ExplainedOffer(
                        id,
                        returned ? Status.RETURNED : Status.REJECTED,
                        returned,
                        null,
                        stages.failures(offer, placement.id()));
            }
            final ReasonCode reason = notChosen.get(id);
            return new ExplainedOffer(
                    id,
                    returned ? Status.RETURNED : Status.PASSED,
                    false,
                    candidate.factors().priority(),
                    reason == null ? List.of() : List.of(new Rejection(reason, detail(reason, candidate))));
        }

        private String detail(ReasonCode reason, Candidate candidate) {
            return switch (reason) {
                case ALREADY_PLACED ->
                    Details.alreadyPlaced(
                            placedIn.getOrDefault(candidate.offer().id(), ""));
                case OUTRANKED -> Details.outranked(candidate, lastWinner());
                default -> Details.groupLimit(candidate.offer().document(), placement.maxPerGroup());
            };
        }
    }
}
