package io.zandloper.protocol.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.client.ScriptedServer.Peer;
import io.zandloper.protocol.client.ScriptedServer.Request;
import io.zandloper.protocol.schema.DecideBatchRequest;
import io.zandloper.protocol.schema.DecisionReason;
import io.zandloper.protocol.schema.ProfileBatchRequest;
import io.zandloper.protocol.schema.SegmentListBatchRequest;
import io.zandloper.protocol.schema.SegmentTestBatchRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class BatchCallsTest {
    private static final List<String> ASKED = List.of("crm:1", "crm:2", "no identity", "crm:4");
    private static final int[] STATUSES = {0, 100, 205, 301};

    private final ScriptedServer server = new ScriptedServer();
    private Peer peer;
    private ZandloperClient client;

    @BeforeEach
    void connect() {
        final Peer[] accepted = new Peer[1];
        client = server.connect(
                ZandloperClient.builder(server.address())
                        .deadline(Duration.ofSeconds(20))
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

    private Request read(MessageType type) {
        final Request request = peer.read();
        assertThat(request.type()).isEqualTo(type.number());
        return request;
    }

    private static void hasOneAnswerOnly(Batch<?> batch) {
        assertThat(batch.size()).isEqualTo(4);
        assertThat(batch.status(0)).isEqualTo(Status.OK);
        assertThat(batch.status(1)).isEqualTo(Status.PROFILE_UNKNOWN);
        assertThat(batch.isAnswered(2)).isFalse();
        assertThat(batch.identity(2)).isEqualTo("no identity");
        assertThatThrownBy(() -> batch.get(2))
                .isInstanceOf(RequestRejectedException.class)
                .hasMessageContaining("profile=no identity")
                .hasMessageContaining("INPUT_INVALID");
        assertThat(batch.statusNumber(3)).isEqualTo(301);
        assertThatThrownBy(() -> batch.get(3)).hasMessageContaining("DEADLINE_PASSED");
        assertThat(batch.sequence()).isPositive();
    }

    @Test
    void manyProfilesAreRead() throws Exception {
        final CompletableFuture<Batch<Optional<StoredProfile>>> call = client.profiles(ASKED);
        final Request request = read(MessageType.PROFILE_BATCH);
        final ProfileBatchRequest asked =
                ProfileBatchRequest.getRootAsProfileBatchRequest(ByteBuffer.wrap(request.body()));
        assertThat(asked.profilesLength()).isEqualTo(4);
        assertThat(asked.profiles(3)).isEqualTo("crm:4");
        peer.answer(request, Status.OK, Bodies.profiles(STATUSES, "crm:1", "", "", ""));
        final Batch<Optional<StoredProfile>> batch = call.get();
        hasOneAnswerOnly(batch);
        assertThat(batch.get(0).orElseThrow().identities()).containsExactly("crm:1");
        assertThat(batch.get(0).orElseThrow().sequence()).isEqualTo(batch.sequence());
        assertThat(batch.get(1)).isEmpty();
    }

    @Test
    void manyProfilesAreTested() throws Exception {
        final CompletableFuture<Batch<SegmentTest>> call = client.testSegments(ASKED, List.of("x", "y"));
        final Request request = read(MessageType.SEGMENT_TEST_BATCH);
        final SegmentTestBatchRequest asked =
                SegmentTestBatchRequest.getRootAsSegmentTestBatchRequest(ByteBuffer.wrap(request.body()));
        assertThat(asked.segmentsLength()).isEqualTo(2);
        peer.answer(
                request,
                Status.OK,
                Bodies.segmentTests(STATUSES, false, true, false, false, false, false, false, false));
        final Batch<SegmentTest> batch = call.get();
        hasOneAnswerOnly(batch);
        assertThat(batch.get(0).isMember("x")).isFalse();
        assertThat(batch.get(0).isMember("y")).isTrue();
        assertThat(batch.get(1).isKnown()).isFalse();
        assertThat(batch.get(1).isMember("y")).isFalse();
    }

    @Test
    void segmentsOfManyProfilesAreListed() throws Exception {
        final CompletableFuture<Batch<SegmentList>> call = client.segments(ASKED);
        final Request request = read(MessageType.SEGMENT_LIST_BATCH);
        assertThat(SegmentListBatchRequest.getRootAsSegmentListBatchRequest(ByteBuffer.wrap(request.body()))
                        .profiles(0))
                .isEqualTo("crm:1");
        final String[] none = {};
        peer.answer(request, Status.OK, Bodies.segmentLists(STATUSES, new String[] {"x", "y"}, none, none, none));
        final Batch<SegmentList> batch = call.get();
        hasOneAnswerOnly(batch);
        assertThat(batch.get(0).segments()).containsExactly("x", "y");
        assertThat(batch.get(1).known()).isFalse();
    }

    @Test
    void oneQuestionIsDecidedForMany() throws Exception {
        final List<String> asked = List.of("crm:1", "crm:2");
        final CompletableFuture<Batch<Decision>> call = client.decide(
                asked, DecisionQuery.forAnonymous().placement("hero", 2).context("channel", "web"));
        final Request request = read(MessageType.DECIDE_BATCH);
        final DecideBatchRequest sent = DecideBatchRequest.getRootAsDecideBatchRequest(ByteBuffer.wrap(request.body()));
        assertThat(sent.profiles(1)).isEqualTo("crm:2");
        assertThat(sent.request().placements(0).id()).isEqualTo("hero");
        assertThat(sent.request().profile()).isNull();
        peer.answer(request, Status.OK, Bodies.decisions(new int[] {0, 0}, DecisionReason.Default, "crm:1", "crm:2"));
        assertThat(call.get().get(1).profile()).isEqualTo("crm:2");
        assertThat(call.get().get(1).reason()).isEqualTo(Decision.Reason.DEFAULT);
    }

    @Test
    void aQuestionForManyIsAboutNobody() {
        assertThatThrownBy(() -> client.decide(List.of("crm:1"), DecisionQuery.forProfile("crm:2")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("profile=crm:2");
        assertThatThrownBy(
                        () -> client.decide(List.of("crm:1"), DecisionQuery.forDocument(ProfileDocument.of(Map.of()))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aWordOfANewerServerIsNoFailure() throws Exception {
        final CompletableFuture<Batch<Decision>> call = client.decide(List.of("crm:1"), DecisionQuery.forAnonymous());
        peer.answer(peer.read(), Status.OK, Bodies.decisions(new int[] {0}, 200, "crm:1"));
        assertThat(call.get().get(0).reason()).isEqualTo(Decision.Reason.UNRECOGNIZED);

        final CompletableFuture<Batch<SegmentTest>> tests = client.testSegments(List.of("crm:1"), List.of("x"));
        peer.answer(peer.read(), Status.OK, Bodies.segmentTests(new int[] {399}, false));
        assertThat(tests.get().status(0)).isNull();
        assertThatThrownBy(() -> tests.get().get(0))
                .isInstanceOfSatisfying(
                        RequestRejectedException.class,
                        rejection -> assertThat(rejection.kind()).isEqualTo(Status.Kind.LATER));
    }

    @Test
    void answersToAnotherNumberOfProfilesAreNone() {
        final CompletableFuture<Batch<SegmentTest>> call = client.testSegments(ASKED, List.of("x"));
        peer.answer(peer.read(), Status.OK, Bodies.segmentTests(new int[] {0, 0, 0}, true, true, true));
        assertThatThrownBy(call::get).hasCauseInstanceOf(ConnectionLostException.class);
        peer = server.acceptAndGreet();
    }

    @Test
    void testsOfOneTurnGoOutAsOneBatch() throws Exception {
        final SegmentTestGatherer gatherer = client.gatherer(List.of("x"));
        final List<CompletableFuture<SegmentTest>> tests = new ArrayList<>();
        final CompletableFuture<Void> turn = client.ping().thenRun(() -> {
            for (int i = 0; i < 4; i++) {
                tests.add(gatherer.test("crm:" + i));
            }
        });
        peer.answer(peer.read(), Status.OK, Bodies.EMPTY);
        final Request request = read(MessageType.SEGMENT_TEST_BATCH);
        assertThat(SegmentTestBatchRequest.getRootAsSegmentTestBatchRequest(ByteBuffer.wrap(request.body()))
                        .profilesLength())
                .isEqualTo(4);
        peer.answer(request, Status.OK, Bodies.segmentTests(STATUSES, true, false, false, false));
        turn.get();
        assertThat(tests.get(0).get().isMember("x")).isTrue();
        assertThat(tests.get(1).get().isKnown()).isFalse();
        assertThatThrownBy(() -> tests.get(2).get()).hasMessageContaining("INPUT_INVALID");
        assertThatThrownBy(() -> tests.get(3).get()).hasMessageContaining("DEADLINE_PASSED");
    }

    @Test
    void whatFailsABatchFailsEachOfItsTests() {
        final SegmentTestGatherer gatherer = client.gatherer(List.of("x"));
        final CompletableFuture<SegmentTest> test = gatherer.test("crm:1");
        peer.read();
        peer.close();
        assertThatThrownBy(test::get).hasCauseInstanceOf(ConnectionLostException.class);
        assertThatThrownBy(() -> gatherer.test("crm:\ud800")).isInstanceOf(IllegalArgumentException.class);
        client.close();
        assertThatThrownBy(() -> gatherer.test("crm:1").get()).hasCauseInstanceOf(ConnectionLostException.class);
    }
}
