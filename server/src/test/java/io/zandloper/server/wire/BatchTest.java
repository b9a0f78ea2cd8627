package io.zandloper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.flatbuffers.FlatBufferBuilder;
import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.ProtocolLimits;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.client.DecisionQuery;
import io.zandloper.protocol.client.RequestEncoder;
import io.zandloper.protocol.schema.DecideBatchResponse;
import io.zandloper.protocol.schema.DecideResponse;
import io.zandloper.protocol.schema.ErrorResponse;
import io.zandloper.protocol.schema.HelloResponse;
import io.zandloper.protocol.schema.ProfileBatchResponse;
import io.zandloper.protocol.schema.ProfileResponse;
import io.zandloper.protocol.schema.SegmentListBatchResponse;
import io.zandloper.protocol.schema.SegmentListResponse;
import io.zandloper.protocol.schema.SegmentTestBatchResponse;
import io.zandloper.protocol.schema.SegmentTestResponse;
import io.zandloper.protocol.verify.BodyVerifier;
import io.zandloper.protocol.verify.TableShape;
import io.zandloper.protocol.verify.TableShapes;
import io.zandloper.server.metrics.Operation;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches, and requests that arrive together, are answered as each request would be alone. */
@Timeout(120)
final class BatchTest {
    private static final long SEED = Long.getLong("zandloper.batch.seed", 20261122);
    private static final int PERSONS = 200;
    private static final int ROUNDS = 40;
    private static final String CATALOG = """
            {"segments":[{"id":"a"},{"id":"old","rule":"profile.age > 60"},{"id":"b","purposes":[1]},{"id":"c"},
                         {"id":"both","rule":"'a' in segments && 'b' in segments"}],
             "offers":[{"id":"oa","eligibility":"'a' in segments","payload":{"n":1,"t":"ü☂"}},
                       {"id":"ob","eligibility":"'b' in segments","purposes":[1]},
                       {"id":"oo","eligibility":"profile.age > context.least","value":0.5}],
             "placements":[{"id":"p","count":3},{"id":"q","fallback":["oo"]}]}
            """;

    @TempDir
    private Path folder;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final RequestEncoder encoder = new RequestEncoder();
    private EmbeddedPort port;

    /** What came of one profile: the number of a status, and its answer as text. */
    private record Entry(int status, String answer) {}

    @BeforeEach
    void start() {
        System.out.println("BatchTest: zandloper.batch.seed=" + SEED);
        port = new EmbeddedPort(folder);
        port.replaceCatalog(CATALOG);
    }

    @AfterEach
    void stop() {
        port.close();
    }

    private void fill() {
        for (int i = 0; i < PERSONS; i++) {
            port.put(String.format(
                    Locale.ROOT,
                    "{\"id\":\"crm:%d\",\"identities\":[\"crm:%d\",\"cookie:%d\"],\"attributes\":{\"age\":%d,\"t\":\"ü%d\"},"
                            + "\"segments\":[%s],\"scores\":{\"oa\":%d,\"gone\":0.25},\"consent\":{\"purposes\":[%d]}}",
                    i,
                    i,
                    i,
                    random.nextInt(90),
                    i,
                    segments(),
                    random.nextInt(2),
                    1 + random.nextInt(2)));
        }
    }

    private String segments() {
        final List<String> segments = new ArrayList<>();
        for (final String segment : List.of("a", "b", "c")) {
            switch (random.nextInt(3)) {
                case 0 -> segments.add("\"" + segment + "\"");
                case 1 -> segments.add("{\"id\":\"" + segment + "\",\"expires\":\"2027-01-01T00:00:00Z\"}");
                default -> {}
            }
        }
        return String.join(",", segments);
    }

