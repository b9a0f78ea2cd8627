package io.zandloper.server.decide.compiled;

import io.zandloper.storage.program.Evaluation;
import java.util.Arrays;

/**
 * The offers that pass every stage for one person and placement, best first, each found only when it is asked for.
 *
 * <p>Offers are numbered by rank: the order they would have if every context weight above zero held. Those with a score
 * of the person's have a bound of their own and are kept in a heap beside. A found candidate is given out when nothing
 * that has not been looked at can stand before it. One thread.
 */
final class Candidates {
    static final int NONE = RankedOffers.NONE;

    private static final int FOUND_EXPECTED = 64;

    private final CompiledCatalog.Test[] tests;
    private final RankedOffers ranked;
    private final Blocks blocks;
    private final Evaluation evaluation;
    private final Blocks.Met met;
    private final Limits limits;

    /** Per block: whether it has been looked at in this decision; what is left there; which offers are out of the walk. */
    private final int[] lookedAt;

    private final long[] left;
    private final long[] judged;
    private final long[] passed;
    private final long[] aside;
    private int decision;

    /** Per test: the decision in which it was evaluated, negative where it did not hold. */
    private final int[] testResults;

    /** Scored offers, as a heap by their bounds; the whole of it once a decision, what is left of it once a placement. */
    private int[] scoredRanks = new int[FOUND_EXPECTED];

    private double[] scoredPropensities = new double[FOUND_EXPECTED];
    private double[] scoredBounds = new double[FOUND_EXPECTED];
    private int scoredCount;
    private final Heap scored = new Heap();

    private int placement;
    private int nextBlock;
    private int walkBlock;
    private long walkLeft;

    /** What was found, by entry; given out or still in the heap. */
    private int[] foundRanks = new int[FOUND_EXPECTED];

    private double[] foundPriorities = new double[FOUND_EXPECTED];
    private double[] foundPropensities = new double[FOUND_EXPECTED];
    private double[] foundContextWeights = new double[FOUND_EXPECTED];
    private int foundCount;
    private final Heap found = new Heap();

    Candidates(CompiledCatalog catalog, Evaluation evaluation, Blocks.Met met, Limits limits) {
        this.tests = catalog.tests();
        this.ranked = catalog.ranked();
        this.blocks = catalog.blocks();
        this.evaluation = evaluation;
        this.met = met;
        this.limits = limits;
        this.lookedAt = new int[blocks.count()];
        this.left = new long[blocks.count()];
        this.judged = new long[blocks.count()];
        this.passed = new long[blocks.count()];
        this.aside = new long[blocks.count()];
        this.testResults = new int[tests.length];
    }

    /** Begins a decision. */
    void begin(Scores scores) {
        for (int i = 0; i < scoredCount; i++) {
            aside[scoredRanks[i] / Blocks.SIZE] = 0;
        }
        scoredCount = 0;
        if (decision == Integer.MAX_VALUE) {
            decision = 0;
            Arrays.fill(lookedAt, 0);
            Arrays.fill(testResults, 0);
        }
        decision++;
        for (int i = 0; i < scores.count(); i++) {
            final int rank = ranked.rank(scores.offer(i));
            if (rank != NONE) {
                addScored(rank, CompiledOffer.clampedPropensity(scores.score(i)));
            }
        }
    }

    /** Leaves an offer out of this decision; after {@link #begin}. */
    void exclude(int rank) {
        look(rank / Blocks.SIZE);
        left[rank / Blocks.SIZE] &= ~(1L << rank);
    }

    private void addScored(int rank, double propensity) {
        if (scoredCount == scoredRanks.length) {
            scoredRanks = Arrays.copyOf(scoredRanks, 2 * scoredCount);
            scoredPropensities = Arrays.copyOf(scoredPropensities, 2 * scoredCount);
            scoredBounds = Arrays.copyOf(scoredBounds, 2 * scoredCount);
        }
        scoredRanks[scoredCount] = rank;
        scoredPropensities[scoredCount] = propensity;
        scoredBounds[scoredCount] = ranked.offer(rank).priority(propensity, ranked.contextWeightMax(rank));
        scoredCount++;
        aside[rank / Blocks.SIZE] |= 1L << rank;
    }

    /** Begins a placement. */
    void begin(int newPlacement) {
        placement = newPlacement;
        nextBlock = 0;
        walkLeft = 0;
        foundCount = 0;
        found.clear();
        scored.clear();
        for (int i = 0; i < scoredCount; i++) {
            scored.add(i, scoredRanks, scoredBounds);
        }
    }

    /** The next best; {@link #NONE} where there is no more. What it is is told by the methods below. */
    int next() {
        while (true) {
            final int walk = walkHead();
            final int scoredHead = scored.isEmpty() ? NONE : scored.top();
            final boolean isScoredFirst = scoredHead != NONE
                    && (walk == NONE
                            || isBefore(scoredRanks[scoredHead], scoredBounds[scoredHead], walk, ranked.bound(walk)));
            if (!found.isEmpty()) {
                final int best = found.top();
                final boolean isBest = isScoredFirst
                        ? isBefore(
                                foundRanks[best],
                                foundPriorities[best],
                                scoredRanks[scoredHead],
                                scoredBounds[scoredHead])
                        : walk == NONE || isBefore(foundRanks[best], foundPriorities[best], walk, ranked.bound(walk));
                if (isBest) {
                    found.remove(foundRanks, foundPriorities);
                    return best;
                }
            } else if (walk == NONE && scoredHead == NONE) {
                return NONE;
            }
            if (isScoredFirst) {
                scored.remove(scoredRanks, scoredBounds);
                judge(scoredRanks[scoredHead], scoredPropensities[scoredHead]);
            } else if (walkLeft != 0) {
                walkLeft &= walkLeft - 1;
                judge(walk, ranked.offer(walk).propensity());
            } else {
                walkBlock = nextBlock++;
                look(walkBlock);
                walkLeft = left[walkBlock] & blocks.offersOf(walkBlock, placement) & ~aside[walkBlock];
            }
        }
    }

