package io.zandloper.server.wire;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.zandloper.server.decision.Decisions;
import io.zandloper.server.metrics.Cutoff;
import io.zandloper.server.metrics.Metrics;
import io.zandloper.server.metrics.Port;
import io.zandloper.server.role.Role;
import io.zandloper.storage.MicrosClock;
import io.zandloper.storage.Storage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The binary port: listens, and answers on event loops of its own, each with a reader of the storage. Started and closed
 * by the thread that owns the server.
 */
public final class BinaryServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BinaryServer.class);
    private static final AttributeKey<Connection> CONNECTION = AttributeKey.valueOf(BinaryServer.class, "connection");

    private final BinaryConfig config;
    private final Transport transport;
    private final EventLoopGroup group;
    private final Takeover takeover;
    private final Map<EventExecutor, RequestHandler> handlers = new HashMap<>();
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final List<Channel> listeners = new ArrayList<>();
    private @Nullable SocketFile socketFile;
    private boolean closed;

    private BinaryServer(BinaryConfig config, Transport transport, EventLoopGroup group, Takeover takeover) {
        this.takeover = takeover;
        this.config = config;
        this.transport = transport;
        this.group = group;
    }

    /**
     * Listens.
     *
     * @param serverName name and version, as hello tells them
     * @param storage stays the caller's, to be closed after this
     * @param random for the ids of decisions
     * @param decisions stay the caller's, as the storage
     * @throws IOException where the transport is not available or an address cannot be had; says which
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
        return start(config, serverName, storage, metrics, clock, random, decisions, Role.ALONE, Takeover.NONE);
    }

    /**
     * The same for a server among others.
     *
     * @param role what it is to them
     * @param takeover of connections that are not a client's
     */
    public static BinaryServer start(
            BinaryConfig config,
            String serverName,
            Storage storage,
            Metrics metrics,
            MicrosClock clock,
            RandomGenerator random,
            Decisions decisions,
            Role role,
            Takeover takeover)
            throws IOException {
        final Transport transport = transport(config.transport());
        final LoopIo.Factory io = new LoopIo.Factory(
                transport.ioHandlers(),
                config.transport().busySpin(),
                () -> new LoadShedder(config.limits().waitMax(), System::nanoTime));
        final BinaryServer server =
                new BinaryServer(config, transport, newGroup(config.transport().eventLoops(), io, transport), takeover);
        final HeldBound heldBound = new HeldBound(config.limits().heldBytesMax());
        final ServerIdentity identity = new ServerIdentity(serverName, config.credentials());
        for (final EventExecutor eventLoop : server.group) {
            server.handlers.put(
                    eventLoop,
                    new RequestHandler(
                            (EventLoop) eventLoop,
                            storage,
                            metrics.newRecorder(Port.BINARY),
                            clock,
                            identity,
                            config.limits(),
                            new HeldBytes(heldBound, eventLoop),
                            io.shedder(eventLoop),
                            new DecisionIds(random),
                            decisions.newDeciding(),
                            role));
        }
        try {
            server.listenOnTcp();
            if (config.transport().socketFile() != null) {
                server.listenOnUnixSocket(config.transport().socketFile());
            }
        } catch (IOException e) {
            server.close();
            throw e;
        }
        return server;
    }

    private static Transport transport(TransportConfig config) throws IOException {
        final Transport asked = config.transport();
        if (asked == null) {
            final Transport usual = Transport.usual();
            if (usual != Transport.EPOLL) {
                LOG.info("epoll is not available ({}), so it is {}.", Transport.EPOLL.unavailability(), usual.label());
            }
            return usual;
        }
        final String reason = asked.unavailability();
        if (reason != null) {
            throw new IOException(asked.label() + " is not available: " + reason);
        }
        return asked;
    }

    private static EventLoopGroup newGroup(int eventLoops, LoopIo.Factory io, Transport transport) throws IOException {
        try {
            return new MultiThreadIoEventLoopGroup(eventLoops, new DefaultThreadFactory("zandloper-binary"), io);
        } catch (IllegalStateException e) {
            // More loops than the kernel lends memory or file handles to.
            throw new IOException(
                    "cannot start " + eventLoops + " event loops over " + transport.label() + ": "
                            + (e.getCause() == null ? e : e.getCause()).getMessage(),
                    e);
        }
    }

    private void listenOnTcp() throws IOException {
        listen(
                bootstrap(transport.tcpListener())
                        .option(ChannelOption.SO_BACKLOG, WireLimits.ACCEPT_BACKLOG)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                        .childOption(ChannelOption.SO_KEEPALIVE, true),
                new InetSocketAddress(config.host(), config.port()),
                config.host() + ":" + config.port());
    }

    private void listenOnUnixSocket(Path file) throws IOException {
        SocketFile.makeRoom(file);
        final ServerBootstrap bootstrap =
                bootstrap(transport.unixListener()).option(ChannelOption.SO_BACKLOG, WireLimits.ACCEPT_BACKLOG);
        if (transport.allowsHalfClosureOnUnixSocket()) {
            bootstrap.childOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        }
        listen(bootstrap, transport.unixAddress(file), file.toString());
        socketFile = SocketFile.listenedOn(file);
    }

    private void listen(ServerBootstrap bootstrap, SocketAddress address, String shown) throws IOException {
        final ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen on " + shown + ": " + bound.cause().getMessage(), bound.cause());
        }
        listeners.add(bound.channel());
    }

    private ServerBootstrap bootstrap(Class<? extends ServerChannel> listener) {
        return new ServerBootstrap()
                .group(group)
                .channel(listener)
                // Keeps the objects by which its memory is looked at, so that a read makes none.
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new AdaptiveRecvByteBufAllocator().maxMessagesPerRead(WireLimits.READS_MAX))
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(
                                config.limits().outboundBytesLow(),
                                config.limits().outboundBytesMax()))
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel);
                    }
                });
    }

    /** Where it listens for TCP. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listeners.get(0).localAddress();
    }

    /** Stops: takes no more, answers what was taken, then ends the connections. Waits for it, at most ten seconds. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        listeners.forEach(listener -> listener.close().awaitUninterruptibly());
        removeSocketFile();
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

    private void removeSocketFile() {
        if (socketFile == null) {
            return;
        }
        try {
            socketFile.remove();
        } catch (IOException e) {
            // The next server takes it for what it is.
            LOG.warn("A socket's file stays.", e);
        }
    }

    private void accept(Channel channel) {
        final RequestHandler requests = handlers.get(channel.eventLoop());
        if (requests == null) {
            throw new IllegalStateException("an event loop that is not the server's");
        }
        final Connection connection = requests.newConnection(channel);
        if (connections.size() >= config.limits().connectionsMax()) {
            connection.cutOff(Cutoff.TOO_MANY_CONNECTIONS);
            return;
        }
        connections.add(channel);
        channel.attr(CONNECTION).set(connection);
        if (takeover != Takeover.NONE) {
            channel.pipeline().addLast(new FirstFrame((taken, bytes) -> {
                connections.remove(taken);
                taken.attr(CONNECTION).set(null);
                takeover.take(taken, bytes);
            }));
        }
        channel.pipeline()
                .addLast(new FrameDecoder(requests, connection, config.limits().requestFrameBytesMax()));
    }

    private static void drain(Channel channel) {
        final Connection connection = channel.attr(CONNECTION).get();
        if (connection != null) {
            connection.drain();
        }
    }
}
