package io.zandloper.server.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.zandloper.server.decision.Decisions;
import io.zandloper.server.metrics.Cutoff;
import io.zandloper.server.metrics.Metrics;
import io.zandloper.server.metrics.Port;
import io.zandloper.server.report.OfferReports;
import io.zandloper.server.role.Role;
import io.zandloper.storage.MicrosClock;
import io.zandloper.storage.Storage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The HTTP port. Thread-safe; close it before the storage, whose readers it holds.
 *
 * <p>Epoll where the platform has it, else NIO.
 */
public final class HttpServer implements AutoCloseable {
    private final Storage storage;
    private final HttpTimeouts timeouts;
    private final Role role;
    private final RouteTable routes;
    private final CorsPolicy cors;
    private final CatalogWorker catalogWorker;
    private final AudienceWorker audienceWorker;
    private final SimulationWorker simulationWorker;
    private final ReportWorker reportWorker;
    private final EventLoopGroup loops;
    private final Map<EventExecutor, LoopContext> contexts = new HashMap<>();
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final AtomicLong bodyBytes = new AtomicLong();
    private final Semaphore streams = new Semaphore(HttpLimits.STREAMS_MAX);
    private volatile boolean stopping;
    private final Channel listening;

    private HttpServer(
            HttpConfig config,
            HttpTimeouts timeouts,
            Storage storage,
            MicrosClock clock,
            Metrics metrics,
            Decisions decisions,
            OfferReports reports,
            Role role)
            throws IOException {
        this.storage = storage;
        this.role = role;
        this.timeouts = timeouts;
        this.cors = new CorsPolicy(config.corsOrigins());
        this.catalogWorker = new CatalogWorker();
        this.audienceWorker = new AudienceWorker();
        this.simulationWorker = new SimulationWorker();
        this.reportWorker = new ReportWorker();
        this.routes = RouteTable.of(
                new ProfileResource(),
                new LinkResource(),
                new BulkResource(),
                new EventResource(clock),
                new DecisionResource(new SecureRandom().nextLong()),
                new CatalogResource(storage, catalogWorker, decisions),
                new AudienceResource(storage, clock, audienceWorker, config.audienceMillisMax()),
                new SegmentMembersResource(storage),
                new SimulationResource(storage, clock, simulationWorker, decisions),
                new ReportResource(reports, reportWorker),
                new OpenApiResource());
        final boolean epoll = Epoll.isAvailable();
        final IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        this.loops =
                new MultiThreadIoEventLoopGroup(config.eventLoops(), new DefaultThreadFactory("zandloper-http"), io);
        for (EventExecutor loop : loops) {
            contexts.put(
                    loop,
                    new LoopContext(
                            storage.newReader(), metrics.newRecorder(Port.HTTP), clock, decisions.newDeciding()));
        }
        try {
            this.listening = bind(config, epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class);
        } catch (IOException | RuntimeException e) {
            stopLoops();
            throw e;
        }
    }

    /**
     * Binds the port and starts to serve.
     *
     * @param decisions stay the caller's, as the storage
     * @param reports what is counted of the decisions; likewise
     * @throws IOException where the port cannot be bound
     */
    public static HttpServer start(
            HttpConfig config,
            Storage storage,
            MicrosClock clock,
            Metrics metrics,
            Decisions decisions,
            OfferReports reports)
            throws IOException {
        return start(config, storage, clock, metrics, decisions, reports, Role.ALONE);
    }

    /**
     * The same for a server among others.
     *
     * @param role what it is to them
     */
    public static HttpServer start(
            HttpConfig config,
            Storage storage,
            MicrosClock clock,
            Metrics metrics,
            Decisions decisions,
            OfferReports reports,
            Role role)
            throws IOException {
        return new HttpServer(config, HttpTimeouts.DEFAULT, storage, clock, metrics, decisions, reports, role);
    }