    int rank(int entry) {
        return foundRanks[entry];
    }

    double priority(int entry) {
        return foundPriorities[entry];
    }

    double propensity(int entry) {
        return foundPropensities[entry];
    }

    double contextWeight(int entry) {
        return foundContextWeights[entry];
    }

    /** The first offer of the walk that has not been looked at, or the first of a block that has not. */
    private int walkHead() {
        if (walkLeft != 0) {
            return walkBlock * Blocks.SIZE + Long.numberOfTrailingZeros(walkLeft);
        }
        return nextBlock < blocks.count() ? nextBlock * Blocks.SIZE : NONE;
    }

    /** Whether an offer of this rank and priority stands before another: the order of the contract. */
    private boolean isBefore(int rank, double priority, int otherRank, double otherPriority) {
        final int order = ranked.rankClass(rank) - ranked.rankClass(otherRank);
        if (order != 0) {
            return order < 0;
        }
        return priority != otherPriority ? priority > otherPriority : ranked.number(rank) < ranked.number(otherRank);
    }

    private void look(int block) {
        if (lookedAt[block] != decision) {
            lookedAt[block] = decision;
            left[block] = blocks.offersLeft(block, met, evaluation) & ranked.offersIn(block);
            judged[block] = 0;
            passed[block] = 0;
        }
    }

    private void judge(int rank, double propensity) {
        final int block = rank / Blocks.SIZE;
        final long bit = 1L << rank;
        look(block);
        if ((left[block] & blocks.offersOf(block, placement) & bit) == 0) {
            return;
        }
        final CompiledOffer offer = ranked.offer(rank);
        if ((judged[block] & bit) == 0) {
            judged[block] |= bit;
            passed[block] |= holds(offer.tests()) && limits.permit(offer) ? bit : 0;
        }
        if ((passed[block] & bit) != 0) {
            addFound(rank, offer, propensity);
        }
    }

    private void addFound(int rank, CompiledOffer offer, double propensity) {
        if (foundCount == foundRanks.length) {
            foundRanks = Arrays.copyOf(foundRanks, 2 * foundCount);
            foundPriorities = Arrays.copyOf(foundPriorities, 2 * foundCount);
            foundPropensities = Arrays.copyOf(foundPropensities, 2 * foundCount);
            foundContextWeights = Arrays.copyOf(foundContextWeights, 2 * foundCount);
        }
        final double contextWeight = contextWeight(offer);
        foundRanks[foundCount] = rank;
        foundPropensities[foundCount] = propensity;
        foundContextWeights[foundCount] = contextWeight;
        foundPriorities[foundCount] = offer.priority(propensity, contextWeight);
        found.add(foundCount, foundRanks, foundPriorities);
        foundCount++;
    }

    private double contextWeight(CompiledOffer offer) {
        double sum = 0;
        for (int i = 0; i < offer.weightTests().length; i++) {
            if (holds(offer.weightTests()[i])) {
                sum += offer.weights()[i];
            }
        }
        return CompiledOffer.contextWeight(sum);
    }

    private boolean holds(int[] tests) {
        for (final int test : tests) {
            if (!holds(test)) {
                return false;
            }
        }
        return true;
    }

    /** Evaluated at most once a decision. */
    private boolean holds(int test) {
        final int result = testResults[test];
        if (result == decision || result == -decision) {
            return result > 0;
        }
        final boolean holds = tests[test].holds(evaluation);
        testResults[test] = holds ? decision : -decision;
        return holds;
    }

    /** A heap of entries, the best at its top. */
    private final class Heap {
        private int[] entries = new int[FOUND_EXPECTED];
        private int size;

        boolean isEmpty() {
            return size == 0;
        }

        int top() {
            return entries[0];
        }

        void clear() {
            size = 0;
        }

        void add(int entry, int[] ranks, double[] priorities) {
            if (size == entries.length) {
                entries = Arrays.copyOf(entries, 2 * size);
            }
            int place = size++;
            while (place > 0) {
                final int parent = (place - 1) / 2;
                if (!isBefore(entry, entries[parent], ranks, priorities)) {
                    break;
                }
                entries[place] = entries[parent];
                place = parent;
            }
            entries[place] = entry;
        }

        /** Removes the top. */
        void remove(int[] ranks, double[] priorities) {
            final int last = entries[--size];
            int place = 0;
            for (int child = 1; child < size; child = 2 * place + 1) {
                if (child + 1 < size && isBefore(entries[child + 1], entries[child], ranks, priorities)) {
                    child++;
                }
                if (!isBefore(entries[child], last, ranks, priorities)) {
                    break;
                }
                entries[place] = entries[child];
                place = child;
            }
            entries[place] = last;
        }

        private boolean isBefore(int entry, int other, int[] ranks, double[] priorities) {
            return Candidates.this.isBefore(ranks[entry], priorities[entry], ranks[other], priorities[other]);
        }
    }
}
