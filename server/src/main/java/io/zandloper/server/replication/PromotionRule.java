package io.zandloper.server.replication;

import io.zandloper.server.replication.Message.Standing;
import io.zandloper.storage.journal.JournalEnd;
import io.zandloper.storage.journal.Term;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Whether a promotion could lose a write that was acknowledged. One that n of R replicas had when it was acknowledged is with at
 * least one of any R − n + 1 of them; where so many, the promoted one included, have no more than it, it has them all.
 */
final class PromotionRule {
    private PromotionRule() {}

    /**
     * Why not; null where nothing can be lost.
     *
     * @param own where the one to be promoted stands
     * @param replicas how many there are, it included; 0 where it was never told
     * @param ackReplicas how many had a write before it was acknowledged
     * @param others those that could be asked
     */
    static @Nullable String judge(Standing own, int replicas, int ackReplicas, Collection<Standing> others) {
        for (final Standing other : others) {
            if (other.term().isNewerThan(own.term())) {
                return "a replica knows of the newer term " + other.term() + ", somebody else was promoted";
            }
        }
        if (ackReplicas == 0) {
            return null;
        }
        if (replicas == 0) {
            return "this replica has never had all of its primary's changes, nor heard who else follows it";
        }
        int holdingNoMore = 1;
        for (final Standing other : others) {
            if (isNoMore(other, own)) {
                holdingNoMore++;
            } else {
                return "another replica has the change " + other.end().sequence() + ", this one ends at "
                        + own.end().sequence() + ": promote that one";
            }
        }
        final int needed = needed(replicas, ackReplicas);
        return holdingNoMore >= needed
                ? null
                : "writes were acknowledged once " + ackReplicas + " of " + replicas
                        + " replicas had them, and only " + holdingNoMore + " of the " + needed
                        + " needed could be asked";
    }

    /**
     * The same once they were asked to take nothing more of the old primary, who may have written since they told where they
     * stand.
     *
     * @param granted how many did, without the one to be promoted
     */
    static @Nullable String judgeGrants(int replicas, int ackReplicas, int granted) {
        final int needed = needed(replicas, ackReplicas);
        return ackReplicas == 0 || granted + 1 >= needed
                ? null
                : "only " + (granted + 1) + " of the " + needed
                        + " replicas needed have left the old primary, others have got more of it meanwhile";
    }

    private static int needed(int replicas, int ackReplicas) {
        return Math.max(1, replicas - ackReplicas + 1);
    }

    /** What is of an older term was decided by the promotion to the newer one. */
    private static boolean isNoMore(Standing other, Standing own) {
        final JournalEnd theirs = other.end();
        final Term theirTerm = theirs.lineage().term();
        final Term ownTerm = own.end().lineage().term();
        if (theirTerm.equals(ownTerm)) {
            return theirs.sequence() <= own.end().sequence();
        }
        return ownTerm.isNewerThan(theirTerm) || theirs.sequence() == 0;
    }

    /** The newest term that anybody knows of. */
    static Term newest(Term own, Collection<Standing> others) {
        Term newest = own;
        for (final Standing other : others) {
            if (other.term().isNewerThan(newest)) {
                newest = other.term();
            }
        }
        return newest;
    }
}
