package io.zandloper.protocol.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which server a call goes to. One that is avoided comes after all others; then the preference decides, then the number of
 * calls on their way, then whose turn it is. Not thread-safe.
 *
 * @param <C> the connections to choose among
 */
final class ServerChoice<C extends ServerChoice.Candidate> {
    /** What is known of a server. */
    interface Candidate {
        /** Whether a call can be sent to it now. */
        boolean isUsable();

        /** Whether it says so itself. */
        boolean isPrimary();

        /** The newest that it has said to know, reachable or not. */
        long term();

        boolean isAvoided(long nowNanos);

        long roundTripNanos();

        int callsOnTheirWay();
    }

    private final List<C> candidates;
    private int turn;

    /** @param candidates in an order that stays; their indexes are those of the masks */
    ServerChoice(List<C> candidates) {
        if (candidates.size() > Long.SIZE) {
            throw new IllegalArgumentException("more than a mask has bits, candidates=" + candidates.size());
        }
        this.candidates = candidates;
    }

    /**
     * The primary; null where none can be reached. A server that is alone is asked whatever it is, and says so itself. One
     * that says to be the primary while another knows of a newer term has been replaced and has not heard of it: what it
     * acknowledged would be lost to the others.
     */
    @Nullable
    C forWrite() {
        final long newestTerm = newestTerm();
        for (final C candidate : candidates) {
            if (candidate.isUsable() && (leads(candidate, newestTerm) || candidates.size() == 1)) {
                return candidate;
            }
        }
        return null;
    }

    /**
     * The best server for a read; null where none can be reached.
     *
     * @param tried bit i is set where the server of index i is not to be asked
     */
    @Nullable
    C forRead(ReadPreference preference, long tried, long nowNanos) {
        final long newestTerm = newestTerm();
        C best = null;
        turn = (turn + 1) % candidates.size();
        for (int i = 0; i < candidates.size(); i++) {
            final int index = (turn + i) % candidates.size();
            final C candidate = candidates.get(index);
            final boolean mayBeAsked = (tried & 1L << index) == 0 && candidate.isUsable();
            if (mayBeAsked && (best == null || compare(candidate, best, preference, newestTerm, nowNanos) < 0)) {
                best = candidate;
            }
        }
        return best;
    }

    private int compare(C one, C other, ReadPreference preference, long newestTerm, long nowNanos) {
        final int byHealth = Boolean.compare(one.isAvoided(nowNanos), other.isAvoided(nowNanos));
        if (byHealth != 0) {
            return byHealth;
        }
        final int byPreference = switch (preference) {
            case PRIMARY -> Boolean.compare(leads(other, newestTerm), leads(one, newestTerm));
            case REPLICA -> Boolean.compare(leads(one, newestTerm), leads(other, newestTerm));
            case NEAREST -> Long.compare(one.roundTripNanos(), other.roundTripNanos());
            case ANY -> 0;
        };
        return byPreference != 0 ? byPreference : Integer.compare(one.callsOnTheirWay(), other.callsOnTheirWay());
    }

    private static boolean leads(Candidate candidate, long newestTerm) {
        return candidate.isPrimary() && candidate.term() >= newestTerm;
    }

    private long newestTerm() {
        long newest = 0;
        for (int i = 0; i < candidates.size(); i++) {
            newest = Math.max(newest, candidates.get(i).term());
        }
        return newest;
    }
}
