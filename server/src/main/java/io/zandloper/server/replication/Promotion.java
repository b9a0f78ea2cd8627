package io.zandloper.server.replication;

import io.zandloper.server.replication.Message.Member;
import io.zandloper.server.replication.Message.Purpose;
import io.zandloper.server.replication.Message.Standing;
import io.zandloper.server.role.Promotable.Promoted;
import io.zandloper.server.role.Promotable.RefusedException;
import io.zandloper.storage.Replication;
import io.zandloper.storage.Role;
import io.zandloper.storage.journal.Term;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a replica the primary: asks the old one for its last write where it can be reached, else the other replicas whether
 * anything could be lost; opens the new term; tells everybody. One thread's, once.
 */
final class Promotion {
    private static final Logger LOG = LoggerFactory.getLogger(Promotion.class);

    private static final long YIELD_MILLIS_MAX = 3_000;
    private static final long CATCH_UP_MILLIS_MAX = 10_000;
    private static final long STORAGE_MILLIS_MAX = 60_000;
    /** Of a call, which has a bound of its own below it. */
    private static final long ANSWER_MILLIS_MAX = 2L * PeerCalls.MILLIS_MAX;

    private static final long POLL_MILLIS = 2;

    private final Replication storage;
    private final @Nullable ReplicaLink link;
    private final MemberList members;
    private final PeerCalls peers;
    private final SourceTurns turns;
    private final Waiting waiting;

    Promotion(
            Replication storage,
            @Nullable ReplicaLink link,
            MemberList members,
            PeerCalls peers,
            SourceTurns turns,
            Waiting waiting) {
        this.storage = storage;
        this.link = link;
        this.members = members;
        this.peers = peers;
        this.turns = turns;
        this.waiting = waiting;
    }

    /** @throws RefusedException where it is not done, and everything is as it was */
    Promoted run(boolean force) {
        try {
            return ask(force);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RefusedException("the promotion was interrupted");
        } catch (ExecutionException | TimeoutException e) {
            LOG.error("A promotion failed.", e);
            throw new RefusedException("the new term could not be opened: "
                    + (e.getCause() == null ? "it took too long" : e.getCause().getMessage()));
        }
    }

    private Promoted ask(boolean force) throws InterruptedException, ExecutionException, TimeoutException {
        final Term followed = storage.term();
        final boolean yielded = handOver(force);
        final long listChanges = members.changes();
        final List<Standing> others = askOthers(Purpose.ASK, ReplicationSource.standing(storage)).stream()
                .map(Message.Told::standing)
                .toList();
        final Standing own = ReplicationSource.standing(storage);
        final boolean handedOver = yielded && own.term().equals(followed);
        final int replicas = replicas(own.node());
        final int ackReplicas = handedOver ? 0 : ackReplicas(own.node());
        final String objection = PromotionRule.judge(own, replicas, ackReplicas, others);
        if (objection != null && !force) {
            throw new RefusedException(objection + "; --force promotes nevertheless, and what is lost is lost");
        }
        if (objection != null) {
            LOG.warn("A promotion is forced although {}.", objection);
        }
        final Term newest = PromotionRule.newest(own.term(), others);
        if (newest.isNewerThan(own.term())) {
            waiting.get(storage.follow(newest), STORAGE_MILLIS_MAX);
        }
        final Term candidate = storage.proposeTerm();
        if (handedOver && !storage.term().equals(followed)) {
            // The old primary itself, perhaps: it takes writes again.
            throw new RefusedException("another server was promoted meanwhile, in the term " + storage.term());
        }
        askToLeave(candidate, ackReplicas, replicas, force);
        if (link != null) {
            waiting.get(link.stop(), STORAGE_MILLIS_MAX);
        }
        if (!force && !handedOver && members.changes() != listChanges) {
            // Whom nobody asked may have had enough to acknowledge a write since this one took the list over.
            throw new RefusedException("the primary has told of other replicas meanwhile; promote again");
        }
        waiting.get(turns.endTerm(), STORAGE_MILLIS_MAX);
        // Whether they count is found out anew; the number stays what was promised until the new term says another one.
        members.replace(members.ackReplicas(), members.members());
        final Term opened = waiting.get(storage.promote(candidate), STORAGE_MILLIS_MAX);
        return new Promoted(opened.toString(), storage.end().sequence(), true, handedOver);
    }

    /**
     * Has the others take no more of the old primary, which they may reach and this one not. After a hand-over that has ended its
     * writes for good, and nothing depends on what they answer.
     */
    private void askToLeave(Term candidate, int ackReplicas, int replicas, boolean force) throws InterruptedException {
        final Standing own = ReplicationSource.standing(storage);
        final long granted =
                askOthers(Purpose.GRANT, new Standing(own.node(), own.dataSet(), own.blank(), candidate, own.end()))
                        .stream()
                        .filter(Message.Told::granted)
                        .count();
        final String objection = PromotionRule.judgeGrants(replicas, ackReplicas, (int) granted);
        if (objection != null && !force) {
            throw new RefusedException(objection + "; promote again, or with --force, and what is lost is lost");
        }
    }

