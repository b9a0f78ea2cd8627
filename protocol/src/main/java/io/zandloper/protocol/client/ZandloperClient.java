package io.zandloper.protocol.client;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.zandloper.protocol.MessageType;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A client of one server over the binary protocol. Any number of threads may use it, and any number of calls may be on
 * their way on one connection at a time; answers come in any order.
 *
 * <pre>{@code
 * try (ZandloperClient client = ZandloperClient.builder("127.0.0.1", 7400).connect()) {
 *     UpsertResult written = client.upsert(ProfileChange.merge("crm:10042")
 *                     .attribute("age", 41L)
 *                     .addSegment("high-value"))
 *             .join();
 *
 *     ZandloperClient quick = client.withDeadline(Duration.ofMillis(20)).withMinSequence(written.sequence());
 *     SegmentTest test = quick.testSegments("crm:10042", List.of("high-value", "senior")).join();
 *     boolean valuable = test.isMember("high-value");
 *
 *     Decision decision = quick.decide(DecisionQuery.forProfile("crm:10042")
 *                     .placement("web-hero", 3)
 *                     .context("channel", "web"))
 *             .join();
 * }
 * }</pre>
 *
 * <p>A future fails with a {@link ZandloperException}: {@link RequestRejectedException} where the server answered with
 * another status than OK, {@link ConnectionLostException} where the connection ended first, {@link
 * CallTimeoutException} where the deadline passed first, {@link TooManyCallsException} where too many calls wait
 * already. A lost connection is made again by itself, with growing pauses between the attempts; calls made meanwhile
 * wait for it until their deadline. Wrong arguments end in an {@link IllegalArgumentException} of the call itself.
 *
 * <p>Futures are completed on the client's event loop: what is chained to them there must not wait.
 */
public final class ZandloperClient implements AutoCloseable {
    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(5);

    private final Core core;
    private final Duration deadline;
    private final long minSequence;

    /** What all views of one client share. */
    private record Core(EventLoopGroup group, List<Connection> connections, AtomicInteger next) {
        Connection connection() {
            return connections.size() == 1
                    ? connections.get(0)
                    : connections.get(Math.floorMod(next.getAndIncrement(), connections.size()));
        }
    }

    private ZandloperClient(Core core, Duration deadline, long minSequence) {
        this.core = core;
        this.deadline = deadline;
        this.minSequence = minSequence;
    }

    public static Builder builder(String host, int port) {
        return new Builder(host, port);
    }

    /**
     * The same client with another deadline for its calls, one second by default; {@link Duration#ZERO} waits as long as
     * it takes. The server drops what it cannot answer in time.
     */
    public ZandloperClient withDeadline(Duration callDeadline) {
        if (callDeadline.isNegative()) {
            throw new IllegalArgumentException("a negative duration, deadline=" + callDeadline);
        }
        return new ZandloperClient(core, callDeadline, minSequence);
    }

    /** The same client, whose calls see at least the change of this sequence or fail; 0 for none. */
    public ZandloperClient withMinSequence(long sequence) {
        return new ZandloperClient(core, deadline, sequence);
    }

    /** The same client for code that waits for answers. */
    public BlockingClient blocking() {
        return new BlockingClient(this);
    }

    /** What the server said of itself when it was connected to last. */
    public ServerInfo server() {
        for (final Connection connection : core.connections()) {
            final ServerInfo server = connection.server();
            if (server != null) {
                return server;
            }
        }
        throw new IllegalStateException("never connected");
    }

    /** The sequence of the newest change the server has. */
    public CompletableFuture<Long> ping() {
        return call(MessageType.PING, RequestEncoder::ping, (decoder, response) -> response.sequence());
    }

    /** The profile of an identity, empty where nobody has it. */
    public CompletableFuture<Optional<StoredProfile>> profile(String identity) {
        return call(
                MessageType.PROFILE,
                encoder -> encoder.profile(identity),
                tolerant((decoder, response) -> decoder.profile(response)));
    }

    /** In which of {@code segments} the profile of an identity is; one that the catalog does not have holds nobody. */
    public CompletableFuture<SegmentTest> testSegments(String identity, List<String> segments) {
        final List<String> asked = List.copyOf(segments);
        return call(
                MessageType.SEGMENT_TEST,
                encoder -> encoder.segmentTest(identity, asked),
                tolerant((decoder, response) -> decoder.segmentTest(response, asked)));
    }

    /** All segments that the profile of an identity is visibly in. */
    public CompletableFuture<SegmentList> segments(String identity) {
        return call(
                MessageType.SEGMENT_LIST,
                encoder -> encoder.segmentList(identity),
                tolerant((decoder, response) -> decoder.segmentList(response)));
    }

    /** The ranked offers for somebody. */
    public CompletableFuture<Decision> decide(DecisionQuery query) {
        return call(
                MessageType.DECIDE, encoder -> encoder.decide(query), (decoder, response) -> decoder.decide(response));
    }

    /** Writes a profile; done when the server has acknowledged it. */
    public CompletableFuture<UpsertResult> upsert(ProfileChange change) {
        return call(
                MessageType.UPSERT, encoder -> encoder.upsert(change), (decoder, response) -> decoder.upsert(response));
    }

    /** Records an event; done when the server has acknowledged it. Of events with the same id only the first counts. */
    public CompletableFuture<EventResult> record(ProfileEvent event) {
        return call(MessageType.EVENT, encoder -> encoder.event(event), (decoder, response) -> decoder.event(response));
    }

    /** Erases the profile of an identity, with everything that is held of the person; empty where nobody has it. */
    public CompletableFuture<Optional<Erasure>> erase(String identity) {
        return erase(identity, List.of());
    }

