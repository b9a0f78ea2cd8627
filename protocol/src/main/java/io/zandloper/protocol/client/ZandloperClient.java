package io.zandloper.protocol.client;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.Status;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * A client of a server, or of a primary and its replicas, over the binary protocol. Any number of threads may use it, and
 * any number of calls may be on their way on one connection at a time; answers come in any order.
 *
 * <pre>{@code
 * try (ZandloperClient client = ZandloperClient.builder("127.0.0.1:7400").connect()) {
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
 * already. Wrong arguments end in an {@link IllegalArgumentException} of the call itself.
 *
 * <p><b>Several servers.</b> Writes go to the primary, which the client finds by asking all of them; reads go where
 * {@link #withReadPreference} says. A lost connection is made again by itself, with growing pauses between the attempts.
 * A call for which there is no server waits for one until its deadline. A read whose server is cut off, stopping, busy or
 * behind is tried at another server within the same deadline, so that a decision may be made twice. A write is sent again
 * only where the server has said that it did nothing: as a replica, or because it is stopping. A write whose connection
 * ended fails with {@link ConnectionLostException}, because nobody knows whether it was done.
 *
 * <p>Futures are completed on the client's event loop: what is chained to them there must not wait.
 */
public final class ZandloperClient implements AutoCloseable {
    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(5);

    private final Core core;
    private final CallOptions options;

    /** What all views of one client share. */
    private record Core(EventLoopGroup group, List<ClientLoop> loops, AtomicInteger turn) {
        ClientLoop loop() {
            return loops.size() == 1 ? loops.get(0) : loops.get(Math.floorMod(turn.getAndIncrement(), loops.size()));
        }
    }

    ZandloperClient(EventLoopGroup group, List<ClientLoop> loops, CallOptions options) {
        this(new Core(group, List.copyOf(loops), new AtomicInteger()), options);
    }

    private ZandloperClient(Core core, CallOptions options) {
        this.core = core;
        this.options = options;
    }

    /** A client of one server. */
    public static ClientBuilder builder(String host, int port) {
        return new ClientBuilder(List.of(ServerAddress.tcp(host, port)));
    }

    /**
     * A client of one server, or of a primary and its replicas in any order.
     *
     * @param addresses {@code host:port}, {@code [IPv6 address]:port}, or {@code unix:/path} for a server on the same
     *     machine that listens on a Unix domain socket
     */
    public static ClientBuilder builder(String... addresses) {
        return new ClientBuilder(
                Arrays.stream(addresses).map(ServerAddress::parse).toList());
    }

    /**
     * The same client with another deadline for its calls, one second by default; {@link Duration#ZERO} waits as long as
     * it takes. The server drops what it cannot answer in time, and an answer that comes later still is dropped here.
     */
    public ZandloperClient withDeadline(Duration callDeadline) {
        return new ZandloperClient(
                core, new CallOptions(callDeadline, options.minSequence(), options.readPreference()));
    }

    /**
     * The same client, whose calls see at least the change of this sequence or fail, whichever server answers them; 0 for
     * none. With the sequence that a write's result tells, a caller reads its own writes from a replica. A replica that is
     * not known to have the change yet gets half of the deadline to wait for it; then another server is asked.
     */
    public ZandloperClient withMinSequence(long sequence) {
        return new ZandloperClient(core, new CallOptions(options.deadline(), sequence, options.readPreference()));
    }

    /** The same client, whose reads go to these servers first. */
    public ZandloperClient withReadPreference(ReadPreference preference) {
        return new ZandloperClient(core, new CallOptions(options.deadline(), options.minSequence(), preference));
    }

    /** The same client for code that waits for answers. */
    public BlockingClient blocking() {
        return new BlockingClient(this);
    }

    /** Tests single profiles for {@code segments}, and sends many of these tests as one batch where it can. */
    public SegmentTestGatherer gatherer(List<String> segments) {
        final ClientLoop loop = core.loop();
        final Core one = new Core(core.group(), List.of(loop), core.turn());
        return new SegmentTestGatherer(new ZandloperClient(one, options), loop, segments);
    }

    /** What the server said of itself last; with several, the first of them that has said anything. */
    public ServerInfo server() {
        return servers().values().stream().findFirst().orElseThrow(() -> new IllegalStateException("never connected"));
    }

    /** What each server said of itself last, by address in the order of the builder; without those never connected to. */
    public Map<String, ServerInfo> servers() {
        final Map<String, ServerInfo> servers = new LinkedHashMap<>();
        for (final ClientLoop loop : core.loops()) {
            for (final Connection connection : loop.connections()) {
                final ServerInfo server = connection.server();
                if (server != null) {
                    servers.putIfAbsent(connection.address().toString(), server);
                }
            }
        }
        return Collections.unmodifiableMap(servers);
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

    /**
     * The profiles of many identities, read at one moment, with one frame each way. A batch may ask about as many as {@link
     * ServerInfo#batchProfilesMax} says; its answers have to fit one response, and those that do not have the status
     * {@link Status#RESPONSE_TOO_LONG}. Where the deadline passes meanwhile, those not looked at have {@link
     * Status#DEADLINE_PASSED}.
     */
    public CompletableFuture<Batch<Optional<StoredProfile>>> profiles(List<String> identities) {
        final List<String> asked = List.copyOf(identities);
        return call(
                MessageType.PROFILE_BATCH,
                encoder -> encoder.profileBatch(asked),
                (decoder, response) -> BatchReader.profiles(decoder, response, asked));
    }

    /** {@link #testSegments(String, List)} for many identities, as {@link #profiles} does it. */
    public CompletableFuture<Batch<SegmentTest>> testSegments(List<String> identities, List<String> segments) {
        final List<String> asked = List.copyOf(identities);
        final List<String> tested = List.copyOf(segments);
        return call(
                MessageType.SEGMENT_TEST_BATCH,
                encoder -> encoder.segmentTestBatch(asked, tested),
                (decoder, response) -> BatchReader.segmentTests(decoder, response, asked, tested));
    }

    /** {@link #segments(String)} for many identities, as {@link #profiles} does it. */
    public CompletableFuture<Batch<SegmentList>> segments(List<String> identities) {
        final List<String> asked = List.copyOf(identities);
        return call(
                MessageType.SEGMENT_LIST_BATCH,
                encoder -> encoder.segmentListBatch(asked),
                (decoder, response) -> BatchReader.segmentLists(decoder, response, asked));
    }

    /**
     * {@link #decide(DecisionQuery)} for many identities, as {@link #profiles} does it.
     *
     * @param query what to decide for each of them: one {@link DecisionQuery#forAnonymous}
     * @throws IllegalArgumentException where the query is about somebody
     */
    public CompletableFuture<Batch<Decision>> decide(List<String> identities, DecisionQuery query) {
        if (query.profile() != null || query.document() != null) {
            throw new IllegalArgumentException("a query of a batch is about nobody, profile=" + query.profile());
        }
        final List<String> asked = List.copyOf(identities);
        return call(
                MessageType.DECIDE_BATCH,
                encoder -> encoder.decideBatch(asked, query),
                (decoder, response) -> BatchReader.decisions(decoder, response, asked));
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

    /** Ends the connections and the client's threads; calls without an answer fail. Closes all views of the same client. */
    @Override
    public void close() {
        if (core.group().isShuttingDown()) {
            return;
        }
        final CompletableFuture<?>[] closing =
                core.loops().stream().map(ClientLoop::close).toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(closing)
                .whenComplete((done, failure) ->
                        core.group().shutdownGracefully(0, SHUTDOWN_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS));
        if (!isOwnThread()) {
            core.group().terminationFuture().awaitUninterruptibly(SHUTDOWN_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    boolean isOwnThread() {
        return core.loops().stream().anyMatch(ClientLoop::isOwnThread);
    }

    private <T> CompletableFuture<T> call(
            MessageType type, Function<RequestEncoder, ByteBuffer> body, ResponseDecoder.Reader<T> reader) {
        final ClientLoop loop = core.loop();
        return loop.submit(
                kindOf(type),
                () -> ClientFrames.encode(
                        ByteBufAllocator.DEFAULT, type, options.minSequence(), loop.requestFrameBytesMax(), body),
                reader,
                options.deadlineNanos(System.nanoTime()),
                options.readPreference());
    }

    private static PendingCall.Kind kindOf(MessageType type) {
        return switch (type) {
            case UPSERT, EVENT, ERASE -> PendingCall.Kind.WRITE;
            default -> PendingCall.Kind.READ;
        };
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
}
