package io.zandloper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.client.ProfileChange;
import io.zandloper.protocol.client.RequestEncoder;
import io.zandloper.protocol.client.ZandloperClient;
import io.zandloper.protocol.schema.HelloResponse;
import io.zandloper.protocol.schema.Limits;
import io.zandloper.server.Await;
import io.zandloper.server.metrics.Cutoff;
import io.zandloper.server.metrics.Port;
import io.zandloper.server.metrics.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a client may take, over real sockets: each limit, that it is counted, and that nobody else is touched. */
@Timeout(120)
@ParameterizedClass(name = "{0}")
@EnumSource
final class LimitsTest {
    private static final Duration SOON = Duration.ofMillis(300);
    private static final int KIB = 1024;

    @TempDir
    private Path folder;

    private final RequestEncoder encoder = new RequestEncoder();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @Parameter
    private Route route;

    private @Nullable RunningBinaryServer server;

    @AfterEach
    void close() throws Exception {
        for (final AutoCloseable one : opened) {
            one.close();
        }
        if (server != null) {
            server.close();
        }
    }

    private void start(BinaryLimits limits) {
        server = new RunningBinaryServer(folder, null, limits, route.open(folder));
    }

    private RawClient connect() throws IOException {
        final RawClient client = new RawClient(server);
        opened.add(client);
        return client;
    }

    private ZandloperClient bystander() {
        final ZandloperClient client = server.connect();
        opened.add(client);
        return client;
    }

    private static BinaryLimits limits(int connections, Duration stall, Duration idle) {
        final BinaryLimits usual = BinaryLimits.DEFAULT;
        return new BinaryLimits(
                connections,
                usual.requestFrameBytesMax(),
                usual.requestsInFlightMax(),
                usual.outboundBytesMax(),
                BinaryLimits.HELD_BYTES_LEAST,
                Duration.ZERO,
                stall,
                idle);
    }

    private static BinaryLimits patient() {
        return limits(100, Duration.ofMinutes(1), Duration.ZERO);
    }

    private static byte[] longPing(long correlationId, int bodyBytes) {
        return RawClient.frame(MessageType.PING, correlationId, ByteBuffer.allocate(bodyBytes));
    }

    private static byte[] pingAt(long minSequence, long correlationId, int bodyBytes, long deadlineMicros) {
        return RequestEncoder.frame(
                MessageType.PING, correlationId, minSequence, deadlineMicros, ByteBuffer.allocate(bodyBytes));
    }

    private long cutOff(Cutoff reason) {
        return server.metrics().cutOff(Port.BINARY, reason);
    }

    private void awaitCutOff(Cutoff reason, int count) {
        assertThat(Await.until(() -> cutOff(reason) >= count))
                .as(reason.label())
                .isTrue();
    }

    @Test
    void aConnectionTooManyIsClosedAtOnce() throws IOException {
        start(limits(2, Duration.ofMinutes(1), Duration.ZERO));
        final RawClient first = connect();
        final RawClient second = connect();
        assertAnswered(first, 1);
        assertAnswered(second, 2);

        assertThat(connect().isEnded()).isTrue();

        awaitCutOff(Cutoff.TOO_MANY_CONNECTIONS, 1);
        assertAnswered(first, 3);
        second.close();
        assertThat(Await.until(() -> server.metrics().connectionsOpen(Port.BINARY) == 1))
                .isTrue();
        assertAnswered(connect(), 4);
    }

    @Test
    void aConnectionOnWhichNothingHappensIsClosed() throws IOException {
        start(limits(10, Duration.ofMinutes(1), SOON));
        final RawClient silent = connect();
        assertThat(silent.isEnded()).isTrue();
        awaitCutOff(Cutoff.IDLE, 1);

        // Who waits for the server is not idle.
        final RawClient waiting = connect();
        waiting.write(pingAt(99, 7, 0, SOON.multipliedBy(4).toNanos() / 1_000));
        final RawClient.Answer answer = waiting.read();
        assertThat(answer.status()).isSameAs(Status.SEQUENCE_NOT_REACHED);
        assertThat(waiting.isEnded()).isTrue();
        awaitCutOff(Cutoff.IDLE, 2);
    }