    @ParameterizedTest
    @ValueSource(longs = {RunningBinaryServer.START_MICROS, 1_800_000_000_000_000L})
    void eachProfileIsAnsweredAsItWouldBeAlone(long nowMicros) {
        fill();
        // At the later time memberships have ended, which the rows do not say yet.
        port.setTime(nowMicros);
        for (int round = 0; round < ROUNDS; round++) {
            final List<String> profiles = profiles(random.nextInt(1, 200));
            final List<String> segments =
                    List.of("both", "a", "nowhere", "b", "old", "c").subList(0, random.nextInt(7));
            assertAlike(
                    profiles,
                    MessageType.PROFILE,
                    encoder::profile,
                    body -> text(ProfileResponse.getRootAsProfileResponse(body)),
                    MessageType.PROFILE_BATCH,
                    encoder.profileBatch(profiles),
                    BatchTest::profileEntries);
            assertAlike(
                    profiles,
                    MessageType.SEGMENT_TEST,
                    profile -> encoder.segmentTest(profile, segments),
                    body -> members(SegmentTestResponse.getRootAsSegmentTestResponse(body)),
                    MessageType.SEGMENT_TEST_BATCH,
                    encoder.segmentTestBatch(profiles, segments),
                    BatchTest::testEntries);
            assertAlike(
                    profiles,
                    MessageType.SEGMENT_LIST,
                    encoder::segmentList,
                    body -> text(SegmentListResponse.getRootAsSegmentListResponse(body)),
                    MessageType.SEGMENT_LIST_BATCH,
                    encoder.segmentListBatch(profiles),
                    BatchTest::listEntries);
            final boolean explained = random.nextInt(4) == 0;
            assertAlike(
                    profiles,
                    MessageType.DECIDE,
                    profile -> encoder.decide(query(DecisionQuery.forProfile(profile), explained)),
                    body -> text(DecideResponse.getRootAsDecideResponse(body)),
                    MessageType.DECIDE_BATCH,
                    encoder.decideBatch(profiles, query(DecisionQuery.forAnonymous(), explained)),
                    BatchTest::decideEntries);
        }
    }

    private static DecisionQuery query(DecisionQuery whom, boolean explained) {
        final DecisionQuery query =
                whom.placement("p").placement("q", 1).context("least", 30L).excluding("nothing");
        return explained ? query.explained() : query;
    }

