package io.zandloper.server.replication;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Has a source work when something has happened or time has passed. On the loop of replication, but for what says otherwise. */
final class SourceTurns implements ReplicationLoop.Acceptor {
    private static final long HEARTBEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(ReplicationLimits.HEARTBEAT_MILLIS);

    private final ReplicationSource source;
    private final ReplicationLoop loop;
    private final AtomicBoolean woken = new AtomicBoolean();
    private boolean scheduled;
    private long scheduledNanos;
    private boolean stopped;

    SourceTurns(ReplicationSource source, ReplicationLoop loop) {
        this.source = source;
        this.loop = loop;
    }

    /** More is durable. Any thread; costs little. */
    void wake() {
        if (source.isFollowed() && woken.compareAndSet(false, true)) {
            loop.execute(() -> {
                woken.set(false);
                work();
            });
        }
    }

    @Override
    public Connection.@Nullable Receiver onAccepted(Connection connection, String remoteHost) {
        if (stopped) {
            return null;
        }
        final SourceSession session = source.open(connection, remoteHost, loop.nowNanos());
        loop.execute(this::work);
        return new Connection.Receiver() {
            @Override
            public void onMessage(Message message) {
                session.onMessage(message, loop.nowNanos());
                work();
            }

            @Override
            public void onMalformed(String reason) {
                session.onMalformed(reason);
            }

            @Override
            public void onWritable() {
                work();
            }

            @Override
            public void onClosed() {
                session.onClosed();
            }
        };
    }

    /** See {@link ReplicationSource#onTermEnds}. Any thread. */
    CompletableFuture<Void> endTerm() {
        return CompletableFuture.runAsync(source::onTermEnds, loop);
    }

    /** See {@link LeavingReplicas#forget}. Any thread. */
    CompletableFuture<Integer> forget(long node) {
        return CompletableFuture.supplyAsync(
                        () -> {
                            final CompletableFuture<Integer> left = source.forget(node);
                            work();
                            return left;
                        },
                        loop)
                .thenCompose(left -> left);
    }

    /** See {@link LeavingReplicas#keep}. Any thread. */
    void keep(long node, String reason) {
        loop.execute(() -> source.keep(node, reason));
    }

    /** Ends all connections, says why, and wants no more. */
    void stop(RefusalReason reason, String detail) {
        stopped = true;
        source.stop(reason, detail);
    }

    private void work() {
        final long nowNanos = loop.nowNanos();
        final long nextNanos = source.work(nowNanos);
        final long dueNanos = nowNanos + Math.min(nextNanos, HEARTBEAT_NANOS);
        if (nextNanos != Long.MAX_VALUE && (!scheduled || dueNanos - scheduledNanos < 0)) {
            scheduled = true;
            scheduledNanos = dueNanos;
            loop.schedule(() -> workAt(dueNanos), dueNanos - nowNanos);
        }
    }

    /** Unless an earlier time was found meanwhile. */
    private void workAt(long dueNanos) {
        if (scheduled && scheduledNanos == dueNanos) {
            scheduled = false;
            work();
        }
    }
}