    /**
     * As {@link #start(HttpConfig, Storage, MicrosClock, Metrics, Decisions, OfferReports)}, with other timeouts than a
     * server's.
     */
    static HttpServer start(
            HttpConfig config,
            HttpTimeouts timeouts,
            Storage storage,
            MicrosClock clock,
            Metrics metrics,
            Decisions decisions,
            OfferReports reports)
            throws IOException {
        return new HttpServer(config, timeouts, storage, clock, metrics, decisions, reports, Role.ALONE);
    }

    /** Where it listens: with port 0 asked for, the one that was free. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listening.localAddress();
    }

    /**
     * Stops gracefully: takes no more connections and requests, lets those under way end within ten seconds, then closes
     * everything.
     */
    @Override
    public synchronized void close() {
        if (stopping) {
            return;
        }
        stopping = true;
        simulationWorker.stop();
        listening.close().syncUninterruptibly();
        for (Channel channel : connections) {
            final HttpConnection connection = channel.pipeline().get(HttpConnection.class);
            if (connection != null) {
                channel.eventLoop().execute(connection::onStop);
            }
        }
        connections.newCloseFuture().awaitUninterruptibly(HttpLimits.DRAIN_MILLIS_MAX, TimeUnit.MILLISECONDS);
        connections.close().awaitUninterruptibly(HttpLimits.DRAIN_MILLIS_MAX, TimeUnit.MILLISECONDS);
        stopLoops();
    }

    Storage storage() {
        return storage;
    }

    Role role() {
        return role;
    }

    HttpTimeouts timeouts() {
        return timeouts;
    }

    RouteTable routes() {
        return routes;
    }

    CorsPolicy cors() {
        return cors;
    }

    /** Bytes that all connections hold of bodies they collect. */
    AtomicLong bodyBytes() {
        return bodyBytes;
    }

    /** One permit a streamed body. */
    Semaphore streams() {
        return streams;
    }

    boolean isStopping() {
        return stopping;
    }

    private Channel bind(HttpConfig config, Class<? extends ServerChannel> channelClass) throws IOException {
        final var bound = new ServerBootstrap()
                .group(loops)
                .channel(channelClass)
                .option(ChannelOption.SO_BACKLOG, HttpLimits.ACCEPT_BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                // The connection asks for each read, and a read is one of at most a piece of a body.
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new AdaptiveRecvByteBufAllocator(256, 2_048, HttpLimits.CONTENT_BYTES_MAX)
                                .maxMessagesPerRead(1))
                // A client may end its side after its last request and still read the answers.
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        connect(channel);
                    }
                })
                .bind(config.host(), config.port())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen on " + config.host() + ":" + config.port() + ": "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        return bound.channel();
    }

    private void connect(SocketChannel channel) {
        final LoopContext loop = contexts.get(channel.eventLoop());
        if (loop == null) {
            throw new IllegalStateException("a connection on a loop that is not ours");
        }
        if (stopping || connections.size() >= HttpLimits.CONNECTIONS_MAX) {
            if (!stopping) {
                loop.recorder().cutOff(Cutoff.TOO_MANY_CONNECTIONS);
            }
            channel.close();
            return;
        }
        connections.add(channel);
        channel.pipeline()
                .addLast(new ByteCounter(loop.recorder()))
                .addLast(new IdleStateHandler(0, 0, timeouts.idle().toMillis(), TimeUnit.MILLISECONDS))
                .addLast(new HttpServerCodec(
                        new HttpDecoderConfig()
                                .setMaxInitialLineLength(HttpLimits.REQUEST_LINE_BYTES_MAX)
                                .setMaxHeaderSize(HttpLimits.HEADERS_BYTES_MAX)
                                .setMaxChunkSize(HttpLimits.CONTENT_BYTES_MAX),
                        HttpLimits.PIPELINED_REQUESTS_MAX))
                .addLast(new HttpConnection(this, loop));
    }

    /** Each reader is closed by the loop it belongs to. */
    private void stopLoops() {
        audienceWorker.close();
        simulationWorker.close();
        reportWorker.close();
        contexts.forEach(
                (loop, context) -> loop.submit(() -> context.reader().close()).awaitUninterruptibly());
        loops.shutdownGracefully(0, HttpLimits.DRAIN_MILLIS_MAX, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly();
        catalogWorker.close();
    }
}