    /** In any spelling, of nobody, or no identity at all. */
    private List<String> profiles(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> switch (random.nextInt(8)) {
                    case 0 -> "cookie:" + random.nextInt(PERSONS);
                    case 1 -> "CRM:" + random.nextInt(PERSONS);
                    case 2 -> "crm:nobody" + i;
                    case 3 -> "no identity";
                    case 4 -> "crm:ü" + i;
                    default -> "crm:" + random.nextInt(PERSONS);
                })
                .toList();
    }

    /** Alone, together in one read, and as a batch. */
    private void assertAlike(
            List<String> profiles,
            MessageType type,
            Function<String, ByteBuffer> request,
            Function<ByteBuffer, String> answer,
            MessageType batchType,
            ByteBuffer batch,
            Function<ByteBuffer, List<Entry>> entries) {
        final byte[] batchFrame = RawClient.frame(batchType, 0, batch);
        final List<byte[]> alone = new ArrayList<>();
        final ByteArrayOutputStream together = new ByteArrayOutputStream();
        for (final String profile : profiles) {
            final byte[] frame = RawClient.frame(type, alone.size(), request.apply(profile));
            alone.add(frame);
            together.writeBytes(frame);
        }
        final List<Entry> expected = answered(port.exchange(alone, alone.size()), answer);
        assertThat(expected).hasSize(profiles.size());
        assertThat(answered(port.exchange(together.toByteArray(), alone.size()), answer))
                .as("together, seed %d", SEED)
                .isEqualTo(expected);
        final EmbeddedPort.Answer ofBatch = port.exchange(batchFrame, 1).get(0);
        assertThat(ofBatch.status()).isSameAs(Status.OK);
        assertThat(entries.apply(buffer(ofBatch.body())))
                .as("batch, seed %d", SEED)
                .isEqualTo(expected);
    }

    private static List<Entry> answered(List<EmbeddedPort.Answer> answers, Function<ByteBuffer, String> text) {
        final List<Entry> entries = new ArrayList<>();
        for (final EmbeddedPort.Answer answer : answers) {
            assertThat(answer.correlationId()).isEqualTo(entries.size());
            final boolean isThere = answer.status() == Status.OK;
            entries.add(new Entry(answer.status().number(), isThere ? text.apply(buffer(answer.body())) : ""));
        }
        return entries;
    }

    private static ByteBuffer buffer(byte[] body) {
        return ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static List<Entry> profileEntries(ByteBuffer body) {
        assertValid(body, TableShapes.PROFILE_BATCH_RESPONSE);
        final ProfileBatchResponse batch = ProfileBatchResponse.getRootAsProfileBatchResponse(body);
        assertThat(batch.profilesLength()).isEqualTo(batch.statusesLength());
        return entries(batch.statusesLength(), batch::statuses, i -> text(batch.profiles(i)));
    }

    private static List<Entry> testEntries(ByteBuffer body) {
        assertValid(body, TableShapes.SEGMENT_TEST_BATCH_RESPONSE);
        final SegmentTestBatchResponse batch = SegmentTestBatchResponse.getRootAsSegmentTestBatchResponse(body);
        final int segments = batch.membersLength() / batch.statusesLength();
        return entries(
                batch.statusesLength(),
                batch::statuses,
                i -> IntStream.range(0, segments)
                        .mapToObj(j -> batch.members(i * segments + j))
                        .toList()
                        .toString());
    }

    private static List<Entry> listEntries(ByteBuffer body) {
        assertValid(body, TableShapes.SEGMENT_LIST_BATCH_RESPONSE);
        final SegmentListBatchResponse batch = SegmentListBatchResponse.getRootAsSegmentListBatchResponse(body);
        assertThat(batch.listsLength()).isEqualTo(batch.statusesLength());
        return entries(batch.statusesLength(), batch::statuses, i -> text(batch.lists(i)));
    }

    private static List<Entry> decideEntries(ByteBuffer body) {
        assertValid(body, TableShapes.DECIDE_BATCH_RESPONSE);
        final DecideBatchResponse batch = DecideBatchResponse.getRootAsDecideBatchResponse(body);
        assertThat(batch.decisionsLength()).isEqualTo(batch.statusesLength());
        return entries(batch.statusesLength(), batch::statuses, i -> text(batch.decisions(i)));
    }

    private static List<Entry> entries(int count, Function<Integer, Integer> status, Function<Integer, String> text) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Entry(status.apply(i), status.apply(i) == 0 ? text.apply(i) : ""))
                .toList();
    }

    private static void assertValid(ByteBuffer body, TableShape shape) {
        assertThat(new BodyVerifier().isValid(body, 0, body.remaining(), shape)).isTrue();
    }

    static String text(ProfileResponse profile) {
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < profile.identitiesLength(); i++) {
            text.append(profile.identities(i)).append(' ');
        }
        final byte[] attributes = new byte[profile.attributesLength()];
        profile.attributesAsByteBuffer().get(attributes);
        text.append(java.util.HexFormat.of().formatHex(attributes));
        for (int i = 0; i < profile.segmentsLength(); i++) {
            text.append(' ').append(profile.segments(i).segment());
            text.append('<').append(profile.segments(i).expiresMicros());
        }
        for (int i = 0; i < profile.computedLength(); i++) {
            text.append(" =").append(profile.computed(i));
        }
        for (int i = 0; i < profile.scoresLength(); i++) {
            text.append(' ').append(profile.scores(i).offer()).append(':');
            text.append(
                    profile.scores(i).isInteger()
                            ? profile.scores(i).integerValue()
                            : profile.scores(i).doubleValue());
        }
        final long purposes = profile.consent() == null ? 0 : profile.consent().purposes();
        return text + " " + purposes + " " + profile.version() + " " + profile.updatedAtMicros();
    }

    private static String members(SegmentTestResponse test) {
        return IntStream.range(0, test.membersLength())
                .mapToObj(test::members)
                .toList()
                .toString();
    }

    private static String text(SegmentListResponse list) {
        return IntStream.range(0, list.segmentsLength())
                .mapToObj(list::segments)
                .toList()
                .toString();
    }

    /** All but its own id and how long it took. */
    private static String text(DecideResponse decision) {
        assertThat(decision.decisionId()).hasSize(32);
        final StringBuilder text = new StringBuilder();
        text.append(decision.profile()).append(' ').append(decision.reason());
        for (int i = 0; i < decision.placementsLength(); i++) {
            text.append(' ').append(decision.placements(i).id());
            for (int j = 0; j < decision.placements(i).offersLength(); j++) {
                text.append(' ').append(decision.placements(i).offers(j).id());
                text.append('*').append(decision.placements(i).offers(j).priority());
                text.append(decision.placements(i).offers(j).payload());
            }
        }
        for (int i = 0; i < decision.explainLength(); i++) {
            for (int j = 0; j < decision.explain(i).offersLength(); j++) {
                text.append(' ').append(decision.explain(i).offers(j).id());
                text.append(decision.explain(i).offers(j).status());
                for (int k = 0; k < decision.explain(i).offers(j).reasonsLength(); k++) {
                    text.append(decision.explain(i).offers(j).reasons(k).code());
                    text.append(decision.explain(i).offers(j).reasons(k).detail());
                }
            }
        }
        // Not at which sequence: memberships that have ended are tidied away meanwhile.
        return text + " " + decision.catalogVersion();
    }

    @Test
    void anIdentityThatIsNotUtf8IsThatEntrysFault() {
        fill();
        final FlatBufferBuilder builder = new FlatBufferBuilder();
        final int[] profiles = {
            builder.createString("crm:1"),
            builder.createString(ByteBuffer.wrap(new byte[] {'c', 'r', 'm', ':', (byte) 0xff})),
            builder.createString("crm:2")
        };
        builder.finish(io.zandloper.protocol.schema.SegmentListBatchRequest.createSegmentListBatchRequest(
                builder, builder.createVectorOfTables(profiles)));
        final EmbeddedPort.Answer answer = port.exchange(
                        RawClient.frame(MessageType.SEGMENT_LIST_BATCH, 1, builder.dataBuffer()), 1)
                .get(0);
        assertThat(listEntries(buffer(answer.body())))
                .extracting(Entry::status)
                .containsExactly(Status.OK.number(), Status.BODY_INVALID.number(), Status.OK.number());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, ProtocolLimits.BATCH_PROFILES_MAX})
    void aBatchHasAtMostSoManyProfiles(int count) {
        fill();
        final List<String> profiles =
                IntStream.range(0, count).mapToObj(i -> "crm:" + i).toList();
        for (final byte[] batch : batches(profiles)) {
            final EmbeddedPort.Answer answer = port.exchange(batch, 1).get(0);
            assertThat(answer.status()).isSameAs(Status.OK);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, ProtocolLimits.BATCH_PROFILES_MAX + 1})
    void aBatchOfNobodyOrOfMoreIsRefused(int count) {
        final List<String> profiles =
                IntStream.range(0, count).mapToObj(i -> "crm:" + i).toList();
        for (final byte[] batch : batches(profiles)) {
            assertRefused(batch, Status.INPUT_INVALID, "profiles");
        }
    }

    private List<byte[]> batches(List<String> profiles) {
        return List.of(
                RawClient.frame(MessageType.PROFILE_BATCH, 1, encoder.profileBatch(profiles)),
                RawClient.frame(MessageType.SEGMENT_TEST_BATCH, 1, encoder.segmentTestBatch(profiles, List.of("a"))),
                RawClient.frame(MessageType.SEGMENT_LIST_BATCH, 1, encoder.segmentListBatch(profiles)),
                RawClient.frame(
                        MessageType.DECIDE_BATCH,
                        1,
                        encoder.decideBatch(profiles, query(DecisionQuery.forAnonymous(), false))));
    }

    @Test
    void helloTellsHowManyProfilesABatchMayHave() {
        final EmbeddedPort.Answer answer = port.exchange(
                        RawClient.frame(MessageType.HELLO, 1, encoder.hello("test/1", null)), 1)
                .get(0);
        assertThat(HelloResponse.getRootAsHelloResponse(buffer(answer.body()))
                        .limits()
                        .batchProfilesMax())
                .isEqualTo(ProtocolLimits.BATCH_PROFILES_MAX);
    }

    @Test
    void aBatchCountsAsOneRequestAndItsProfilesBesideIt() {
        for (final byte[] batch : batches(List.of("crm:1", "crm:2", "no identity"))) {
            port.exchange(batch, 1);
        }
        assertThat(port.metrics().latencies().stream()
                        .filter(latency -> Operation.BATCHES.contains(latency.operation())))
                .hasSize(Operation.BATCHES.size())
                .allSatisfy(latency -> assertThat(latency.sinceStart().count()).isEqualTo(1));
        assertThat(Operation.BATCHES)
                .allSatisfy(operation ->
                        assertThat(port.metrics().batchProfiles(operation)).isEqualTo(3));
    }

    @Test
    void whatIsWrongWithAllIsTheFramesFault() {
        final List<String> one = List.of("crm:1");
        final List<String> none = List.of("no identity");
        assertRefused(
                RawClient.frame(
                        MessageType.SEGMENT_TEST_BATCH,
                        1,
                        encoder.segmentTestBatch(
                                one, java.util.Collections.nCopies(ProtocolLimits.TESTED_SEGMENTS_MAX + 1, "a"))),
                Status.INPUT_INVALID,
                "segments");
        for (final List<String> profiles : List.of(one, none)) {
            assertRefused(
                    decideBatch(profiles, DecisionQuery.forAnonymous().placement("nowhere")),
                    Status.INPUT_INVALID,
                    "placements[0].id");
        }
        assertRefused(
                decideBatch(one, DecisionQuery.forProfile("crm:1").placement("p")), Status.INPUT_INVALID, "request");
        assertThat(port.exchange(RawClient.frame(MessageType.DECIDE_BATCH, 1, ByteBuffer.wrap(new byte[8])), 1)
                        .get(0)
                        .status())
                .isSameAs(Status.BODY_INVALID);
    }

    private byte[] decideBatch(List<String> profiles, DecisionQuery query) {
        return RawClient.frame(MessageType.DECIDE_BATCH, 1, encoder.decideBatch(profiles, query));
    }

    private void assertRefused(byte[] frame, Status status, String path) {
        final EmbeddedPort.Answer answer = port.exchange(frame, 1).get(0);
        assertThat(answer.status()).isSameAs(status);
        final ErrorResponse error = ErrorResponse.getRootAsErrorResponse(buffer(answer.body()));
        assertThat(error.errorsLength()).isEqualTo(1);
        assertThat(error.errors(0).path()).isEqualTo(path);
    }

    /** Each of the decisions for those in the segment is 6 MB; an answer has room for two. */
    @Test
    void whatDoesNotFitAnAnswerIsLeftOut() {
        final StringBuilder offers = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            offers.append(i == 0 ? "" : ",")
                    .append("{\"id\":\"o")
                    .append(i)
                    .append("\",\"eligibility\":\"'a' in segments\",\"payload\":\"")
                    .append("x".repeat(60_000))
                    .append("\"}");
        }
        port.replaceCatalog("{\"segments\":[{\"id\":\"a\"}],\"placements\":[{\"id\":\"p\",\"count\":100}],\"offers\":["
                + offers + "]}");
        port.put("{\"id\":\"crm:rich\",\"segments\":[\"a\"]}");
        port.put("{\"id\":\"crm:poor\"}");
        final EmbeddedPort.Answer answer = port.exchange(
                        decideBatch(
                                List.of("crm:rich", "crm:rich", "crm:rich", "crm:poor", "crm:rich", "crm:poor"),
                                DecisionQuery.forAnonymous().placement("p")),
                        1)
                .get(0);
        assertThat(answer.body().length)
                .isLessThanOrEqualTo(ProtocolLimits.RESPONSE_FRAME_BYTES_MAX - FrameDescriptor.HEADER_LENGTH_BYTES);
        assertThat(decideEntries(buffer(answer.body())))
                .extracting(Entry::status)
                .containsExactly(
                        Status.OK.number(),
                        Status.OK.number(),
                        Status.RESPONSE_TOO_LONG.number(),
                        Status.OK.number(),
                        Status.RESPONSE_TOO_LONG.number(),
                        Status.OK.number());
    }

    @Test
    void explanationsAreBoundedOverAllProfiles() {
        final StringBuilder offers = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            offers.append(i == 0 ? "" : ",").append("{\"id\":\"o").append(i).append("\"}");
        }
        port.replaceCatalog("{\"placements\":[{\"id\":\"p\"}],\"offers\":[" + offers + "]}");
        final List<String> profiles =
                IntStream.range(0, 401).mapToObj(i -> "crm:" + i).toList();
        final DecisionQuery query = DecisionQuery.forAnonymous().placement("p").explained();
        assertThat(port.exchange(decideBatch(profiles.subList(0, 400), query), 1)
                        .get(0)
                        .status())
                .isSameAs(Status.OK);
        assertThat(port.exchange(decideBatch(profiles, query), 1).get(0).status())
                .isSameAs(Status.RESPONSE_TOO_LONG);
    }

    /** A frame that is too long lies among those that are looked at ahead, and is read over. */
    @Test
    void aFrameThatIsReadOverDoesNotShiftTheOthers() {
        fill();
        final ByteArrayOutputStream stream = new ByteArrayOutputStream();
        final byte[] tooLong = new byte[BinaryLimits.DEFAULT.requestFrameBytesMax() + 1];
        System.arraycopy(
                RawClient.frame(MessageType.SEGMENT_LIST, 99, encoder.segmentList("crm:7")), 0, tooLong, 0, 64);
        buffer(tooLong).putInt(FrameDescriptor.LENGTH_OFFSET, tooLong.length);
        stream.writeBytes(RawClient.frame(MessageType.PROFILE, 0, encoder.profile("crm:1")));
        stream.writeBytes(tooLong);
        for (int i = 2; i < 10; i++) {
            stream.writeBytes(RawClient.frame(MessageType.PROFILE, i, encoder.profile("crm:" + i)));
        }
        final List<EmbeddedPort.Answer> answers = port.exchange(stream.toByteArray(), 10);
        assertThat(answers.get(1).status()).isSameAs(Status.FRAME_TOO_LONG);
        for (int i = 2; i < 10; i++) {
            assertThat(ProfileResponse.getRootAsProfileResponse(
                                    buffer(answers.get(i).body()))
                            .identities(0))
                    .isEqualTo("crm:" + i);
        }
    }
}
