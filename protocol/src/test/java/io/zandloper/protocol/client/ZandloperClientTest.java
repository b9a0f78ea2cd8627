package io.zandloper.protocol.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.client.ScriptedServer.Peer;
import io.zandloper.protocol.client.ScriptedServer.Request;
import io.zandloper.protocol.schema.EraseRequest;
import io.zandloper.protocol.schema.EventRequest;
import io.zandloper.protocol.schema.SegmentTestRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class ZandloperClientTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final ScriptedServer server = new ScriptedServer();
    private Peer peer;
    private ZandloperClient client;

    @BeforeEach
    void connect() {
        final Peer[] accepted = new Peer[1];
        client = server.connect(
                ZandloperClient.builder("127.0.0.1", server.port())
                        .clientName("test")
                        .deadline(LONG)
                        .callsInFlightMax(100)
                        .reconnectPauses(Duration.ofMillis(1), Duration.ofMillis(5))
                        .connectTimeout(LONG)
                        .checkInterval(Duration.ofHours(1)),
                accepted);
        peer = accepted[0];
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        peer.close();
        server.close();
    }

    @Test
    void helloTellsOfTheServer() {
        assertThat(client.server())
                .isEqualTo(new ServerInfo(
                        1, "zandloper/0.1.0", true, 1024 * 1024, 16 * 1024 * 1024, 4096, 1024, 12, 0, 100));
    }

    @Test
    void answersMayComeInAnyOrder() throws Exception {
        final List<CompletableFuture<SegmentTest>> calls = new ArrayList<>();
        final List<Request> requests = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            calls.add(client.testSegments("crm:" + i, List.of("a", "b")));
            requests.add(peer.read());
        }
        for (final Request request : requests.reversed()) {
            final SegmentTestRequest asked =
                    SegmentTestRequest.getRootAsSegmentTestRequest(ByteBuffer.wrap(request.body()));
            final boolean even = Integer.parseInt(asked.profile().substring(4)) % 2 == 0;
            peer.answer(request, Status.OK, Bodies.segmentTest(even, !even));
        }
        for (int i = 0; i < 50; i++) {
            final SegmentTest test = calls.get(i).get(10, TimeUnit.SECONDS);
            assertThat(test.isMember("a")).isEqualTo(i % 2 == 0);
            assertThat(test.isMember(1)).isEqualTo(i % 2 != 0);
            assertThat(test.sequence()).isEqualTo(100 * requests.get(i).correlationId());
        }
    }

    @Test
    void aRequestCarriesDeadlineAndMinimumSequence() {
        client.withDeadline(Duration.ofSeconds(2)).withMinSequence(77).ping();
        final Request request = peer.read();
        assertThat(request.type()).isEqualTo(MessageType.PING.number());
        assertThat(request.minSequence()).isEqualTo(77);
        assertThat(request.deadlineMicros()).isBetween(1L, 2_000_000L);

        client.withDeadline(Duration.ZERO).ping();
        assertThat(peer.read().deadlineMicros()).isZero();
    }

    @Test
    void nobodyIsAnAnswerToALookup() throws Exception {
        final CompletableFuture<SegmentTest> test = client.testSegments("crm:1", List.of("a"));
        peer.answer(peer.read(), Status.PROFILE_UNKNOWN, Bodies.EMPTY);
        assertThat(test.get().isKnown()).isFalse();
        assertThat(test.get().isMember("a")).isFalse();

        final CompletableFuture<?> profile = client.profile("crm:1");
        peer.answer(peer.read(), Status.PROFILE_UNKNOWN, Bodies.EMPTY);
        assertThat(profile.get()).isEqualTo(java.util.Optional.empty());

        final CompletableFuture<?> erasure = client.erase("crm:1");
        peer.answer(peer.read(), Status.PROFILE_UNKNOWN, Bodies.EMPTY);
        assertThat(erasure.get()).isEqualTo(java.util.Optional.empty());
    }

    @Test
    void anEventIsSentAsItIs() throws Exception {
        client.record(ProfileEvent.of("crm:1", "convert")
                .id("e-1")
                .offer("loan")
                .placement("web")
                .at(12)
                .product("credit")
                .value(7L)
                .context("channel", "web"));
        final EventRequest whole =
                EventRequest.getRootAsEventRequest(ByteBuffer.wrap(peer.read().body()));
        assertThat(List.of(whole.profile(), whole.type(), whole.id(), whole.offer(), whole.placement()))
                .containsExactly("crm:1", "convert", "e-1", "loan", "web");
        assertThat(whole.atMicros()).isEqualTo(12);
        assertThat(whole.product()).isEqualTo("credit");
        assertThat(whole.valueIsInteger()).isTrue();
        assertThat(whole.integerValue()).isEqualTo(7);
        assertThat(whole.context(0).stringValue()).isEqualTo("web");

        client.record(ProfileEvent.of("crm:1", "view").value(0.5));
        final EventRequest half =
                EventRequest.getRootAsEventRequest(ByteBuffer.wrap(peer.read().body()));
        assertThat(half.valueIsInteger()).isFalse();
        assertThat(half.doubleValue()).isEqualTo(0.5);
        assertThat(half.atMicros()).as("now").isEqualTo(Long.MIN_VALUE);
        assertThat(half.offer()).isNull();
    }

    @Test
    void anErasureTellsWhichIdentitiesAreGone() throws Exception {
        final CompletableFuture<java.util.Optional<Erasure>> call = client.erase("crm:1", 17);
        final Request request = peer.read();
        final EraseRequest asked = EraseRequest.getRootAsEraseRequest(ByteBuffer.wrap(request.body()));
        assertThat(asked.versions(0)).isEqualTo(17);
        peer.answer(request, Status.OK, Bodies.erasure(List.of("crm:1", "cookie:2"), 18, 99));
        assertThat(call.get()).contains(new Erasure(List.of("crm:1", "cookie:2"), 18, 99));
    }

    @Test
    void aRejectionSaysWhatAndWhere() {
        final CompletableFuture<Decision> call = client.decide(DecisionQuery.forAnonymous());
        peer.answer(
                peer.read(),
                Status.INPUT_INVALID,
                Bodies.error(205, "the request is not valid", "placements", "there is none"));
        assertThatThrownBy(call::get)
                .hasCauseInstanceOf(RequestRejectedException.class)
                .hasMessageContaining("the request is not valid; placements: there is none, status=INPUT_INVALID")
                .satisfies(thrown -> {
                    final RequestRejectedException rejection = (RequestRejectedException) thrown.getCause();
                    assertThat(rejection.status()).isSameAs(Status.INPUT_INVALID);
                    assertThat(rejection.errors())
                            .containsExactly(new RequestRejectedException.FieldError("placements", "there is none"));
                });
    }

    @Test
    void aCutFailsWhatIsInFlightAndLaterCallsWorkAgain() throws Exception {
        final CompletableFuture<Long> lost = client.ping();
        peer.read();
        peer.close();
        assertThatThrownBy(lost::get).hasCauseInstanceOf(ConnectionLostException.class);

        final CompletableFuture<Long> later = client.ping();
        peer = server.acceptAndGreet();
        final Request request = peer.read();
        peer.answer(request, Status.OK, Bodies.EMPTY);
        assertThat(later.get()).isEqualTo(100 * request.correlationId());
    }

    @Test
    void connectingIsTriedUntilItWorks() throws Exception {
        peer.close();
        // Hello is answered on the third attempt only.
        server.accept().close();
        server.accept().close();
        peer = server.acceptAndGreet();
        final CompletableFuture<Long> call = client.ping();
        peer.answer(peer.read(), Status.OK, Bodies.EMPTY);
        assertThat(call.get()).isPositive();
    }

    @Test
    void aCallEndsAtItsDeadline() {
        assertThatThrownBy(
                        () -> client.withDeadline(Duration.ofMillis(30)).ping().join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(CallTimeoutException.class);
        // The answer that comes too late is nobody's; the connection goes on.
        peer.answer(peer.read(), Status.OK, Bodies.EMPTY);
        final CompletableFuture<Long> next = client.ping();
        peer.answer(peer.read(), Status.OK, Bodies.EMPTY);
        assertThat(next.join()).isPositive();
    }

    @Test
    void withoutAConnectionACallEndsAtItsDeadlineToo() throws Exception {
        server.close();
        peer.close();
        assertThatThrownBy(
                        () -> client.withDeadline(Duration.ofMillis(100)).ping().join())
                .satisfiesAnyOf(
                        thrown -> assertThat(thrown).hasCauseInstanceOf(CallTimeoutException.class),
                        // Sent before the cut was noticed.
                        thrown -> assertThat(thrown).hasCauseInstanceOf(ConnectionLostException.class));
    }

    @Test
    void callsInFlightAreBounded() throws Exception {
        final List<CompletableFuture<Long>> calls = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            calls.add(client.ping());
        }
        assertThatThrownBy(() -> client.ping().join()).hasCauseInstanceOf(TooManyCallsException.class);

        // There is room as soon as somebody is told of an answer.
        final CompletableFuture<Long> chained = calls.get(0).thenCompose(sequence -> client.ping());
        for (int i = 0; i < 101; i++) {
            peer.answer(peer.read(), Status.OK, Bodies.EMPTY);
        }
        assertThat(chained.get()).isPositive();
        for (final CompletableFuture<Long> call : calls) {
            assertThat(call.get()).isPositive();
        }
    }

    @Test
    void aResponseThatCannotBeReadEndsTheConnection() throws Exception {
        final CompletableFuture<SegmentTest> call = client.testSegments("crm:1", List.of("a"));
        peer.answer(peer.read(), Status.OK, new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        assertThatThrownBy(call::get).hasCauseInstanceOf(ConnectionLostException.class);
        peer = server.acceptAndGreet();
    }

    @Test
    void aResponseWithoutEndIsNotWaitedFor() throws Exception {
        final CompletableFuture<Long> call = client.ping();
        peer.read();
        peer.write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        assertThatThrownBy(call::get).hasCauseInstanceOf(ConnectionLostException.class);
        peer = server.acceptAndGreet();
    }

    @Test
    void whatCannotBeEncodedIsTheCallersAndTakesNoPlace() {
        for (int i = 0; i < 200; i++) {
            assertThatThrownBy(() -> client.profile("crm:\ud800")).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> client.profile("crm:" + "x".repeat(2 * 1024 * 1024)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lengthBytes=");
        final CompletableFuture<Long> call = client.ping();
        peer.answer(peer.read(), Status.OK, Bodies.EMPTY);
        assertThat(call.join()).isPositive();
    }

    @Test
    void closingFailsCallsAndThoseAfterIt() {
        final CompletableFuture<Long> call = client.ping();
        client.close();
        assertThatThrownBy(call::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(ConnectionLostException.class);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> client.ping().get()).hasCauseInstanceOf(ConnectionLostException.class);
        }
        client.close();
    }

    @Test
    void theEventLoopMayNotWaitForItself() throws Exception {
        final CompletableFuture<Long> waiting =
                client.ping().thenApply(sequence -> client.blocking().ping());
        peer.answer(peer.read(), Status.OK, Bodies.EMPTY);
        assertThatThrownBy(() -> waiting.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void aServerThatRefusesHelloIsNamed() {
        final CompletableFuture<Void> refusal = CompletableFuture.runAsync(
                () -> {
                    final Peer other = server.accept();
                    other.answer(other.readAny(), Status.UNAUTHENTICATED, Bodies.EMPTY);
                },
                ScriptedServer.THREADS);
        assertThatThrownBy(() ->
                        ZandloperClient.builder("127.0.0.1", server.port()).connect())
                .isInstanceOf(RequestRejectedException.class)
                .hasMessageContaining("UNAUTHENTICATED");
        refusal.join();
    }

    @Test
    void aServerThatIsNotThereIsNamed() throws IOException {
        server.close();
        assertThatThrownBy(() ->
                        ZandloperClient.builder("127.0.0.1", server.port()).connect())
                .isInstanceOf(ConnectionLostException.class)
                .hasMessageContaining("127.0.0.1");
    }
}
