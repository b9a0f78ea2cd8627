package io.zandloper.storage.journal;

import java.util.Locale;

/**
 * Who may append to a history, and for how long: one node, from when it opened the term until another is opened. Two that were
 * promoted and knew nothing of each other are rivals, in their terms and in all that they open by starting after a crash:
 * neither is newer, and whoever follows one refuses the other, until somebody is promoted who knows of both.
 *
 * @param number ascending along a history
 * @param id drawn at random when the term was opened; after a crash only its lower half
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

    /** Of an id: what a crash draws anew. Whoever was promoted is told by the rest. */
    private static final long DRAWN_BY_CRASH = 0xffff_ffffL;

    public boolean isNone() {
        return number == 0;
    }

    public boolean isNewerThan(Term other) {
        return number > other.number && !isRivalOf(other);
    }

    /** Whether they were opened by two who knew nothing of each other: neither is newer, and they are not the same. */
    public boolean conflictsWith(Term other) {
        return isRivalOf(other) || (number == other.number && id != other.id);
    }

    /** Whether both go back to promotions that opened the same number, and not to the same one. */
    private boolean isRivalOf(Term other) {
        return number >= PROMOTION_STEP
                && number / PROMOTION_STEP == other.number / PROMOTION_STEP
                && ((id ^ other.id) & ~DRAWN_BY_CRASH) != 0;
    }

    /** The one that is opened by a start after a crash. */
    public Term afterCrash(long newId) {
        final long drawn = isNone() ? newId : (id & ~DRAWN_BY_CRASH) | (newId & DRAWN_BY_CRASH);
        return new Term(Math.addExact(number, 1), drawn);
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
