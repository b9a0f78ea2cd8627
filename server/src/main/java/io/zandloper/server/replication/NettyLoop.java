package io.zandloper.server.replication;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.zandloper.server.wire.Takeover;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The network of replication: an event loop of its own. It connects to other servers and takes over their connections from the
 * binary port; those move to this loop where that can be, so that no snapshot is sent from one that answers lookups.
 */
final class NettyLoop implements ReplicationLoop, Takeover {
    /** Of other servers to this one. */
    private static final int CONNECTIONS_MAX = 64;

    private static final long CLOSE_MILLIS_MAX = 10_000;

    private final EventLoopGroup group;
    private final EventLoop loop;
    private final Class<? extends Channel> channelClass;
    private final AtomicInteger connections = new AtomicInteger();
    private volatile @Nullable Acceptor acceptor;

    NettyLoop() {
        final boolean epoll = Epoll.isAvailable();
        this.channelClass = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
        this.group = new MultiThreadIoEventLoopGroup(
                1,
                new DefaultThreadFactory("zandloper-replication", true),
                epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        this.loop = (EventLoop) group.iterator().next();
    }

    @Override
    public void execute(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            // The writer still tells of what was on its way to it; whoever wanted to hear of it is gone.
            if (!loop.isShuttingDown()) {
                throw e;
            }
        }
    }

    @Override
    public long nowNanos() {
        return System.nanoTime();
    }

    @Override
    public void schedule(Runnable task, long delayNanos) {
        loop.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public ExecutorService newSlowThread(String name) {
        return Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name(name).daemon().factory());
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, CLOSE_MILLIS_MAX, TimeUnit.MILLISECONDS).awaitUninterruptibly();
    }

    // ---- To others -----------------------------------------------------------------------------------------------

    @Override
    public void connect(InetSocketAddress to, int frameBytesMax, long millisMax, Caller caller) {
        final ChannelFuture connecting = new Bootstrap()
                .group(loop)
                .channel(channelClass)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(millisMax))
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel made) {
                        // Handlers come with the receiver, once it is connected.
                    }
                })
                .connect(new InetSocketAddress(to.getHostString(), to.getPort()));
        connecting.addListener(done -> {
            if (!done.isSuccess()) {
                caller.onFailed(done.cause());
                return;
            }
            final Channel channel = connecting.channel();
            final Wire wire = new Wire(channel, loop, frameBytesMax);
            begin(channel, wire, caller.onConnected(wire), null);
        });
    }

    // ---- From others ---------------------------------------------------------------------------------------------

    @Override
    public void listen(Acceptor listening) {
        acceptor = listening;
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

    private void adopt(Channel channel, ByteBuf bytes) {
        final Wire wire = new Wire(channel, loop, ReplicationLimits.SHORT_FRAME_BYTES_MAX);
        final String host = channel.remoteAddress() instanceof InetSocketAddress remote
                ? remote.getAddress().getHostAddress()
                : "";
        final Acceptor accepting = acceptor;
        final Connection.Receiver receiver = accepting == null ? null : accepting.onAccepted(wire, host);
        if (receiver == null) {
            bytes.release();
            channel.close();
            return;
        }
        begin(channel, wire, receiver, bytes);
    }

    private static void begin(Channel channel, Wire wire, Connection.Receiver receiver, @Nullable ByteBuf bytes) {
        wire.receive(receiver);
        if (bytes != null) {
            channel.pipeline().fireChannelRead(bytes);
        }
        channel.config().setAutoRead(true);
        if (!channel.isActive()) {
            receiver.onClosed(); // it went while it was on its way
        }
    }

    /** Whether a channel can go on on the loop of replication. */
    private boolean canMove(Channel channel) {
        return channelClass.isInstance(channel);
    }
}
