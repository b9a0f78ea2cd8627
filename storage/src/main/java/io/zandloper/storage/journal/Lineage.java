package io.zandloper.storage.journal;

import java.util.List;

/**
 * A term's place in a history.
 *
 * @param firstSequence of the first entry that was appended in it; 0 where that is not known
 * @param before the term of the entry before that; {@link Term#NONE} where there is none, or where that is not known
 */
public record Lineage(Term term, long firstSequence, Term before) {
    /** That of a history without any entry. */
    public static final Lineage NONE = new Lineage(Term.NONE, 0, Term.NONE);

    /** As it is stored. */
    public static final int BYTES = 2 * Term.BYTES + Long.BYTES;

    /** That of the entry after {@code end}, when it is appended in {@code term}. */
    static Lineage after(JournalEnd end, Term term) {
        return end.term().equals(term) ? end.lineage() : new Lineage(term, end.sequence() + 1, end.term());
    }

    /**
     * The last sequence that two histories share: a term has one history, so it is where the first of the two leaves the
     * newest term that is in both. 0 where none is known to be.
     *
     * @param ours the terms of the one, the oldest first
     * @param ourLast its last sequence
     */
    public static long commonSequence(List<Lineage> ours, long ourLast, List<Lineage> theirs, long theirLast) {
        for (int i = ours.size() - 1; i >= 0; i--) {
            final long theirEnd = endOf(ours.get(i).term(), theirs, theirLast);
            if (theirEnd > 0) {
                return Math.min(endOf(ours.get(i).term(), ours, ourLast), theirEnd);
            }
        }
        return 0;
    }

    /** The last sequence of a term; 0 where it is not in the history. */
    private static long endOf(Term term, List<Lineage> history, long last) {
        long end = last;
        for (int i = history.size() - 1; i >= 0; i--) {
            final Lineage lineage = history.get(i);
            if (lineage.term().equals(term)) {
                return end;
            }
            end = lineage.firstSequence() - 1;
            if (lineage.before().equals(term)) {
                return Math.max(0, end);
            }
        }
        return 0;
    }
}
