package io.zandloper.server.replication;

import io.zandloper.server.replication.Message.Member;
import io.zandloper.server.replication.Message.Standing;
import io.zandloper.storage.Replication;
import io.zandloper.storage.Role;
import io.zandloper.storage.journal.Term;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * All that follow this server: shares the rate of snapshots among them, and sees to it that each knows of the others.
 * Everything happens on one thread, but for what says any thread.
 */
public final class ReplicationSource {
    /** Hears of what is worth a line in the log, or a change of role. On the source's thread. */
    public interface Listener {
        /**
         * Somebody knows of a newer term: this server is not to be followed any more, and takes no writes.
         *
         * @param address of whoever opened it; empty where it is not known
         * @param hasAll whether that one is known to have all that is here
         */
        void onSuperseded(Term newer, String address, boolean hasAll);

        /** A follower asked for the writes to end, to become primary itself. */
        void onYield(long node);

        /** No writes are taken, but a restart may forget it. On any thread. */
        void onFenceFailed(Throwable cause);

        void onRefused(String follower, RefusalReason reason, String detail);

        void onFollowing(String follower);

        /** A follower has had everything and counts for nothing, as these, who do not follow now, have not heard of it. */
        void onNotCounting(String follower, List<Member> away);

        /** A replica that does not follow any more is off the list. */
        void onForgotten(long node);
    }

    private final Replication storage;
    private final SourceSettings settings;
    private final MemberList members;
    private final Executor executor;
    private final Listener listener;
    private final SyncPacer pacer;
    private final LongAdder changeBytesSent = new LongAdder();
    private final LongAdder snapshotBytesSent = new LongAdder();
    private final ByteBuffer chunk = ByteBuffer.allocateDirect(ReplicationLimits.CHUNK_BYTES);
    private final List<SourceSession> sessions = new CopyOnWriteArrayList<>();
    /** By nodes: the version of the list of members in which they came, and the newest that they have, since the start. */
    private final Map<Long, Long> addedIn = new HashMap<>();

    private final Map<Long, Long> knownTo = new HashMap<>();
    private long membersVersion = 1;
    /** The first that tells of the present term, and of the number of replicas that writes wait for in it. */
    private long firstVersion = 1;

    private final LeavingReplicas leaving;
    /** The node that the present term was handed over to; null where it was not. */
    private @Nullable Long yieldedTo;

    /** @param executor runs what it is given on the source's thread, after what runs now */
    public ReplicationSource(
            Replication storage, SourceSettings settings, MemberList members, Executor executor, Listener listener) {
        this.storage = storage;
        this.settings = settings;
        this.members = members;
        this.executor = executor;
        this.listener = listener;
        this.pacer = new SyncPacer(settings.syncBytesPerSecond());
        this.leaving = new LeavingReplicas(storage, this, settings.ackReplicas());
    }

    /**
     * Somebody has connected.
     *
     * @param remoteHost where from
     */
    public SourceSession open(SourceSession.Outbound out, String remoteHost, long nowNanos) {
        final SourceSession session = new SourceSession(this, out, remoteHost, nowNanos);
        sessions.add(session);
        return session;
    }

    /**
     * Sends what is to be sent, to all of them: after a message, when more is durable or taken, and when time has passed.
     *
     * @return nanoseconds until there may be more to do without anything having happened
     */
    public long work(long nowNanos) {
        sessions.removeIf(SourceSession::isClosed);
        leaving.work();
        long nextNanos = Long.MAX_VALUE;
        for (final SourceSession session : sessions) {
            nextNanos = Math.min(nextNanos, session.work(nowNanos));
        }
        return nextNanos;
    }

    /** All that are known but this one, which was among them where it was a replica once. */
    private List<Member> followers() {
        return members.members().stream()
                .filter(member -> member.node() != storage.nodeId())
                .toList();
    }

    /**
     * This server is about to open another term: who follows has to say anew where it stands, and to hear anew who is on the
     * list, for others may have told it otherwise meanwhile.
     */
    void onTermEnds() {
        leaving.keepAll("another term begins");
        sessions.stream()
                .filter(session -> session.status() != null)
                .forEach(session -> session.refuse(RefusalReason.STOPPING, "another term begins here"));
        membersVersion++;
        addedIn.clear();
        knownTo.clear();
        firstVersion = membersVersion;
        yieldedTo = null;
    }

