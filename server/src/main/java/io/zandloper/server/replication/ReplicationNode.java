package io.zandloper.server.replication;

import io.zandloper.server.config.ReplicationSettings;
import io.zandloper.server.role.Promotable;
import io.zandloper.server.role.ReplicaList;
import io.zandloper.server.role.ReplicationStatus;
import io.zandloper.server.role.Role;
import io.zandloper.server.wire.Takeover;
import io.zandloper.storage.ChangeListener;
import io.zandloper.storage.Replication;
import io.zandloper.storage.SetAsideTails;
import io.zandloper.storage.Storage;
import io.zandloper.storage.change.RecordEvent;
import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.disk.FileDisk;
import io.zandloper.storage.journal.Term;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This server among others: who may follow it, whom it follows, and how it becomes primary. Made and closed by the composition
 * root; all else any thread.
 */
public final class ReplicationNode implements Role, Promotable, ReplicaList, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicationNode.class);
    /** What to do with a server that is fenced. */
    public static final String FENCED = "this server followed another one, has handed over or was superseded:"
            + " start it with --replica-of, or promote it";
    /** In the journal's folder. */
    private static final String MEMBERS = "replicas";

    private static final long STOP_MILLIS_MAX = 10_000;
    private static final long POLL_MILLIS = 5;

    private final Replication replication;
    private final ReplicationSettings settings;
    private final Path journalFolder;
    private final ReplicationLoop loop;
    private final Takeover takeover;
    private final Waiting waiting;
    private final MemberList members;
    private final ReplicationSource source;
    private final SourceTurns turns;
    private final FollowerSettings followerSettings;
    private final LagMeter lag;
    private final PeerCalls peers;
    private final Replication.Subscription durableListening;
    private final @Nullable EventForwarder forwarder;

    private volatile @Nullable ReplicaLink link;
    private volatile String supersededBy = "";
    /** Whether whoever superseded this server is known to have all that is here. */
    private volatile boolean successorHasAll;

    private volatile String httpAddress = "";
    private volatile String binaryAddress = "";
    private volatile String toldAddress = "";

    /**
     * Until {@link #start} nobody can follow: what is imported before waits for nobody, as if as many replicas as must have it
     * had everything.
     *
     * @param journalFolder of the storage
     */
    public ReplicationNode(Storage storage, ReplicationSettings settings, Path journalFolder) {
        this(storage, settings, journalFolder, FileDisk.INSTANCE, new NettyLoop());
    }

    private ReplicationNode(
            Storage storage, ReplicationSettings settings, Path journalFolder, Disk disk, NettyLoop network) {
        this(storage, settings, journalFolder, disk, network, network, Waiting.BLOCKING);
    }

    /**
     * The same over any network.
     *
     * @param disk that the journal's folder is on
     * @param takeover of the connections that {@code loop} accepts, from the binary port
     */
    ReplicationNode(
            Storage storage,
            ReplicationSettings settings,
            Path journalFolder,
            Disk disk,
            ReplicationLoop loop,
            Takeover takeover,
            Waiting waiting) {
        this.replication = storage.replication();
        this.settings = settings;
        this.journalFolder = journalFolder;
        this.loop = loop;
        this.takeover = takeover;
        this.waiting = waiting;
        this.members = MemberList.open(disk, journalFolder, MEMBERS);
        this.source = new ReplicationSource(
                replication,
                new SourceSettings(
                        settings.credentials(),
                        settings.ackReplicas(),
                        settings.syncJournalBytes(),
                        settings.syncBytesPerSecond(),
                        () -> httpAddress,
                        () -> binaryAddress,
                        () -> writing().binary()),
                members,
                loop,
                new SourceListener());
        this.turns = new SourceTurns(source, loop);
        loop.listen(turns);
        this.followerSettings = new FollowerSettings(
                settings.credentials(),
                () -> toldAddress,
                () -> storage.catalog().version());
        this.lag =
                new LagMeter(loop.nowNanos(), TimeUnit.MILLISECONDS.toNanos(ReplicationLimits.SILENCE_FOR_LAG_MILLIS));
        this.peers = new PeerCalls(replication, followerSettings, loop);
        this.forwarder =
                settings.forwardEvents() ? new EventForwarder(() -> writing().binary()) : null;
        this.durableListening = replication.onDurable(turns::wake);
        for (int i = 1; i <= settings.ackReplicas(); i++) {
            replication.acknowledgements().onConnected(-i, Long.MAX_VALUE);
        }
    }

    /** What takes connections of servers over from the binary port. */
    public Takeover takeover() {
        return takeover;
    }

    /**
     * Begins to follow, where it is a replica; the ports are open.
     *
     * @param host that the ports listen on; empty for all there are
     */
    public void start(String host, int binaryPort, int httpPort) {
        final String advertised = settings.advertise() == null ? host : settings.advertise();
        final String shown = advertised.contains(":") ? "[" + advertised + "]" : advertised;
        toldAddress = shown + ":" + binaryPort;
        binaryAddress = shown.isEmpty() ? "" : toldAddress;
        httpAddress = shown.isEmpty() ? "" : "http://" + shown + ":" + httpPort;
        for (int i = 1; i <= settings.ackReplicas(); i++) {
            replication.acknowledgements().onLost(-i);
        }
        if (forwarder != null) {
            forwarder.start();
        }
        if (isFenced()) {
            LOG.warn("No writes are taken: {}.", FENCED);
        }
        final InetSocketAddress primary = settings.replicaOf();
        if (primary != null && replication.role() == io.zandloper.storage.Role.REPLICA) {
            follow(primary);
        }
    }

    private void follow(InetSocketAddress primary) {
        final ReplicaLink started = new ReplicaLink(replication, followerSettings, members, lag, loop, primary);
        link = started;
        started.start();
    }

    /** Waits until a replica has everything it knows of, at most so long. */
    public void awaitCaughtUp(long millisMax) throws InterruptedException {
        final long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millisMax);
        while (isReplica() && lagMillis() > 0 && System.nanoTime() - endNanos < 0) {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    /** Whether it has a state, where its primary has one, and is not further behind than configured. */
    public boolean isWithinLag() {
        if (!isReplica()) {
            return true;
        }
        final long sequence = replication.end().sequence();
        final boolean awaitsFirstState = sequence == 0 && lag.lagSequences(sequence) > 0;
        return lag.isKnown()
                && !awaitsFirstState
                && lagMillis() <= settings.lagMax().toMillis();
    }

    // ---- Role ----------------------------------------------------------------------------------------------------

    @Override
    public boolean isReplica() {
        return replication.role() == io.zandloper.storage.Role.REPLICA;
    }

    /** Whether it takes no writes and follows nobody. */
    private boolean isFenced() {
        return replication.role() == io.zandloper.storage.Role.FENCED;
    }

    @Override
    public boolean takesWrites() {
        return replication.role() == io.zandloper.storage.Role.PRIMARY;
    }

    @Override
    public boolean takesEvents() {
        return takesWrites() || (forwarder != null && isReplica());
    }

    @Override
    public boolean sendOn(RecordEvent event, ChangeListener listener) {
        return forwarder != null && forwarder.forward(event, listener);
    }

    @Override
    public Writing writing() {
        final ReplicaLink present = link;
        if (present == null) {
            return new Writing(
                    supersededBy.isEmpty() ? FENCED : "this server was superseded, writes are taken by " + supersededBy,
                    "",
                    supersededBy);
        }
        final Message.Welcome welcome = present.welcome();
        final String configured = ReplicaLink.show(present.source());
        if (welcome == null || welcome.httpAddress().isEmpty()) {
            return new Writing("this is a replica, its primary " + configured + " takes writes", "", configured);
        }
        return new Writing(
                "this is a replica, its primary takes writes at " + welcome.httpAddress() + " and " + welcome.address(),
                welcome.httpAddress(),
                welcome.address());
    }

    @Override
    public boolean sharesHistory() {
        if (!isReplica()) {
            return takesWrites() || successorHasAll;
        }
        final ReplicaLink present = link;
        return present != null && present.sharesHistory();
    }

    @Override
    public long lagMillis() {
        return isReplica() ? lag.lagMillis(replication.end().sequence(), loop.nowNanos()) : 0;
    }

    /** For the operator. */
    public ReplicationStatus status() {
        final Term term = replication.term();
        final long sequence = replication.end().sequence();
        final boolean replica = isReplica();
        final List<ReplicationStatus.Replica> replicas = new ArrayList<>();
        for (final ReplicaStatus status : source.replicas()) {
            replicas.add(new ReplicationStatus.Replica(
                    Long.toHexString(status.node()),
                    status.address(),
                    status.state(),
                    status.sequence(),
                    Math.max(0, sequence - status.sequence()),
                    status.syncBytesSent()));
        }
        final List<String> tails = new ArrayList<>();
        SetAsideTails.list(journalFolder).forEach(tail -> tails.add(tail.toString()));
        return new ReplicationStatus(
                replication.role().name().toLowerCase(Locale.ROOT),
                term.number(),
                term.toString(),
                Long.toHexString(replication.nodeId()),
                replication.dataSet(),
                replica ? lag.lagSequences(sequence) : 0,
                lagMillis(),
                following(),
                List.copyOf(replicas),
                new ReplicationStatus.Sent(source.changeBytesSent(), source.snapshotBytesSent()),
                new ReplicationStatus.Acknowledging(
                        settings.ackReplicas(),
                        replication.acknowledgements().waiting(),
                        replication.acknowledgements().refused()),
                List.copyOf(tails),
                source.known().stream()
                        .map(known -> new ReplicationStatus.Known(
                                Long.toHexString(known.node()), known.address(), known.following(), known.counts()))
                        .toList());
    }

    private ReplicationStatus.@Nullable Following following() {
        final ReplicaLink present = link;
        if (present == null || !isReplica()) {
            return null;
        }
        final long[] sync = present.syncProgress();
        return new ReplicationStatus.Following(
                ReplicaLink.show(present.source()),
                present.state().name().toLowerCase(Locale.ROOT),
                present.lastRefusal(),
                sync[0],
                sync[1]);
    }

    // ---- Promotion -----------------------------------------------------------------------------------------------

    @Override
    public synchronized Promoted promote(boolean force) {
        if (takesWrites()) {
            return new Promoted(replication.term().toString(), replication.end().sequence(), false, false);
        }
        final ReplicaLink present = link;
        final Promotion promotion = new Promotion(replication, present, members, peers, turns, waiting);
        final Promoted promoted;
        try {
            promoted = promotion.run(force);
        } catch (RefusedException e) {
            if (present != null && present.isStopped()) {
                follow(present.source());
            }
            throw e;
        }
        link = null;
        supersededBy = "";
        successorHasAll = false;
        LOG.warn(
                "This server is the primary from here on, term={} sequence={} handedOver={} forced={}.",
                promoted.term(),
                promoted.sequence(),
                promoted.handedOver(),
                force);
        promotion.announce();
        return promoted;
    }

    @Override
    public int forget(long node) {
        return new Forgetting(turns, waiting, settings.ackReplicas()).run(node);
    }

    /** On the loop of replication. */
    private final class SourceListener implements ReplicationSource.Listener {
        @Override
        public void onSuperseded(Term newer, String address, boolean hasAll) {
            final ReplicaLink present = link;
            if (present == null) {
                supersededBy = address;
                successorHasAll = hasAll;
                LOG.error(
                        "This server was superseded by the term {}{}, and takes no more writes;"
                                + " start it again with --replica-of to follow.",
                        newer,
                        address.isEmpty() ? "" : " of " + address);
            } else if (!address.isEmpty()) {
                present.follow(Promotion.parse(address));
            }
        }

        @Override
        public void onYield(long node) {
            LOG.warn("No more writes are taken here: the replica {} is to become primary.", Long.toHexString(node));
        }

        @Override
        public void onFenceFailed(Throwable cause) {
            LOG.error(
                    "No more writes are taken here, but a restart would take them, as that cannot be kept;"
                            + " start it again with --replica-of.",
                    cause);
        }

        @Override
        public void onRefused(String follower, RefusalReason reason, String detail) {
            LOG.warn("The connection of the replica {} ends: {} ({}).", follower, detail, reason);
        }

        @Override
        public void onFollowing(String follower) {
            LOG.info("The replica {} follows.", follower);
        }

        @Override
        public void onNotCounting(String follower, List<Message.Member> away) {
            final List<String> names = away.stream()
                    .map(member -> member.address() + " (node " + Long.toHexString(member.node()) + ")")
                    .toList();
            LOG.warn(
                    "The replica {} has everything, but writes do not count with it: {} are away and have not heard of it."
                            + " Start them again, or, where they are lost for good, have each forgotten:"
                            + " POST /admin/forget-replica?node=NODE on the admin port.",
                    follower,
                    names);
        }

        @Override
        public void onForgotten(long node) {
            LOG.warn("The replica with the node {} is off the list of replicas.", Long.toHexString(node));
        }
    }

    @Override
    public void close() {
        durableListening.close();
        final ReplicaLink present = link;
        try {
            if (forwarder != null) {
                forwarder.stop();
            }
            if (present != null) {
                waiting.get(present.stop(), STOP_MILLIS_MAX);
            }
            waiting.get(
                    CompletableFuture.runAsync(
                            () -> turns.stop(RefusalReason.STOPPING, "the server is stopping"), loop),
                    STOP_MILLIS_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException e) {
            LOG.warn("Replication is ended while something is under way.", e);
        }
        loop.close();
    }
}
