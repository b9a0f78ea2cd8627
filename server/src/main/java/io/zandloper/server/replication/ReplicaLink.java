package io.zandloper.server.replication;

import io.zandloper.storage.Installed;
import io.zandloper.storage.Replication;
import io.zandloper.storage.journal.JournalEnd;
import io.zandloper.storage.journal.Term;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A replica's connection to its primary, made again whenever it is gone, until {@link #stop}. What is public or package-private
 * may be called by any thread; everything happens on the loop of replication.
 */
final class ReplicaLink {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaLink.class);

    private static final int CONNECT_MILLIS_MAX = 2_000;
    private static final long PAUSE_MILLIS_MIN = 20;
    private static final long PAUSE_MILLIS_MAX = 1_000;
    /** A connection that was followed for so long was none of those that end again at once. */
    private static final long GOOD_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS_MAX);

    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Replication storage;
    private final FollowerSettings settings;
    private final MemberList members;
    private final LagMeter lag;
    private final ReplicationLoop loop;
    private final ExecutorService slowly;

    private volatile InetSocketAddress source;
    private volatile @Nullable FollowerSession session;
    private volatile Message.@Nullable Welcome welcome;
    /** In which the primary has found that all that is held here is its own; null until then. */
    private volatile @Nullable Term sharedTerm;

    private volatile @Nullable String lastRefusal;
    private volatile @Nullable Installed lastInstalled;
    private @Nullable CompletableFuture<Long> yielded;
    private String loggedRefusal = "";
    private volatile boolean stopped;
    private long pauseMillis = PAUSE_MILLIS_MIN;
    /** Whether it is known why the present connection ends. */
    private boolean refused;
    /** Since when the present connection is good; 0 where it is not. */
    private long followedNanos;

    ReplicaLink(
            Replication storage,
            FollowerSettings settings,
            MemberList members,
            LagMeter lag,
            ReplicationLoop loop,
            InetSocketAddress source) {
        this.storage = storage;
        this.settings = settings;
        this.members = members;
        this.lag = lag;
        this.loop = loop;
        this.slowly = loop.newSlowThread("zandloper-sync");
        this.source = source;
    }

    void start() {
        loop.execute(this::connect);
    }

    /** Follows nobody any more. What is being installed is finished first. */
    CompletableFuture<Void> stop() {
        final CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> {
            stopped = true;
            final FollowerSession present = session;
            if (present != null) {
                present.refuse(RefusalReason.STOPPING, "this server follows nobody any more");
            }
            slowly.execute(() -> done.complete(null));
            slowly.shutdown();
        });
        return done;
    }

    boolean isStopped() {
        return stopped;
    }

    /** Follows another one from here on. */
    void follow(InetSocketAddress other) {
        loop.execute(() -> {
            if (stopped || other.equals(source)) {
                return;
            }
            LOG.info("The primary is {} from here on, it was {}.", show(other), show(source));
            source = other;
            final FollowerSession present = session;
            if (present != null) {
                present.refuse(RefusalReason.STOPPING, "this server follows another one from here on");
            }
        });
    }

    /** Has the primary take no more writes; the last of them, or a failure where it is not followed now. */
    CompletableFuture<Long> askToYield() {
        final CompletableFuture<Long> last = new CompletableFuture<>();
        loop.execute(() -> {
            final FollowerSession present = session;
            if (present == null || !present.askToYield()) {
                last.completeExceptionally(new IllegalStateException("the primary is not followed now"));
            } else {
                yielded = last;
            }
        });
        return last;
    }

    InetSocketAddress source() {
        return source;
    }

    /** What the primary said last; null before it said anything. */
    Message.@Nullable Welcome welcome() {
        return welcome;
    }

    /** Why it was not followed when that was tried last; null once its changes come. */
    @Nullable
    String lastRefusal() {
        return lastRefusal;
    }

    /** The last full sync; null where there was none. */
    @Nullable
    Installed lastInstalled() {
        return lastInstalled;
    }

    /** Whether what is held here is known to be the primary's, and nobody else was promoted since. */
    boolean sharesHistory() {
        return storage.term().equals(sharedTerm);
    }

    FollowerSession.State state() {
        final FollowerSession present = session;
        return present == null ? FollowerSession.State.CONNECTING : present.state();
    }

    /** Of the snapshot being received, and of all of it. */
    long[] syncProgress() {
        final FollowerSession present = session;
        return present == null ? new long[2] : new long[] {present.syncBytes(), present.syncBytesTotal()};
    }

    // ---- On the loop ---------------------------------------------------------------------------------------------

    private void connect() {
        if (stopped) {
            return;
        }
        loop.connect(source, ReplicationLimits.FRAME_BYTES_MAX, CONNECT_MILLIS_MAX, new ReplicationLoop.Caller() {
            @Override
            public Connection.Receiver onConnected(Connection connection) {
                return begin(connection);
            }

            @Override
            public void onFailed(Throwable cause) {
                onRefusal("it cannot be reached: " + cause.getMessage());
                connectLater();
            }
        });
    }

    private void connectLater() {
        if (stopped) {
            return;
        }
        loop.schedule(this::connect, TimeUnit.MILLISECONDS.toNanos(pauseMillis));
        pauseMillis = Math.min(PAUSE_MILLIS_MAX, 2 * pauseMillis);
    }

    private Connection.Receiver begin(Connection connection) {
        final FollowerSession opened =
                new FollowerSession(storage, settings, connection, loop, slowly, new SessionListener());
        session = opened;
        refused = false;
        followedNanos = 0;
        opened.onOpen(loop.nowNanos());
        if (stopped) {
            opened.refuse(RefusalReason.STOPPING, "this server follows nobody any more");
        }
        tick(opened);
        return new Connection.Receiver() {
            @Override
            public void onMessage(Message message) {
                opened.onMessage(message, loop.nowNanos());
            }

            @Override
            public void onMalformed(String reason) {
                opened.onMalformed(reason);
            }

            @Override
            public void onClosed() {
                opened.onClosed();
                ReplicaLink.this.onClosed(opened);
            }
        };
    }

    private void onClosed(FollowerSession closed) {
        if (session != closed) {
            return;
        }
        session = null;
        if (yielded != null) {
            yielded.completeExceptionally(new IllegalStateException("the connection to the primary is gone"));
            yielded = null;
        }
        if (!refused) {
            onRefusal("the connection is gone");
        }
        // Else what cannot be taken, on a full disk, say, would be sent again and again without a pause.
        if (followedNanos != 0 && loop.nowNanos() - followedNanos > GOOD_NANOS_MIN) {
            pauseMillis = PAUSE_MILLIS_MIN;
        }
        // What is being installed is finished before another session may begin one.
        if (!stopped) {
            slowly.execute(() -> loop.execute(this::connectLater));
        }
    }

    private void tick(FollowerSession ticking) {
        if (session == ticking) {
            ticking.onTick(loop.nowNanos());
            loop.schedule(() -> tick(ticking), TICK_NANOS);
        }
    }

    private void onRefusal(String reason) {
        refused = true;
        lastRefusal = reason;
        if (!reason.equals(loggedRefusal) && !stopped) {
            loggedRefusal = reason;
            LOG.warn("The primary {} is not followed: {}.", show(source), reason);
        }
    }

    static String show(InetSocketAddress address) {
        final String host = address.getHostString();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    private final class SessionListener implements FollowerSession.Listener {
        @Override
        public void onWelcome(Message.Welcome said) {
            welcome = said;
            if (said.fullSync() == null) {
                sharedTerm = said.standing().term();
                lastRefusal = null;
                loggedRefusal = "";
                followedNanos = loop.nowNanos();
                LOG.info(
                        "The primary {} is followed, term={} from={}.",
                        show(source),
                        said.standing().term(),
                        storage.end().sequence());
            } else {
                LOG.info("The primary {} sends everything anew, for {}.", show(source), said.fullSync());
            }
        }

        @Override
        public void onRefused(RefusalReason reason, String detail) {
            onRefusal(detail);
        }

        @Override
        public void onSyncBegins(JournalEnd end, long totalBytes, long presentBytes) {
            LOG.info(
                    "A snapshot is being received, sequence={} bytes={} present={}.",
                    end.sequence(),
                    totalBytes,
                    presentBytes);
        }

        @Override
        public void onInstalled(Installed installed) {
            lastInstalled = installed;
            lag.onOtherHistory();
            if (installed.tails().isEmpty()) {
                LOG.info("The snapshot is in use, sequence={}.", installed.end().sequence());
            } else {
                LOG.warn(
                        "The snapshot is in use, sequence={}; changes that only this server had are set aside in {}.",
                        installed.end().sequence(),
                        installed.tails());
            }
        }

        @Override
        public void onNewest(long sequence, long nowNanos) {
            lag.onNewest(sequence, storage.end().sequence(), nowNanos);
        }

        @Override
        public void onMembers(Message.Members said) {
            members.replace(said.ackReplicas(), said.members());
        }

        @Override
        public void onYielded(long lastSequence) {
            if (yielded != null) {
                yielded.complete(lastSequence);
                yielded = null;
            }
        }
    }
}
