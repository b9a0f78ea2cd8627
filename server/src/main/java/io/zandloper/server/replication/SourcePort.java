package io.zandloper.server.replication;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.zandloper.server.wire.Takeover;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The source's side of the network: takes over followers' connections from the binary port, and has the source work when
 * something has happened or time has passed. Connections move to the event loop of replication where that can be, so that no
 * snapshot is sent from a loop that answers lookups.
 */
final class SourcePort implements Takeover {
    private static final int CONNECTIONS_MAX = 64;
    private static final long HEARTBEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(ReplicationLimits.HEARTBEAT_MILLIS);

    private final ReplicationSource source;
    private final EventLoop loop;
    private final Class<? extends Channel> channelClass;
    private final AtomicBoolean woken = new AtomicBoolean();
    private final AtomicInteger connections = new AtomicInteger();
    private boolean scheduled;
    private long scheduledNanos;
    private boolean stopped;

    /** @param channelClass of the channels that the loop can have */
    SourcePort(ReplicationSource source, EventLoop loop, Class<? extends Channel> channelClass) {
        this.channelClass = channelClass;
        this.source = source;
        this.loop = loop;
    }

    /** More is durable. Any thread; costs little. */
    void wake() {
        if (connections.get() > 0 && woken.compareAndSet(false, true)) {
            loop.execute(() -> {
                woken.set(false);
                work();
            });
        }
    }

    @Override
    public void take(Channel channel, ByteBuf bytes) {
        if (connections.incrementAndGet() > CONNECTIONS_MAX) {
            connections.decrementAndGet();
            bytes.release();
            channel.close();
            return;
        }
        channel.closeFuture().addListener(closed -> connections.decrementAndGet());
        channel.config().setAutoRead(false);
        if (!canMove(channel)) {
            loop.execute(() -> adopt(channel, bytes));
            return;
        }
        channel.deregister()
                .addListener(gone -> loop.register(channel).addListener(moved -> {
                    if (moved.isSuccess()) {
                        loop.execute(() -> adopt(channel, bytes));
                    } else {
                        bytes.release();
                        channel.close();
                    }
                }));
    }

    /** On the loop of replication: ends all connections and says why. */
    void stop(RefusalReason reason, String detail) {
        stopped = true;
        source.stop(reason, detail);
    }

    private void adopt(Channel channel, ByteBuf bytes) {
        if (stopped) {
            bytes.release();
            channel.close();
            return;
        }
        final Wire wire = new Wire(channel, loop, ReplicationLimits.SHORT_FRAME_BYTES_MAX, this::work);
        final String host = channel.remoteAddress() instanceof InetSocketAddress remote
                ? remote.getAddress().getHostAddress()
                : "";
        final SourceSession session = source.open(wire, host, System.nanoTime());
        wire.receive(new Wire.Receiver() {
            @Override
            public void onMessage(Message message) {
                session.onMessage(message, System.nanoTime());
                work();
            }

            @Override
            public void onMalformed(String reason) {
                session.onMalformed(reason);
            }

            @Override
            public void onClosed() {
                session.onClosed();
            }
        });
        channel.pipeline().fireChannelRead(bytes);
        channel.config().setAutoRead(true);
        if (!channel.isActive()) {
            session.onClosed(); // it went while it was on its way
        }
        work();
    }

    private void work() {
        final long nowNanos = System.nanoTime();
        final long nextNanos = source.work(nowNanos);
        final long dueNanos = nowNanos + Math.min(nextNanos, HEARTBEAT_NANOS);
        if (nextNanos != Long.MAX_VALUE && (!scheduled || dueNanos - scheduledNanos < 0)) {
            scheduled = true;
            scheduledNanos = dueNanos;
            loop.schedule(() -> workAt(dueNanos), dueNanos - nowNanos, TimeUnit.NANOSECONDS);
        }
    }

    /** Unless an earlier time was found meanwhile. */
    private void workAt(long dueNanos) {
        if (scheduled && scheduledNanos == dueNanos) {
            scheduled = false;
            work();
        }
    }

    /** Whether a channel can go on on the loop of replication. */
    private boolean canMove(Channel channel) {
        return channelClass.isInstance(channel);
    }
}