    /** Ends all connections, and says why. */
    public void stop(RefusalReason reason, String detail) {
        sessions.forEach(session -> session.refuse(reason, detail));
        sessions.clear();
    }

    /** Whether anybody is connected. Any thread. */
    boolean isFollowed() {
        return !sessions.isEmpty();
    }

    /** Who follows now. Any thread. */
    public List<ReplicaStatus> replicas() {
        final List<ReplicaStatus> replicas = new ArrayList<>();
        for (final SourceSession session : sessions) {
            final ReplicaStatus status = session.status();
            if (status != null && !session.isClosed()) {
                replicas.add(status);
            }
        }
        return replicas;
    }

    /** Frames with changes that were sent to all replicas, since the start. Any thread. */
    public long changeBytesSent() {
        return changeBytesSent.sum();
    }

    /** Frames with pieces of snapshots, likewise. Any thread. */
    public long snapshotBytesSent() {
        return snapshotBytesSent.sum();
    }

    void onChangesSent(long lengthBytes) {
        changeBytesSent.add(lengthBytes);
    }

    void onSnapshotSent(long lengthBytes) {
        snapshotBytesSent.add(lengthBytes);
    }

    Replication storage() {
        return storage;
    }

    SourceSettings settings() {
        return settings;
    }

    Executor executor() {
        return executor;
    }

    SyncPacer pacer() {
        return pacer;
    }

    /** For one chunk of a snapshot, within one call. */
    ByteBuffer chunk() {
        return chunk;
    }

    Standing standing() {
        return standing(storage);
    }

    static Standing standing(Replication storage) {
        return new Standing(storage.nodeId(), storage.dataSet(), storage.isBlank(), storage.term(), storage.end());
    }

    /** Takes as long for nearly right credentials as for wrong ones. */
    boolean admits(String said) {
        return MessageDigest.isEqual(
                settings.credentials().getBytes(StandardCharsets.UTF_8), said.getBytes(StandardCharsets.UTF_8));
    }

    void onSuperseded(Term newer, String address, boolean hasAll) {
        if (storage.role() == Role.PRIMARY) {
            // What was accepted before is still told to whoever is of this term; nobody waits for the end of it.
            storage.fence().whenComplete((done, failure) -> {
                if (failure != null) {
                    listener.onFenceFailed(failure);
                }
            });
        }
        listener.onSuperseded(newer, address, hasAll);
    }

    /**
     * Somebody asks for the writes to end; whether it may have that. A term is handed over once: two who did not have to ask
     * anybody could open rival ones. And where writes wait for replicas, only to one that counts: who does not know of it could
     * be promoted without asking it.
     */
    boolean onYield(long node) {
        final boolean may = yieldedTo == null
                ? storage.role() == Role.PRIMARY && (settings.ackReplicas() == 0 || counts(node))
                : yieldedTo == node;
        if (!may) {
            return false;
        }
        yieldedTo = node;
        listener.onYield(node);
        return true;
    }

    /**
     * Somebody is sent the stream from now on.
     *
     * @throws java.io.UncheckedIOException where the list of members cannot be kept
     */
    void onFollowing(Member member) {
        listener.onFollowing(member.address());
        if (storage.role() == Role.PRIMARY && members.begin(storage.nodeId(), settings.ackReplicas())) {
            membersVersion++;
            addedIn.clear();
            firstVersion = membersVersion;
        }
        if (members.add(member)) {
            membersVersion++;
            addedIn.put(member.node(), membersVersion);
        }
        leaving.keep(member.node(), "it follows now; stop it first");
        followers().stream()
                .filter(other ->
                        other.node() != member.node() && other.address().equals(member.address()))
                .forEach(replaced -> leaving.onReplaced(replaced.node()));
    }

    /** A follower has this version of the list of members, and does not lose it. */
    void onMembersKnown(long node, long version) {
        knownTo.merge(node, version, Math::max);
    }

