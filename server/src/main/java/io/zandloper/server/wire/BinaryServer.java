package io.zandloper.server.wire;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.zandloper.server.decision.Decisions;
import io.zandloper.server.metrics.Cutoff;
import io.zandloper.server.metrics.Metrics;
import io.zandloper.server.metrics.Port;
import io.zandloper.storage.MicrosClock;
import io.zandloper.storage.Storage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The binary port: listens, and answers on event loops of its own, each with a reader of the storage. Started and closed
 * by the thread that owns the server.
 */
public final class BinaryServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BinaryServer.class);
    private static final AttributeKey<Connection> CONNECTION = AttributeKey.valueOf(BinaryServer.class, "connection");

    private final EventLoopGroup group;
    private final Map<EventExecutor, RequestHandler> handlers;
    private final ChannelGroup connections;
    private final Channel listener;
    private boolean closed;

    private BinaryServer(
            EventLoopGroup group,
            Map<EventExecutor, RequestHandler> handlers,
            ChannelGroup connections,
            Channel listener) {
        this.group = group;
        this.handlers = handlers;
        this.connections = connections;
        this.listener = listener;
    }

    /**
     * Listens.
     *
     * @param serverName name and version, as hello tells them
     * @param storage stays the caller's, to be closed after this
     * @param random for the ids of decisions
     * @param decisions stay the caller's, as the storage
     * @throws IOException where the address cannot be had; says which
     */
    public static BinaryServer start(
            BinaryConfig config,
            String serverName,
            Storage storage,
            Metrics metrics,
            MicrosClock clock,
            RandomGenerator random,
            Decisions decisions)
            throws IOException {
        final boolean epoll = Epoll.isAvailable();
        final EventLoopGroup group = new MultiThreadIoEventLoopGroup(
                config.eventLoops(),
                new DefaultThreadFactory("zandloper-binary"),
                epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        final Map<EventExecutor, RequestHandler> handlers = new HashMap<>();
        final HeldBound heldBound = new HeldBound(config.limits().heldBytesMax());
        final ServerIdentity identity = new ServerIdentity(serverName, config.credentials());
        for (final EventExecutor eventLoop : group) {
            handlers.put(
                    eventLoop,
                    new RequestHandler(
                            (EventLoop) eventLoop,
                            storage,
                            metrics.newRecorder(Port.BINARY),
                            clock,
                            identity,
                            config.limits(),
                            new HeldBytes(heldBound, eventLoop),
                            new DecisionIds(random),
                            decisions.newDeciding()));
        }
        final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
        final ServerBootstrap bootstrap = new ServerBootstrap()
                .group(group)
                .channel(epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, WireLimits.ACCEPT_BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(
                                config.limits().outboundBytesLow(),
                                config.limits().outboundBytesMax()))
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel, config.limits(), connections, handlers);
                    }
                });
        final ChannelFuture bound = bootstrap.bind(config.host(), config.port()).awaitUninterruptibly();
        final BinaryServer server = new BinaryServer(group, handlers, connections, bound.channel());
        if (!bound.isSuccess()) {
            server.close();
            throw new IOException(
                    "cannot listen on " + config.host() + ":" + config.port() + ": "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        return server;
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    /** Stops: takes no more, answers what was taken, then ends the connections. Waits for it, at most ten seconds. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        listener.close().awaitUninterruptibly();
        for (final Map.Entry<EventExecutor, RequestHandler> loop : handlers.entrySet()) {
            loop.getKey().submit(loop.getValue()::onStop).awaitUninterruptibly();
        }
        for (final Channel channel : connections) {
            channel.eventLoop().execute(() -> drain(channel));
        }
        if (!connections.newCloseFuture().awaitUninterruptibly(WireLimits.DRAIN_MILLIS_MAX)) {
            LOG.warn("Connections with unanswered requests are cut off, connections={}", connections.size());
            connections.close().awaitUninterruptibly();
        }
        for (final Map.Entry<EventExecutor, RequestHandler> loop : handlers.entrySet()) {
            loop.getKey().submit(loop.getValue()::close).awaitUninterruptibly();
        }
        group.shutdownGracefully(0, WireLimits.DRAIN_MILLIS_MAX, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly();
    }

    private static void accept(
            Channel channel,
            BinaryLimits limits,
            ChannelGroup connections,
            Map<EventExecutor, RequestHandler> handlers) {
        final RequestHandler requests = handlers.get(channel.eventLoop());
        if (requests == null) {
            throw new IllegalStateException("an event loop that is not the server's");
        }
        final Connection connection = requests.newConnection(channel);
        if (connections.size() >= limits.connectionsMax()) {
            connection.cutOff(Cutoff.TOO_MANY_CONNECTIONS);
            return;
        }
        connections.add(channel);
        channel.attr(CONNECTION).set(connection);
        channel.pipeline().addLast(new FrameDecoder(requests, connection, limits.requestFrameBytesMax()));
    }

    private static void drain(Channel channel) {
        final Connection connection = channel.attr(CONNECTION).get();
        if (connection != null) {
            connection.drain();
        }
    }
}