    @Test
    void aRequestThatIsNeverFinishedEndsItsConnection() throws IOException {
        start(limits(10, SOON, Duration.ZERO));
        final ZandloperClient bystander = bystander();
        final RawClient half = connect();
        half.write(longPing(1, 10 * KIB), 0, 5 * KIB);
        assertThat(half.isEnded()).isTrue();
        awaitCutOff(Cutoff.REQUEST_UNFINISHED, 1);

        // Nor does it help to send a byte now and then, read over or not.
        for (final byte[] frame : List.of(longPing(2, 900 * KIB), longPing(2, 5_000 * KIB))) {
            final long before = cutOff(Cutoff.REQUEST_UNFINISHED);
            final RawClient dripping = connect();
            for (int sent = 0; cutOff(Cutoff.REQUEST_UNFINISHED) == before && sent < frame.length; sent++) {
                bystander.ping().join();
                try {
                    dripping.write(frame, sent, 1);
                } catch (IOException cut) {
                    break;
                }
            }
            awaitCutOff(Cutoff.REQUEST_UNFINISHED, (int) before + 1);
        }
        assertThat(bystander.ping().join()).isZero();
    }

    @Test
    void manyRequestsOneAfterTheOtherAreNotOneUnfinishedRequest() throws IOException {
        start(limits(10, SOON, Duration.ZERO));
        final RawClient client = connect();
        final byte[] frames = new byte[2 * RawClient.ping(1).length];
        System.arraycopy(RawClient.ping(1), 0, frames, 0, frames.length / 2);
        System.arraycopy(RawClient.ping(1), 0, frames, frames.length / 2, frames.length / 2);
        final int cut = frames.length / 2 + 5;
        final long endNanos = System.nanoTime() + SOON.multipliedBy(4).toNanos();
        client.write(frames, 0, cut);
        // At any moment there is a request that is begun; none of them is so for long.
        while (System.nanoTime() < endNanos) {
            assertThat(client.read().status()).isSameAs(Status.OK);
            client.write(frames, cut, frames.length - cut);
            client.write(frames, 0, cut);
            assertThat(client.read().status()).isSameAs(Status.OK);
        }
        assertThat(cutOff(Cutoff.REQUEST_UNFINISHED)).isZero();
    }

    @Test
    void aReaderThatDoesNotReadIsPausedAndThenCutOff() throws IOException {
        start(limits(10, SOON, Duration.ZERO));
        final ZandloperClient bystander = bystander();
        final RawClient client = connect();
        final byte[] frame = longPing(1, 512 * KIB);
        long sent = 0;
        boolean cut = false;
        while (!cut) {
            try {
                client.write(frame);
                sent += frame.length;
            } catch (IOException ended) {
                cut = true;
            }
        }
        awaitCutOff(Cutoff.ANSWERS_NOT_TAKEN, 1);
        // Both sides' socket buffers and what it may leave lying; all else was never read.
        assertThat(sent).isLessThan(64L * KIB * KIB);
        assertThat(bystander.ping().join()).isZero();
    }

    @Test
    void whatSlowClientsMakeTheServerHoldIsBounded() throws IOException {
        start(patient());
        final ZandloperClient bystander = bystander();
        final byte[] frame = longPing(1, 1000 * KIB);
        final List<RawClient> clients = new ArrayList<>();
        final int count = 2 * (int) (BinaryLimits.HELD_BYTES_LEAST / (1024 * KIB));
        for (int i = 0; i < count; i++) {
            final long readBefore = server.metrics().bytesRead(Port.BINARY);
            clients.add(connect());
            clients.get(i).write(frame, 0, frame.length - 1);
            assertThat(Await.until(() -> server.metrics().bytesRead(Port.BINARY) >= readBefore + frame.length - 1))
                    .isTrue();
        }
        // Three quarters of the bound are theirs, so about as many are there as fit; the others made room, the first
        // first.
        final int fit = count * 3 / 8;
        awaitCutOff(Cutoff.MEMORY, count - fit - 2);
        assertThat(cutOff(Cutoff.MEMORY)).isLessThan(count - fit / 2);
        assertThat(clients.get(0).isEnded()).isTrue();
        final RawClient last = clients.get(count - 1);
        last.write(frame, frame.length - 1, 1);
        assertThat(last.read().status()).isSameAs(Status.OK);
        assertThat(bystander.ping().join()).isZero();
    }

