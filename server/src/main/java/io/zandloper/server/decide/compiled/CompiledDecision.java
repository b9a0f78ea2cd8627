package io.zandloper.server.decide.compiled;

import io.zandloper.server.decide.Decision;
import io.zandloper.server.decide.Decision.ChosenOffer;
import io.zandloper.server.decide.Decision.ExplainedPlacement;
import io.zandloper.server.decide.Decision.Factors;
import io.zandloper.server.decide.Decision.FilledPlacement;
import io.zandloper.server.decide.Decision.Reason;
import io.zandloper.storage.catalog.Catalog;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was decided, by numbers of the catalog. Written anew by each decision of one thread; once it has met the largest
 * decision it allocates nothing.
 */
public final class CompiledDecision {
    private static final int PLACEMENTS_EXPECTED = 8;
    private static final int OFFERS_EXPECTED = 64;

    private final CompiledCatalog catalog;
    private Reason reason = Reason.DEFAULT;
    private int placementCount;
    private int[] placements = new int[PLACEMENTS_EXPECTED];
    private int[] ends = new int[PLACEMENTS_EXPECTED];
    private int offerCount;
    private int[] offers = new int[OFFERS_EXPECTED];
    private boolean[] fallbacks = new boolean[OFFERS_EXPECTED];
    private double[] priorities = new double[OFFERS_EXPECTED];
    private double[] propensities = new double[OFFERS_EXPECTED];
    private double[] contextWeights = new double[OFFERS_EXPECTED];

    /** @param catalog of all decisions that are written here */
    public CompiledDecision(CompiledCatalog catalog) {
        this.catalog = catalog;
    }

    void clear() {
        placementCount = 0;
        offerCount = 0;
    }

    void beginPlacement(int placement) {
        if (placementCount == placements.length) {
            placements = Arrays.copyOf(placements, 2 * placementCount);
            ends = Arrays.copyOf(ends, 2 * placementCount);
        }
        placements[placementCount] = placement;
        ends[placementCount] = offerCount;
        placementCount++;
    }

    void add(int offer, double priority, double propensity, double contextWeight) {
        reserve();
        fallbacks[offerCount] = false;
        priorities[offerCount] = priority;
        propensities[offerCount] = propensity;
        contextWeights[offerCount] = contextWeight;
        place(offer);
    }

    void addFallback(int offer) {
        reserve();
        fallbacks[offerCount] = true;
        place(offer);
    }

    private void place(int offer) {
        offers[offerCount] = offer;
        offerCount++;
        ends[placementCount - 1] = offerCount;
    }

    private void reserve() {
        if (offerCount == offers.length) {
            offers = Arrays.copyOf(offers, 2 * offerCount);
            fallbacks = Arrays.copyOf(fallbacks, 2 * offerCount);
            priorities = Arrays.copyOf(priorities, 2 * offerCount);
            propensities = Arrays.copyOf(propensities, 2 * offerCount);
            contextWeights = Arrays.copyOf(contextWeights, 2 * offerCount);
        }
    }

    void reason(Reason newReason) {
        reason = newReason;
    }

    /** Why the decision as a whole came out as it did. */
    public Reason reason() {
        return reason;
    }

    public int placementCount() {
        return placementCount;
    }

    public String placementId(int placement) {
        return catalog.placement(placements[placement]).id();
    }

    /** Where a placement's offers begin among all; they end where the next placement's begin. */
    public int start(int placement) {
        return placement == 0 ? 0 : ends[placement - 1];
    }

    public int end(int placement) {
        return ends[placement];
    }

    /** Where an offer stands from {@code from} on and before {@code to}; negative where it does not. */
    int indexOf(int offer, int from, int to) {
        for (int index = from; index < to; index++) {
            if (offers[index] == offer) {
                return index;
            }
        }
        return -1;
    }

    /** Offers of all placements together. */
    public int offerCount() {
        return offerCount;
    }

    /** An offer's place among the catalog's. */
    public int offer(int index) {
        return offers[index];
    }

    public Catalog.Offer document(int index) {
        return catalog.document(offers[index]);
    }

    public boolean isFallback(int index) {
        return fallbacks[index];
    }

    /** As the factors below, not for a fallback. */
    public double priority(int index) {
        return priorities[index];
    }

    public double propensity(int index) {
        return propensities[index];
    }

    public double contextWeight(int index) {
        return contextWeights[index];
    }

    public double value(int index) {
        return CompiledOffer.clampedValue(document(index).document().value());
    }

    public double lever(int index) {
        return CompiledOffer.clampedLever(document(index).document().lever());
    }

    /**
     * The same on the heap.
     *
     * @param profile the primary identity; null where there is none
     * @param explanations of this decision; null where none was asked for
     * @param catalogVersion the catalog's, which may have been laid out before it had its version
     */
    public Decision toDecision(
            @Nullable String profile, @Nullable List<ExplainedPlacement> explanations, long catalogVersion) {
        final List<FilledPlacement> filled = new ArrayList<>();
        for (int placement = 0; placement < placementCount; placement++) {
            final List<ChosenOffer> chosen = new ArrayList<>();
            for (int index = start(placement); index < ends[placement]; index++) {
                chosen.add(chosen(index, index - start(placement) + 1));
            }
            filled.add(new FilledPlacement(placementId(placement), List.copyOf(chosen)));
        }
        return new Decision(profile, reason, filled, explanations, catalogVersion);
    }

    private ChosenOffer chosen(int index, int rank) {
        final Catalog.Offer offer = document(index);
        final Factors factors = isFallback(index)
                ? null
                : new Factors(priority(index), propensity(index), value(index), contextWeight(index), lever(index));
        return new ChosenOffer(offer.id(), rank, factors, offer.document().payload());
    }
}