    /**
     * Whether what a follower has counts for acknowledgements: once all on the list, whether they follow now or not, know that
     * it is on it, and for how many writes wait. Else one of them might be promoted without asking it.
     *
     * @throws java.io.UncheckedIOException where that cannot be kept
     */
    boolean counts(long node) {
        if (members.ackReplicas() != settings.ackReplicas()) {
            return false;
        }
        if (members.isCounted(node)) {
            return true;
        }
        final boolean known = followers().stream().allMatch(member -> hasHeardOf(member, node));
        if (known) {
            members.count(node);
        }
        return known;
    }

    private boolean hasHeardOf(Member member, long node) {
        return knownTo.getOrDefault(member.node(), 0L) >= addedIn.getOrDefault(node, firstVersion);
    }

    /** The list for a follower that was told of it as it was in another version; null where it is not to be told now. */
    Message.@Nullable Members news(long node, long toldVersion) {
        return toldVersion < membersVersion && mayBeTold(node)
                ? new Message.Members(membersVersion, members.ackReplicas(), followers())
                : null;
    }

    /**
     * Whether a follower may know who the others are, and be promoted then: where writes wait for replicas, once all that came
     * before it have heard of it. Else it and one of them, who does not know of it, could both be promoted, with others each.
     */
    private boolean mayBeTold(long node) {
        if (members.ackReplicas() == 0 || members.isCounted(node)) {
            return true;
        }
        for (final Member earlier : followers()) {
            if (earlier.node() == node) {
                return true;
            }
            if (!hasHeardOf(earlier, node)) {
                return false;
            }
        }
        return true;
    }

    /** Says, where writes wait for replicas, on account of whom a follower that does not count does not. */
    boolean tellWhoIsAway(SourceSession follower, long node) {
        final List<Member> away = settings.ackReplicas() == 0
                ? List.of()
                : followers().stream()
                        .filter(member -> !hasHeardOf(member, node) && !isFollowing(member.node()))
                        .toList();
        if (!away.isEmpty()) {
            listener.onNotCounting(follower.toString(), away);
        }
        return !away.isEmpty();
    }

    // ---- Those that are lost -------------------------------------------------------------------------------------

    /** See {@link LeavingReplicas#forget}. */
    CompletableFuture<Integer> forget(long node) {
        return leaving.forget(node);
    }

    /** See {@link LeavingReplicas#keep}. */
    void keep(long node, String reason) {
        leaving.keep(node, reason);
    }

    /** Whether it is on the list. */
    boolean isKnown(long node) {
        return followers().stream().anyMatch(member -> member.node() == node);
    }

    /** Whether it is connected, and has said that it wants to follow. Any thread. */
    boolean isFollowing(long node) {
        return replicas().stream().anyMatch(replica -> replica.node() == node);
    }

    /** How many that get the stream have everything up to a sequence, whether they count or not. */
    int holding(long sequence) {
        return (int) sessions.stream()
                .filter(session -> session.isStreaming() && session.acknowledged() >= sequence)
                .map(SourceSession::node)
                .distinct()
                .count();
    }

    /**
     * Takes one off the list, and tells the others.
     *
     * @return how many are left
     * @throws java.io.UncheckedIOException where that cannot be kept
     */
    int remove(long node) {
        members.remove(node);
        addedIn.remove(node);
        knownTo.remove(node);
        membersVersion++;
        listener.onForgotten(node);
        return followers().size();
    }

    /** All that are on the list, whether they follow now or not. Any thread. */
    public List<KnownReplica> known() {
        final boolean counting = storage.role() == Role.PRIMARY && members.ackReplicas() == settings.ackReplicas();
        return followers().stream()
                .map(member -> new KnownReplica(
                        member.node(),
                        member.address(),
                        isFollowing(member.node()),
                        counting && members.isCounted(member.node())))
                .toList();
    }

    void onFollowerGone(SourceSession session, Message.Refused said) {
        listener.onRefused(session.toString(), said.reason(), "it says: " + said.detail());
    }

    void onRefused(SourceSession session, RefusalReason reason, String detail) {
        listener.onRefused(session.toString(), reason, detail);
    }
}
