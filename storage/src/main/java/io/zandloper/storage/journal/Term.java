package io.zandloper.storage.journal;

import java.util.Locale;

/**
 * Who may append to a history, and for how long: one node, from when it opened the term until another is opened. Terms of
 * equal numbers and different ids were opened by two who knew nothing of each other; whoever follows one refuses the other.
 *
 * @param number ascending along a history
 * @param id drawn at random when the term was opened
 */
public record Term(long number, long id) {
    /** Before the first. */
    public static final Term NONE = new Term(0, 0);

    /**
     * A promotion raises the number to the next multiple of this, a restart after a crash by one. However often a primary
     * that was cut off restarts, it never has a newer term than the one that was promoted in its place.
     */
    public static final long PROMOTION_STEP = 1_000_000_000;

    /** Of its two longs. */
    public static final int BYTES = 2 * Long.BYTES;

    public boolean isNone() {
        return number == 0;
    }

    public boolean isNewerThan(Term other) {
        return number > other.number;
    }

    /** Whether both have the same number and are not the same. */
    public boolean conflictsWith(Term other) {
        return number == other.number && id != other.id;
    }

    /** The one that is opened by a start after a crash. */
    public Term afterCrash(long newId) {
        return new Term(Math.addExact(number, 1), newId);
    }

    /** The one that is opened by a promotion. */
    public Term promoted(long newId) {
        return new Term(Math.multiplyExact(number / PROMOTION_STEP + 1, PROMOTION_STEP), newId);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%d-%016x", number, id);
    }
}
