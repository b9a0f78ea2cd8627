package io.zandloper.server.decide.compiled;

import io.zandloper.server.decide.Decision.Reason;
import io.zandloper.server.decide.compiled.CompiledCatalog.CompiledPlacement;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.profile.ProfileLimits;
import io.zandloper.storage.profile.Times;
import io.zandloper.storage.program.Evaluation;
import java.util.Arrays;
import net.openhft.hashing.LongHashFunction;

/**
 * Decides for one catalog, on one thread. A function of its arguments: same arguments, same decision. Once it has met the
 * largest profile it allocates nothing.
 */
public final class CompiledDecider {
    private static final LongHashFunction XXH64_SEED_0 = LongHashFunction.xx();
    private static final int IDENTITY_BYTES_MAX =
            ProfileLimits.NAMESPACE_LENGTH_MAX + 1 + ProfileLimits.IDENTITY_VALUE_BYTES_MAX;

    private final CompiledCatalog catalog;
    private final Evaluation evaluation;
    private final long[] segments;
    private final Blocks.Met met;
    private final Limits limits;
    private final Scores scores = new Scores();
    private final Candidates candidates;
    /** Offers that were returned in an earlier placement, by number. */
    private final long[] placed;

    private final byte[] hashed;

    /** @param catalog of all decisions to be made */
    public CompiledDecider(CompiledCatalog catalog) {
        this.catalog = catalog;
        this.evaluation = catalog.layout().newEvaluation();
        this.segments = new long[catalog.segmentWords()];
        this.met = new Blocks.Met(catalog.blocks(), segments.length + 1);
        this.limits = new Limits(catalog);
        this.candidates = new Candidates(catalog, evaluation, met, limits);
        this.placed = new long[catalog.catalog().offers().size() / Long.SIZE + 1];
        this.hashed = Arrays.copyOf(catalog.holdoutSalt(), catalog.holdoutSalt().length + IDENTITY_BYTES_MAX);
    }

    public CompiledCatalog catalog() {
        return catalog;
    }

    /**
     * @param person whom to decide for; {@link CompiledCatalog#nobody} where an identity is given that nobody has, or none
     * @param into for the same catalog
     */
    public void decide(CompiledRequest request, Person person, CompiledDecision into) {
        into.clear();
        final boolean heldOut = begin(request, person);
        for (int i = 0; i < request.placementCount(); i++) {
            final int start = into.offerCount();
            into.beginPlacement(request.placement(i));
            if (!heldOut) {
                fill(request.placement(i), request.count(i), into, start);
            }
            if (into.offerCount() == start) {
                fillWithFallbacks(request, person, i, into);
            }
            for (int index = start; index < into.offerCount(); index++) {
                placed[into.offer(index) / Long.SIZE] |= 1L << into.offer(index);
            }
        }
        into.reason(reason(request, person, heldOut, into));
        for (int index = 0; index < into.offerCount(); index++) {
            placed[into.offer(index) / Long.SIZE] = 0;
        }
    }

    /** Whether the person is held out. */
    private boolean begin(CompiledRequest request, Person person) {
        if (isHeldOut(person)) {
            return true;
        }
        request.pointContext(evaluation);
        person.point(evaluation, segments);
        evaluation.ofSegments(segments);
        met.begin(request.atMicros());
        System.arraycopy(segments, 0, met.flags(), 0, segments.length);
        met.flags()[segments.length] = person.grantedPurposes();
        limits.begin(person, request.channel(), request.atMicros());
        scores.clear();
        person.addScores(catalog, scores);
        candidates.begin(scores);
        for (int i = 0; i < request.excludedCount(); i++) {
            final int rank = catalog.ranked().rank(request.excluded(i));
            if (rank != RankedOffers.NONE) {
                candidates.exclude(rank);
            }
        }
        return false;
    }

    private boolean isHeldOut(Person person) {
        if (!catalog.hasHoldout() || !person.isStored()) {
            return false;
        }
        final int saltLength = catalog.holdoutSalt().length;
        final int length = person.copyPrimary(hashed, saltLength);
        return length > 0 && catalog.isHeldOut(XXH64_SEED_0.hashBytes(hashed, 0, saltLength + length));
    }

    private void fill(int number, int count, CompiledDecision into, int start) {
        final CompiledPlacement placement = catalog.placement(number);
        candidates.begin(number);
        while (into.offerCount() - start < count) {
            final int entry = candidates.next();
            if (entry == Candidates.NONE) {
                return;
            }
            final CompiledOffer offer = catalog.ranked().offer(candidates.rank(entry));
            if (!isPlaced(offer.number()) && !isGroupFull(placement, offer, into, start)) {
                into.add(
                        offer.number(),
                        candidates.priority(entry),
                        candidates.propensity(entry),
                        candidates.contextWeight(entry));
            }
        }
    }

    private boolean isPlaced(int offer) {
        return (placed[offer / Long.SIZE] & 1L << offer) != 0;
    }

    private boolean isGroupFull(CompiledPlacement placement, CompiledOffer offer, CompiledDecision into, int start) {
        if (placement.maxPerGroup() == 0 || offer.group() == Names.UNKNOWN) {
            return false;
        }
        int chosen = 0;
        for (int index = start; index < into.offerCount(); index++) {
            chosen += catalog.eventNames().group(into.offer(index)) == offer.group() ? 1 : 0;
        }
        return chosen >= placement.maxPerGroup();
    }

    private void fillWithFallbacks(CompiledRequest request, Person person, int index, CompiledDecision into) {
        final CompiledPlacement placement = catalog.placement(request.placement(index));
        final int start = into.offerCount();
        for (final int offer : placement.fallback()) {
            if (into.offerCount() - start == request.count(index)) {
                return;
            }
            if (!isPlaced(offer) && passesAsFallback(offer, placement, request, person)) {
                into.addFallback(offer);
            }
        }
    }

    private boolean passesAsFallback(int number, CompiledPlacement placement, CompiledRequest request, Person person) {
        final CatalogDocument.Offer offer = catalog.document(number).document();
        return offer.enabled()
                && !request.isExcluded(number)
                && offer.startMicros() <= request.atMicros()
                && (request.atMicros() < offer.endMicros() || offer.endMicros() == Times.NEVER)
                && (offer.placements() == null || offer.placements().contains(placement.id()))
                && (offer.purposes() & ~person.grantedPurposes()) == 0;
    }

    private Reason reason(CompiledRequest request, Person person, boolean heldOut, CompiledDecision into) {
        if (request.namesIdentity() && person == catalog.nobody()) {
            return Reason.UNKNOWN_PROFILE;
        }
        if (heldOut) {
            return Reason.SPLIT;
        }
        for (int index = 0; index < into.offerCount(); index++) {
            if (!into.isFallback(index)) {
                return Reason.TARGETING_MATCH;
            }
        }
        return Reason.DEFAULT;
    }
}
