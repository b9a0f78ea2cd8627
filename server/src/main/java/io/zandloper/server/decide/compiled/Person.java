package io.zandloper.server.decide.compiled;

import io.zandloper.storage.program.Evaluation;

/**
 * Whom a decision is for, as a {@link CompiledDecider} asks for it. Valid for one decision, on its thread; what is not
 * asked for is not read.
 */
public interface Person {
    /** Whether it is a stored profile; nobody else is ever in the universal holdout. */
    boolean isStored();

    /** Bit {@code n - 1}: TCF purpose {@code n}, by the person's consent or by the catalog's default. */
    int grantedPurposes();

    /**
     * Makes programs read the person's attributes, and finds the visible segments at the decision's time.
     *
     * @param segments bits of the catalog's segments, to be written
     */
    void point(Evaluation evaluation, long[] segments);

    /** Adds each score of an offer of the catalog. */
    void addScores(CompiledCatalog catalog, Scores into);

    /** Adds all events up to the decision's time that any cap or suppression may need. */
    void addEvents(CompiledCatalog catalog, Scalar channel, EventTable into);

    /**
     * Copies the primary identity in UTF-8.
     *
     * @param into has room for the longest identity after {@code offset}
     * @return its length in bytes; 0 where there is none
     */
    int copyPrimary(byte[] into, int offset);
}
