package io.zandloper.server.decide.compiled;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Offers in the order they would have at best: by class, bound, id. Immutable; any thread. */
final class RankedOffers {
    static final int NONE = -1;

    private final CompiledOffer[] offers;
    private final int[] numbers;
    private final int[] classes;
    private final double[] bounds;
    private final double[] contextWeightMax;
    private final int[] rankOf;

    /** An offer and the class it is in: one for each tier, those of mandatory offers first. */
    record Classed(CompiledOffer offer, int rankClass) {
        double bound() {
            return offer.priority(offer.propensity(), offer.contextWeightMax());
        }
    }

    /**
     * @param inOrder by {@link #ORDER}
     * @param offerCount of the whole catalog
     */
    RankedOffers(List<Classed> inOrder, int offerCount) {
        final int count = inOrder.size();
        this.offers = new CompiledOffer[count];
        this.numbers = new int[count];
        this.classes = new int[count];
        this.bounds = new double[count];
        this.contextWeightMax = new double[count];
        this.rankOf = new int[offerCount];
        Arrays.fill(rankOf, NONE);
        for (int rank = 0; rank < count; rank++) {
            final Classed classed = inOrder.get(rank);
            offers[rank] = classed.offer();
            numbers[rank] = classed.offer().number();
            classes[rank] = classed.rankClass();
            bounds[rank] = classed.bound();
            contextWeightMax[rank] = classed.offer().contextWeightMax();
            rankOf[numbers[rank]] = rank;
        }
    }

    static final Comparator<Classed> ORDER = Comparator.comparingInt(Classed::rankClass)
            .thenComparing(Comparator.comparingDouble(Classed::bound).reversed())
            .thenComparingInt(classed -> classed.offer().number());

    int count() {
        return offers.length;
    }

    CompiledOffer offer(int rank) {
        return offers[rank];
    }

    int number(int rank) {
        return numbers[rank];
    }

    int rankClass(int rank) {
        return classes[rank];
    }

    /** At least as large as the offer's priority for whom it has no score of. */
    double bound(int rank) {
        return bounds[rank];
    }

    double contextWeightMax(int rank) {
        return contextWeightMax[rank];
    }

    /** The rank of an offer by its number; {@link #NONE} for one that is never shown. */
    int rank(int number) {
        return rankOf[number];
    }

    /** The bits of a block's offers; the last one is not full. */
    long offersIn(int block) {
        final int rest = offers.length - block * Blocks.SIZE;
        return rest >= Blocks.SIZE ? -1 : (1L << rest) - 1;
    }
}
