package io.zandloper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.ProtocolLimits;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.client.DecisionQuery;
import io.zandloper.protocol.client.ProfileChange;
import io.zandloper.protocol.client.ProfileEvent;
import io.zandloper.protocol.client.RequestEncoder;
import io.zandloper.protocol.client.ZandloperClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a stream may look like, over real sockets; beside each stream another client goes on undisturbed. */
@Timeout(120)
@ParameterizedClass(name = "{0}")
@EnumSource(
        mode = EnumSource.Mode.EXCLUDE,
        names = {"IO_URING_SPINNING", "NIO_SPINNING"})
final class FrameDecoderTest {
    private static final long SEED = 20261122;
    private static final int CLIENTS_AT_A_TIME = 250;

    @TempDir
    private static Path folder;

    private static RunningBinaryServer server;
    private static ZandloperClient bystander;

    @Parameter
    private Route route;

    private final RequestEncoder encoder = new RequestEncoder();

    @BeforeParameterizedClassInvocation
    static void start(Route route) throws IOException {
        final Path own = Files.createDirectory(folder.resolve(route.name()));
        server = new RunningBinaryServer(own, null, RunningBinaryServer.PATIENT, route.open(own));
        server.replaceCatalog("{\"segments\":[{\"id\":\"a\"}],\"placements\":[{\"id\":\"p\"}]}");
        bystander = server.connect();
        bystander.upsert(ProfileChange.merge("crm:1").addSegment("a")).join();
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        bystander.close();
        server.close();
    }

    @AfterEach
    void theBystanderNoticedNothing() {
        assertThat(bystander.testSegments("crm:1", List.of("a")).join().isMember(0))
                .isTrue();
        assertThat(bystander.ping().join()).isPositive();
    }

    @Test
    void aStreamMayBeCutAnywhere() throws IOException {
        final byte[] stream = streamOfAllTypes();
        for (int cut = 1; cut < stream.length; cut++) {
            try (RawClient client = new RawClient(server)) {
                client.write(stream, 0, cut);
                // So that the socket does not put the parts together again.
                bystander.ping().join();
                client.write(stream, cut, stream.length - cut);
                assertAllAnswered(client);
            }
        }
    }

    @Test
    void aStreamMayComeByteByByte() throws IOException {
        try (RawClient client = new RawClient(server)) {
            for (final byte single : streamOfAllTypes()) {
                client.write(new byte[] {single});
            }
            assertAllAnswered(client);
        }
    }

    @Test
    void manyFramesMayComeAtOnce() throws IOException, ExecutionException, InterruptedException {
        final ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (int i = 0; i < 20_000; i++) {
            stream.write(RawClient.frame(MessageType.SEGMENT_TEST, i, encoder.segmentTest("crm:1", List.of("a"))));
        }
        try (RawClient client = new RawClient(server)) {
            final CompletableFuture<Void> written = CompletableFuture.runAsync(() -> {
                try {
                    client.write(stream.toByteArray());
                } catch (IOException failed) {
                    throw new java.io.UncheckedIOException(failed);
                }
            });
            for (int i = 0; i < 20_000; i++) {
                final RawClient.Answer answer = client.read();
                assertThat(answer.correlationId()).isEqualTo(i);
                assertThat(answer.status()).isSameAs(Status.OK);
            }
            written.get();
        }
    }