    @Test
    void requestsThatWaitAreBoundedAndHelloTellsIt() throws IOException {
        start(new BinaryLimits(
                10,
                8192,
                3,
                BinaryLimits.OUTBOUND_BYTES_LEAST,
                BinaryLimits.HELD_BYTES_LEAST,
                Duration.ZERO,
                Duration.ofMinutes(1),
                Duration.ZERO));
        final RawClient client = connect();
        client.write(RawClient.frame(MessageType.HELLO, 1, encoder.hello("test", null)));
        final Limits told = HelloResponse.getRootAsHelloResponse(
                        ByteBuffer.wrap(client.read().body()))
                .limits();
        assertThat(told.requestFrameBytesMax()).isEqualTo(8192);
        assertThat(told.requestsInFlightMax()).isEqualTo(3);

        for (int i = 2; i <= 5; i++) {
            client.write(pingAt(1, i, 0, 60_000_000));
        }
        final RawClient.Answer refused = client.read();
        assertThat(refused.status()).isSameAs(Status.BUSY);
        assertThat(refused.correlationId()).isEqualTo(5);
        assertThat(server.metrics().refused(Port.BINARY, Refusal.BUSY)).isEqualTo(1);

        client.write(longPing(6, 8192 - 31));
        assertThat(client.read().status()).isSameAs(Status.FRAME_TOO_LONG);
        client.write(longPing(7, 8192 - 32));
        assertThat(client.read().status()).isSameAs(Status.OK);

        server.replaceCatalog("{}");
        assertThat(correlationIds(client, 3)).containsExactlyInAnyOrder(2L, 3L, 4L);
    }

    @Test
    void whatWaitedForItsSequenceIsAnsweredAsFastAsItIsTaken() throws IOException {
        start(patient());
        final RawClient client = connect();
        for (int i = 0; i < 200; i++) {
            client.write(pingAt(1, i, 50 * KIB, 0xFFFF_FFFFL));
        }
        assertThat(Await.until(() -> server.metrics().bytesRead(Port.BINARY) >= 200 * 50 * KIB))
                .isTrue();
        server.replaceCatalog("{}");
        final ZandloperClient bystander = bystander();
        assertThat(bystander.ping().join()).isEqualTo(1);
        assertThat(correlationIds(client, 200)).hasSize(200);
    }

    @Test
    void whoEndsItsSideStillGetsItsAnswers() throws IOException {
        assumeTrue(route.allowsHalfClosure());
        start(patient());
        final RawClient writing = connect();
        for (int i = 0; i < 200; i++) {
            writing.write(RawClient.frame(
                    MessageType.UPSERT,
                    i,
                    encoder.upsert(ProfileChange.merge("crm:" + i).attribute("a", 1L))));
        }
        writing.write(RawClient.ping(200), 0, 20);
        writing.shutdownOutput();
        assertThat(correlationIds(writing, 200)).hasSize(200);
        assertThat(writing.isEnded()).isTrue();

        final RawClient waiting = connect();
        waiting.write(pingAt(201, 7, 0, 60_000_000));
        waiting.shutdownOutput();
        bystander().ping().join();
        server.replaceCatalog("{}");
        assertThat(waiting.read().correlationId()).isEqualTo(7);
        assertThat(waiting.isEnded()).isTrue();
        assertThat(Await.until(() -> server.metrics().connectionsOpen(Port.BINARY) == 1))
                .isTrue();
    }

    @Test
    void whoEndsItsSideBeforeItReadsStillGetsItsAnswers() throws IOException {
        assumeTrue(route.allowsHalfClosure());
        start(patient());
        final RawClient client = connect();
        final CompletableFuture<Void> written = CompletableFuture.runAsync(() -> {
            try {
                for (int i = 0; i < 100; i++) {
                    client.write(longPing(i, 256 * KIB));
                }
                client.shutdownOutput();
            } catch (IOException failed) {
                throw new java.io.UncheckedIOException(failed);
            }
        });
        assertThat(correlationIds(client, 100)).hasSize(100);
        written.join();
        assertThat(client.isEnded()).isTrue();
    }

    private static void assertAnswered(RawClient client, long correlationId) throws IOException {
        client.write(RawClient.ping(correlationId));
        assertThat(client.read().correlationId()).isEqualTo(correlationId);
    }

    /** Of so many answers, all of them good. */
    private static Set<Long> correlationIds(RawClient client, int count) throws IOException {
        final Set<Long> correlationIds = new HashSet<>();
        for (int i = 0; i < count; i++) {
            final RawClient.Answer answer = client.read();
            assertThat(answer.status()).isSameAs(Status.OK);
            correlationIds.add(answer.correlationId());
        }
        return correlationIds;
    }
}
