package io.zandloper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.client.DecisionQuery;
import io.zandloper.protocol.client.RequestEncoder;
import io.zandloper.protocol.schema.DecideBatchResponse;
import io.zandloper.protocol.schema.ProfileBatchResponse;
import io.zandloper.protocol.schema.SegmentListBatchResponse;
import io.zandloper.protocol.schema.SegmentTestBatchResponse;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deadlines by a clock that goes on by itself each time it is looked at. */
final class DeadlineTest {
    private static final int PROFILES = 300;
    private static final long DEADLINE_MICROS = 3_000;

    @TempDir
    private Path folder;

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicLong stepNanos = new AtomicLong();
    private final RequestEncoder encoder = new RequestEncoder();
    private EmbeddedPort port;

    @BeforeEach
    void start() {
        port = new EmbeddedPort(folder, new LoadShedder(Duration.ZERO, () -> nanos.addAndGet(stepNanos.get())));
    }

    @AfterEach
    void stop() {
        port.close();
    }

    @Test
    void whateverIsLateIsAnsweredSoAndNotDone() {
        final long sequence = port.storage().sequence();
        stepNanos.set(Duration.ofSeconds(1).toNanos());
        for (final SampleStreams.Sample sample : SampleStreams.requests()) {
            final ByteArrayOutputStream read = new ByteArrayOutputStream();
            // While it was answered, time has passed.
            read.writeBytes(RawClient.ping(0));
            read.writeBytes(late(sample));
            assertThat(port.exchange(read.toByteArray(), 2).get(1).status())
                    .as("%s", sample.type())
                    .isSameAs(Status.DEADLINE_PASSED);
        }
        assertThat(port.storage().sequence()).isEqualTo(sequence);
        stepNanos.set(0);
        for (final SampleStreams.Sample sample : SampleStreams.requests()) {
            assertThat(port.exchange(late(sample), 1).get(0).status())
                    .as("%s", sample.type())
                    .isNotSameAs(Status.DEADLINE_PASSED);
        }
    }

    /** By the time its turn comes, it is. */
    private static byte[] late(SampleStreams.Sample sample) {
        return RequestEncoder.frame(sample.type(), 1, 0, DEADLINE_MICROS, ByteBuffer.wrap(sample.body()));
    }

    @Test
    void withoutADeadlineNothingIsLate() {
        stepNanos.set(Duration.ofHours(1).toNanos());
        final ByteBuffer answer = answered(MessageType.SEGMENT_LIST_BATCH, encoder.segmentListBatch(profiles()), 0);
        final SegmentListBatchResponse batch = SegmentListBatchResponse.getRootAsSegmentListBatchResponse(answer);
        assertThat(IntStream.range(0, PROFILES).map(batch::statuses)).containsOnly(Status.OK.number());
    }

    @Test
    void aBatchAnswersWhatItGotDone() {
        stepNanos.set(Duration.ofMillis(1).toNanos());
        final List<String> profiles = profiles();
        final ProfileBatchResponse profileBatch = ProfileBatchResponse.getRootAsProfileBatchResponse(
                answered(MessageType.PROFILE_BATCH, encoder.profileBatch(profiles), DEADLINE_MICROS));
        final int done = assertDone(profileBatch.statusesLength(), profileBatch::statuses);
        assertThat(profileBatch.profiles(done - 1).identities(0)).isEqualTo("crm:1");
        assertThat(profileBatch.profiles(done).identitiesLength()).isZero();

        final SegmentTestBatchResponse tests = SegmentTestBatchResponse.getRootAsSegmentTestBatchResponse(answered(
                MessageType.SEGMENT_TEST_BATCH, encoder.segmentTestBatch(profiles, List.of("a")), DEADLINE_MICROS));
        final int tested = assertDone(tests.statusesLength(), tests::statuses);
        assertThat(tests.membersLength()).isEqualTo(PROFILES);
        assertThat(tests.members(tested - 1)).isTrue();
        assertThat(tests.members(tested)).isFalse();

        final SegmentListBatchResponse lists = SegmentListBatchResponse.getRootAsSegmentListBatchResponse(
                answered(MessageType.SEGMENT_LIST_BATCH, encoder.segmentListBatch(profiles), DEADLINE_MICROS));
        final int listed = assertDone(lists.statusesLength(), lists::statuses);
        assertThat(lists.lists(listed - 1).segments(0)).isEqualTo("a");

        final DecideBatchResponse decisions = DecideBatchResponse.getRootAsDecideBatchResponse(answered(
                MessageType.DECIDE_BATCH,
                encoder.decideBatch(profiles, DecisionQuery.forAnonymous().placement("p")),
                DEADLINE_MICROS));
        final int decided = assertDone(decisions.statusesLength(), decisions::statuses);
        assertThat(decisions.decisions(decided - 1).profile()).isEqualTo("crm:1");
    }

    private static List<String> profiles() {
        return java.util.Collections.nCopies(PROFILES, "crm:1");
    }

    private ByteBuffer answered(MessageType type, ByteBuffer body, long deadlineMicros) {
        final EmbeddedPort.Answer answer = port.exchange(RequestEncoder.frame(type, 1, 0, deadlineMicros, body), 1)
                .get(0);
        assertThat(answer.status()).isSameAs(Status.OK);
        return ByteBuffer.wrap(answer.body()).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The first ones are, the others are late; gives how many are. */
    private static int assertDone(int count, IntUnaryOperator statuses) {
        assertThat(count).isEqualTo(PROFILES);
        int done = 0;
        while (statuses.applyAsInt(done) == Status.OK.number()) {
            done++;
        }
        assertThat(done).isBetween(1, PROFILES - 1);
        assertThat(IntStream.range(done, PROFILES).map(statuses)).containsOnly(Status.DEADLINE_PASSED.number());
        return done;
    }

    /** Those that were read while the client left its answers lying; more may come in the same moment. */
    @Test
    void deadlinesRunWhileRequestsWaitForTheirTurn() {
        final byte[] frame = RequestEncoder.frame(MessageType.PING, 1, 0, DEADLINE_MICROS, encoder.ping());
        final List<EmbeddedPort.Answer> answers = port.onLoop(() -> {
            final EmbeddedChannel channel = port.open();
            channel.writeInbound(Unpooled.wrappedBuffer(frame));
            channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
            channel.pipeline().fireChannelRead(Unpooled.wrappedBuffer(frame));
            nanos.addAndGet(Duration.ofSeconds(1).toNanos());
            channel.pipeline().fireChannelRead(Unpooled.wrappedBuffer(frame));
            channel.pipeline().fireChannelReadComplete();
            channel.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
            channel.runPendingTasks();
            channel.writeInbound(Unpooled.wrappedBuffer(frame));
            final List<EmbeddedPort.Answer> taken = EmbeddedPort.take(channel, new ArrayList<>());
            channel.finishAndReleaseAll();
            return taken;
        });
        assertThat(answers)
                .extracting(EmbeddedPort.Answer::status)
                .containsExactly(Status.OK, Status.DEADLINE_PASSED, Status.DEADLINE_PASSED, Status.OK);
    }
}