    /** Tells the old primary and all replicas, so that the one takes no more writes and the others follow here. */
    void announce() {
        for (final InetSocketAddress other : others()) {
            peers.call(other, Purpose.FENCE).whenComplete((told, failure) -> {
                if (failure == null) {
                    LOG.info("{} knows of the new term.", ReplicaLink.show(other));
                } else {
                    LOG.warn(
                            "{} could not be told of the new term: {}.", ReplicaLink.show(other), failure.getMessage());
                }
            });
        }
    }

    /** Whether the old primary has ended its writes and all of them are here. */
    private boolean handOver(boolean force) throws InterruptedException {
        if (link == null) {
            return false;
        }
        final long last;
        try {
            last = waiting.get(link.askToYield(), YIELD_MILLIS_MAX);
        } catch (ExecutionException | TimeoutException gone) {
            return false;
        }
        if (last == Message.Yielded.DECLINED) {
            LOG.warn(
                    "{} does not hand over: it is no primary any more, or others do not know of this replica yet.",
                    ReplicaLink.show(link.source()));
            return false;
        }
        final long endNanos = waiting.nowNanos() + TimeUnit.MILLISECONDS.toNanos(CATCH_UP_MILLIS_MAX);
        while (storage.end().sequence() < last) {
            if (waiting.nowNanos() - endNanos >= 0) {
                if (force) {
                    return false;
                }
                throw new RefusedException("the primary has ended its writes at " + last + ", this replica is at "
                        + storage.end().sequence()
                        + "; promote again when it has caught up, or promote the old primary");
            }
            waiting.sleep(POLL_MILLIS);
        }
        return true;
    }

    private List<Message.Told> askOthers(Purpose purpose, Standing said) throws InterruptedException {
        final Map<Member, CompletableFuture<Message.Told>> answers = new LinkedHashMap<>();
        final long own = storage.nodeId();
        for (final Member member : members.members()) {
            if (member.node() != own && isAddress(member.address())) {
                answers.put(member, peers.call(parse(member.address()), purpose, said));
            }
        }
        final List<Message.Told> told = new ArrayList<>();
        for (final Map.Entry<Member, CompletableFuture<Message.Told>> asked : answers.entrySet()) {
            final Member member = asked.getKey();
            try {
                final Message.Told answer = waiting.get(asked.getValue(), ANSWER_MILLIS_MAX);
                if (answer.standing().node() == member.node()) {
                    told.add(answer);
                } else {
                    LOG.warn("At {} is another server than the replica that was there.", member.address());
                }
            } catch (ExecutionException | TimeoutException notReached) {
                LOG.warn("The replica {} cannot be asked: {}.", member.address(), notReached.getMessage());
            }
        }
        return told;
    }

    /**
     * How many replicas there are with this one; 0 where it was never told. What it kept as a primary is no such knowledge for
     * the replica that it became: those who promoted another one since need not have known of it.
     */
    private int replicas(long own) {
        final List<Member> known = members.members();
        if (isTold(own)) {
            return known.size();
        }
        return known.isEmpty() || storage.role() == Role.REPLICA ? 0 : known.size() + 1;
    }

    /** Whether it is on the list, as its primary said it; else it is its own, of a primary. */
    private boolean isTold(long own) {
        return members.members().stream().anyMatch(member -> member.node() == own);
    }

    /**
     * How many had a write before it was acknowledged, as far as that is known: at least one where this is a replica that was
     * never told, and not more than followed where it was the primary itself, so that one of them has to leave it in any case.
     */
    private int ackReplicas(long own) {
        final int said = members.ackReplicas();
        if (isTold(own)) {
            return said;
        }
        return storage.role() == Role.REPLICA
                ? Math.max(1, said)
                : Math.min(said, members.members().size());
    }

    private Set<InetSocketAddress> others() {
        final Set<InetSocketAddress> others = new LinkedHashSet<>();
        if (link != null) {
            others.add(link.source());
        }
        for (final Member member : members.members()) {
            if (member.node() != storage.nodeId() && isAddress(member.address())) {
                others.add(parse(member.address()));
            }
        }
        return others;
    }

    private static boolean isAddress(String address) {
        return address.matches(".+:[0-9]{1,5}");
    }

    /** Host and port; the host may be an IPv6 address in brackets. */
    static InetSocketAddress parse(String address) {
        final int colon = address.lastIndexOf(':');
        return InetSocketAddress.createUnresolved(
                address.substring(0, colon).replaceAll("[\\[\\]]", ""), Integer.parseInt(address.substring(colon + 1)));
    }
}