    @Test
    void aClientThatDoesNotReadIsNotReadFrom() throws IOException {
        // The answers are a hundred times what the sockets' buffers hold; none may be lost, and none may pile up.
        final byte[] body = new byte[256 * 1024];
        new SplittableRandom(SEED).nextBytes(body);
        final byte[] frame = RawClient.frame(MessageType.PING, 7, ByteBuffer.wrap(body));
        final int frames = 400;
        final long usedBefore = io.netty.util.internal.PlatformDependent.usedDirectMemory();
        try (RawClient client = new RawClient(server)) {
            final CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < frames; i++) {
                        client.write(frame);
                    }
                } catch (IOException failed) {
                    throw new java.io.UncheckedIOException(failed);
                }
            });
            bystander.ping().join();
            for (int i = 0; i < frames; i++) {
                assertThat(client.read().body()).isEqualTo(body);
                assertThat(io.netty.util.internal.PlatformDependent.usedDirectMemory() - usedBefore)
                        .isLessThan(64L * 1024 * 1024);
            }
            writing.join();
        }
    }

    @Test
    void everyByteOfAStreamMayBeWrong() throws IOException {
        final byte[] stream = streamOfAllTypes();
        // Many at a time: a byte may make a request wait for a sequence that never comes.
        for (int first = 0; first < stream.length; first += CLIENTS_AT_A_TIME) {
            final List<RawClient> clients = new ArrayList<>();
            for (int i = first; i < Math.min(first + CLIENTS_AT_A_TIME, stream.length); i++) {
                final byte[] wrong = stream.clone();
                wrong[i] ^= (byte) 0xff;
                final RawClient client = new RawClient(server);
                clients.add(client);
                client.write(wrong);
                client.shutdownOutput();
            }
            for (final RawClient client : clients) {
                assertThat(client.isEnded()).isTrue();
                client.close();
            }
        }
        assertThat(server.metrics()
                        .refused(io.zandloper.server.metrics.Port.BINARY, io.zandloper.server.metrics.Refusal.INTERNAL))
                .isZero();
    }

    @Test
    void garbageEndsOnlyItsOwnConnection() throws IOException {
        final SplittableRandom random = new SplittableRandom(SEED);
        for (int round = 0; round < 200; round++) {
            final byte[] garbage = new byte[random.nextInt(1, 4096)];
            random.nextBytes(garbage);
            try (RawClient client = new RawClient(server)) {
                client.write(garbage);
                client.shutdownOutput();
                assertThat(client.isEnded()).isTrue();
            }
        }
    }

    @Test
    void anotherProtocolIsToldAndCutOff() throws IOException {
        try (RawClient client = new RawClient(server)) {
            client.write(
                    "GET /v1/profiles/crm:1 HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            final RawClient.Answer answer = client.read();
            assertThat(answer.status()).isSameAs(Status.FRAME_INVALID);
            assertThat(answer.correlationId()).isZero();
            assertThat(client.isEnded()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 31, -1, Integer.MIN_VALUE, ProtocolLimits.SKIPPED_FRAME_BYTES_MAX + 1})
    void aLengthThatCanBeNoneEndsTheConnection(int length) throws IOException {
        final byte[] frame = RawClient.ping(5);
        ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).putInt(FrameDescriptor.LENGTH_OFFSET, length);
        try (RawClient client = new RawClient(server)) {
            client.write(RawClient.ping(4));
            client.write(frame);
            client.write(RawClient.ping(6));
            assertThat(client.read().correlationId()).isEqualTo(4);
            assertThat(client.read().status()).isSameAs(Status.FRAME_INVALID);
            assertThat(client.isEnded()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {ProtocolLimits.REQUEST_FRAME_BYTES_MAX + 1, 5 * ProtocolLimits.REQUEST_FRAME_BYTES_MAX})
    void aFrameThatIsTooLongIsAnsweredAndReadOver(int length) throws IOException {
        final byte[] frame =
                RawClient.frame(MessageType.PING, 5, ByteBuffer.allocate(length - FrameDescriptor.HEADER_LENGTH_BYTES));
        try (RawClient client = new RawClient(server)) {
            client.write(frame);
            client.write(RawClient.ping(6));
            final RawClient.Answer tooLong = client.read();
            assertThat(tooLong.status()).isSameAs(Status.FRAME_TOO_LONG);
            assertThat(tooLong.correlationId()).isEqualTo(5);
            final RawClient.Answer next = client.read();
            assertThat(next.status()).isSameAs(Status.OK);
            assertThat(next.correlationId()).isEqualTo(6);
        }
    }

    @Test
    void theLongestFrameIsAnswered() throws IOException {
        final byte[] body = new byte[ProtocolLimits.REQUEST_FRAME_BYTES_MAX - FrameDescriptor.HEADER_LENGTH_BYTES];
        new SplittableRandom(SEED).nextBytes(body);
        try (RawClient client = new RawClient(server)) {
            client.write(RawClient.frame(MessageType.PING, 5, ByteBuffer.wrap(body)));
            assertThat(client.read().body()).isEqualTo(body);
        }
    }

    @Test
    void whatIsWrongInTheHeaderIsNamedAndTheStreamGoesOn() throws IOException {
        assertAnswered(FrameDescriptor.TYPE_OFFSET, (byte) 3, Status.TYPE_UNKNOWN);
        assertAnswered(FrameDescriptor.TYPE_OFFSET, (byte) 51, Status.TYPE_UNKNOWN);
        assertAnswered(FrameDescriptor.TYPE_OFFSET + 1, (byte) 0x7f, Status.TYPE_UNKNOWN);
        assertAnswered(FrameDescriptor.VERSION_OFFSET, (byte) 0, Status.VERSION_UNSUPPORTED);
        assertAnswered(FrameDescriptor.VERSION_OFFSET, (byte) 2, Status.VERSION_UNSUPPORTED);
        assertAnswered(FrameDescriptor.FLAGS_OFFSET, (byte) FrameDescriptor.RESPONSE_FLAG, Status.FRAME_INVALID);
        assertAnswered(FrameDescriptor.FLAGS_OFFSET, (byte) 0x80, Status.FRAME_INVALID);
        // Reserved: written as 0 and not looked at.
        assertAnswered(FrameDescriptor.RESERVED_OFFSET, (byte) 1, Status.OK);
        assertAnswered(FrameDescriptor.STATUS_OFFSET, (byte) 1, Status.OK);
    }

    private static void assertAnswered(int offset, byte value, Status status) throws IOException {
        final byte[] frame = RawClient.ping(5);
        frame[offset] = value;
        try (RawClient client = new RawClient(server)) {
            client.write(frame);
            client.write(RawClient.ping(6));
            final RawClient.Answer answer = client.read();
            assertThat(answer.status()).isSameAs(status);
            assertThat(answer.correlationId()).isEqualTo(5);
            assertThat(client.read().correlationId()).isEqualTo(6);
        }
    }

    @Test
    void aBodyThatIsNoBufferIsNamed() throws IOException {
        final ByteBuffer junk = ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
        try (RawClient client = new RawClient(server)) {
            for (final MessageType type : MessageType.values()) {
                client.write(RawClient.frame(type, type.number(), junk));
                final RawClient.Answer answer = client.read();
                assertThat(answer.type()).isEqualTo(type.number());
                assertThat(answer.status()).isSameAs(type == MessageType.PING ? Status.OK : Status.BODY_INVALID);
            }
        }
    }

    @Test
    void textThatIsNotUtf8IsNamed() throws IOException {
        final List<byte[]> frames = List.of(
                RawClient.frame(MessageType.PROFILE, 1, encoder.profile("crm:xx")),
                RawClient.frame(MessageType.SEGMENT_TEST, 2, encoder.segmentTest("crm:xx", List.of())),
                RawClient.frame(MessageType.SEGMENT_LIST, 3, encoder.segmentList("crm:xx")),
                RawClient.frame(
                        MessageType.DECIDE,
                        4,
                        encoder.decide(DecisionQuery.forProfile("crm:xx").placement("p"))),
                RawClient.frame(MessageType.UPSERT, 5, encoder.upsert(ProfileChange.merge("crm:xx"))),
                RawClient.frame(MessageType.EVENT, 6, encoder.event(ProfileEvent.of("crm:xx", "click"))),
                RawClient.frame(MessageType.EVENT, 7, encoder.event(ProfileEvent.of("crm:1", "click crm:xx"))),
                RawClient.frame(MessageType.ERASE, 8, encoder.erase("crm:xx", List.of())));
        try (RawClient client = new RawClient(server)) {
            for (final byte[] frame : frames) {
                final int at = new String(frame, StandardCharsets.ISO_8859_1).indexOf("crm:xx");
                Arrays.fill(frame, at + 4, at + 6, (byte) 0xff);
                client.write(frame);
                assertThat(client.read().status()).isSameAs(Status.BODY_INVALID);
            }
        }
    }

    @Test
    void credentialsAreAskedForWhereThereAreAny(@TempDir Path other) throws IOException {
        try (RunningBinaryServer guarded =
                new RunningBinaryServer(other, "s3cret", RunningBinaryServer.PATIENT, route.open(other))) {
            try (RawClient client = new RawClient(guarded)) {
                client.write(RawClient.ping(1));
                assertThat(client.read().status()).isSameAs(Status.UNAUTHENTICATED);
                client.write(RawClient.frame(MessageType.HELLO, 2, encoder.hello("test", null)));
                assertThat(client.read().status()).isSameAs(Status.UNAUTHENTICATED);
                client.write(RawClient.frame(MessageType.HELLO, 3, encoder.hello("test", "wrong")));
                assertThat(client.read().status()).isSameAs(Status.UNAUTHENTICATED);
                client.write(RawClient.frame(MessageType.HELLO, 4, encoder.hello("test", "s3cret")));
                assertThat(client.read().status()).isSameAs(Status.OK);
                client.write(RawClient.ping(5));
                assertThat(client.read().status()).isSameAs(Status.OK);
            }
            try (ZandloperClient client = ZandloperClient.builder("127.0.0.1", guarded.port())
                    .credentials("s3cret")
                    .connect()) {
                assertThat(client.ping().join()).isZero();
            }
        }
    }

    private byte[] streamOfAllTypes() throws IOException {
        final ByteArrayOutputStream stream = new ByteArrayOutputStream();
        stream.write(RawClient.frame(MessageType.HELLO, 1, encoder.hello("test", null)));
        stream.write(RawClient.ping(2));
        stream.write(RawClient.frame(MessageType.PROFILE, 3, encoder.profile("crm:1")));
        stream.write(RawClient.frame(MessageType.SEGMENT_TEST, 4, encoder.segmentTest("crm:1", List.of("a", "b"))));
        stream.write(RawClient.frame(MessageType.SEGMENT_LIST, 5, encoder.segmentList("crm:1")));
        stream.write(RawClient.frame(
                MessageType.DECIDE,
                6,
                encoder.decide(DecisionQuery.forProfile("crm:1").placement("p").context("channel", "web"))));
        stream.write(RawClient.frame(
                MessageType.UPSERT,
                7,
                encoder.upsert(ProfileChange.merge("crm:1").attribute("x", 1L))));
        final List<String> profiles = List.of("crm:1", "crm:404");
        stream.write(RawClient.frame(MessageType.PROFILE_BATCH, 8, encoder.profileBatch(profiles)));
        stream.write(RawClient.frame(
                MessageType.SEGMENT_TEST_BATCH, 9, encoder.segmentTestBatch(profiles, List.of("a", "b"))));
        stream.write(RawClient.frame(MessageType.SEGMENT_LIST_BATCH, 10, encoder.segmentListBatch(profiles)));
        stream.write(RawClient.frame(
                MessageType.DECIDE_BATCH,
                11,
                encoder.decideBatch(profiles, DecisionQuery.forAnonymous().placement("p"))));
        stream.write(RawClient.ping(12));
        return stream.toByteArray();
    }

    /** The write may be overtaken; all else is answered in order. */
    private static void assertAllAnswered(RawClient client) throws IOException {
        final List<Long> correlationIds = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            final RawClient.Answer answer = client.read();
            assertThat(answer.status()).isSameAs(Status.OK);
            correlationIds.add(answer.correlationId());
        }
        assertThat(correlationIds).contains(7L);
        correlationIds.remove(7L);
        assertThat(correlationIds).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 8L, 9L, 10L, 11L, 12L);
    }
}