    /** The same, only if the profile's version is {@code ifVersion}. */
    public CompletableFuture<Optional<Erasure>> erase(String identity, long ifVersion) {
        return erase(identity, List.of(ifVersion));
    }

    private CompletableFuture<Optional<Erasure>> erase(String identity, List<Long> versions) {
        return call(
                MessageType.ERASE,
                encoder -> encoder.erase(identity, versions),
                tolerant((decoder, response) -> decoder.erase(response)));
    }

    /** Ends the connections; calls without an answer fail. Closes all views of the same client. */
    @Override
    public void close() {
        if (core.group().isShuttingDown()) {
            return;
        }
        final CompletableFuture<?>[] closing =
                core.connections().stream().map(Connection::close).toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(closing)
                .whenComplete((done, failure) ->
                        core.group().shutdownGracefully(0, SHUTDOWN_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS));
        if (!isOwnThread()) {
            core.group().terminationFuture().awaitUninterruptibly(SHUTDOWN_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    boolean isOwnThread() {
        return core.connections().stream().anyMatch(Connection::isOwnThread);
    }

    private <T> CompletableFuture<T> call(
            MessageType type, Function<RequestEncoder, ByteBuffer> body, ResponseDecoder.Reader<T> reader) {
        final long deadlineNanos = deadline.isZero() ? PendingCall.NEVER : System.nanoTime() + deadline.toNanos();
        return core.connection()
                .submit(
                        () -> ClientFrames.encode(ByteBufAllocator.DEFAULT, type, minSequence, body),
                        reader,
                        deadlineNanos);
    }

    private static <T> ResponseDecoder.Reader<T> tolerant(ResponseDecoder.Reader<T> reader) {
        return new ResponseDecoder.Reader<>() {
            @Override
            public T read(ResponseDecoder decoder, ResponseDecoder.Response response) {
                return reader.read(decoder, response);
            }

            @Override
            public boolean takesUnknownProfile() {
                return true;
            }
        };
    }

    /** How to connect. What is not said has a default that suits one client of one server. */
    public static final class Builder {
        private final String host;
        private final int port;
        private String clientName = ClientSettings.CLIENT_NAME;
        private @Nullable String credentials;
        private int connections = 1;
        private int callsInFlightMax = ClientSettings.CALLS_IN_FLIGHT_MAX;
        private Duration deadline = ClientSettings.DEADLINE;
        private Duration connectTimeout = ClientSettings.CONNECT_TIMEOUT;
        private Duration reconnectMin = ClientSettings.RECONNECT_MIN;
        private Duration reconnectMax = ClientSettings.RECONNECT_MAX;

        private Builder(String host, int port) {
            this.host = host;
            this.port = port;
        }

        /** What the server's log calls this client. */
        public Builder clientName(String name) {
            clientName = name;
            return this;
        }

        /** What the server asks for, where it does. */
        public Builder credentials(String text) {
            credentials = text;
            return this;
        }

        /** Connections, over which calls are spread in turn; each has an event loop of its own. Default 1. */
        public Builder connections(int count) {
            connections = positive(count, "connections");
            return this;
        }

        /** Calls on one connection that may wait for their answers. Default 1024. */
        public Builder callsInFlightMax(int count) {
            callsInFlightMax = positive(count, "callsInFlightMax");
            return this;
        }

        /** See {@link ZandloperClient#withDeadline}. */
        public Builder deadline(Duration callDeadline) {
            deadline = callDeadline;
            return this;
        }

        /** How long one attempt to connect may take, hello included. Default 5 seconds. */
        public Builder connectTimeout(Duration timeout) {
            connectTimeout = timeout;
            return this;
        }

        /** The longest pause after the first lost connection and the longest at all. Default 20 ms and 2 s. */
        public Builder reconnectPauses(Duration min, Duration max) {
            reconnectMin = min;
            reconnectMax = max;
            return this;
        }

        /**
         * Connects and waits for the server's answer to hello.
         *
         * @throws ZandloperException where there is none
         */
        public ZandloperClient connect() {
            final ClientSettings settings = new ClientSettings(
                    host,
                    port,
                    clientName,
                    credentials,
                    connections,
                    callsInFlightMax,
                    connectTimeout,
                    reconnectMin,
                    reconnectMax);
            final boolean epoll = Epoll.isAvailable();
            final IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
            final EventLoopGroup group = new MultiThreadIoEventLoopGroup(
                    connections, new DefaultThreadFactory("zandloper-client", true), io);
            final Bootstrap transport =
                    new Bootstrap().channel(epoll ? EpollSocketChannel.class : NioSocketChannel.class);
            final ZandloperClient client = new ZandloperClient(
                    new Core(group, open(group, transport, settings), new AtomicInteger()), deadline, 0);
            try {
                for (final Connection connection : client.core.connections()) {
                    BlockingClient.await(connection.start(), false);
                }
            } catch (RuntimeException failed) {
                client.close();
                throw failed;
            }
            return client;
        }

        private static List<Connection> open(EventLoopGroup group, Bootstrap transport, ClientSettings settings) {
            final List<Connection> connections = new ArrayList<>(settings.connections());
            for (int i = 0; i < settings.connections(); i++) {
                final Backoff backoff =
                        new Backoff(settings.reconnectMin(), settings.reconnectMax(), RandomGenerator.getDefault());
                final EventLoop eventLoop = group.next();
                connections.add(new Connection(eventLoop, transport, settings, backoff));
            }
            return List.copyOf(connections);
        }

        private static int positive(int count, String name) {
            if (count < 1) {
                throw new IllegalArgumentException("less than 1, " + name + "=" + count);
            }
            return count;
        }
    }
}
