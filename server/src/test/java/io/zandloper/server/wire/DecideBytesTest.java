package io.zandloper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.flatbuffers.FlatBufferBuilder;
import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.schema.Attribute;
import io.zandloper.protocol.schema.AttributeKind;
import io.zandloper.protocol.schema.DecideRequest;
import io.zandloper.protocol.schema.DecideResponse;
import io.zandloper.protocol.schema.OfferDecision;
import io.zandloper.protocol.schema.PlacementRequest;
import io.zandloper.server.decide.Decision;
import io.zandloper.server.decide.Decision.ChosenOffer;
import io.zandloper.server.decide.DecisionLimits;
import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decide.PlainDecider;
import io.zandloper.server.decision.DecisionListener;
import io.zandloper.server.decision.Decisions;
import io.zandloper.server.json.ProfileReader;
import io.zandloper.server.json.StrictJson;
import io.zandloper.storage.View;
import io.zandloper.storage.change.RecordEvent;
import io.zandloper.storage.change.UpsertProfile;
import io.zandloper.storage.profile.Event;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.InvalidInputException;
import io.zandloper.storage.profile.Profile;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Decide requests over the binary port's handler: read where they lie, they are answered as the plain decider would. */
final class DecideBytesTest {
    private static final long SEED = Long.getLong("zandloper.decide.seed", 41);
    private static final int PERSONS = 50;
    private static final int REQUESTS = 500;
    private static final int ROUNDS_MAX = 200;
    private static final List<Object> CHANNELS = List.of("web", "app", 3L, 3.0, true);

    @TempDir
    private Path folder;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final RequestFrame frame = new RequestFrame();
    private final ResponseEncoder encoder = new ResponseEncoder();
    private final Decisions decisions = new Decisions(DecisionListener.NONE);
    private RunningBinaryServer server;
    private SharedView shared;
    private LookupHandler handler;

    @BeforeEach
    void start() {
        System.out.println("DecideBytesTest: zandloper.decide.seed=" + SEED);
        server = new RunningBinaryServer(folder);
        server.replaceCatalog(catalog());
        for (int i = 0; i < PERSONS; i++) {
            put(String.format(
                    Locale.ROOT,
                    "{\"id\":\"crm:%d\",\"identities\":[\"crm:%d\",\"cookie:%d\"],\"attributes\":{\"age\":%d,\"job\":\"j%d\"},"
                            + "\"segments\":[%s],\"scores\":{\"o3\":0.5},\"consent\":{\"purposes\":[%d]}}",
                    i,
                    i,
                    i,
                    random.nextInt(90),
                    random.nextInt(4),
                    random.nextBoolean() ? "\"vip\"" : "",
                    1 + random.nextInt(4)));
            for (int event = random.nextInt(5); event > 0; event--) {
                server.apply(new RecordEvent(
                        new Identity("crm", Integer.toString(i)),
                        null,
                        Event.IMPRESSION,
                        "o" + random.nextInt(20),
                        null,
                        RunningBinaryServer.START_MICROS,
                        null,
                        null,
                        Map.of("channel", CHANNELS.get(random.nextInt(CHANNELS.size())))));
            }
        }
        shared = new SharedView(server.storage(), () -> RunningBinaryServer.START_MICROS, () -> true);
        handler = new LookupHandler(
                frame,
                shared,
                encoder,
                new SegmentReader(shared),
                new DecisionIds(new SplittableRandom(1)),
                decisions.newDeciding());
    }

    @AfterEach
    void stop() {
        shared.close();
        decisions.close();
        server.close();
    }

    private String catalog() {
        final StringBuilder offers = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            offers.append(i == 0 ? "" : ",")
                    .append(String.format(
                            Locale.ROOT,
                            "{\"id\":\"o%d\",\"value\":%d,\"eligibility\":\"profile.age > %d || 'vip' in segments\","
                                    + "\"applicability\":\"context.hour < %d || context.device == 'd%d'\",\"purposes\":[%s],"
                                    + "\"contextWeights\":[{\"when\":\"context.rate > 0.5\",\"weight\":%d}],"
                                    + "\"caps\":[{\"scope\":\"%s\",\"event\":\"impression\",\"max\":1,\"window\":\"P1D\"}],"
                                    + "\"payload\":{\"n\":%d,\"t\":\"ü☂\"}}",
                            i,
                            1 + i % 7,
                            random.nextInt(90),
                            random.nextInt(24),
                            i % 3,
                            i % 5 == 0 ? "2" : "",
                            random.nextInt(90),
                            i % 2 == 0 ? "channel" : "offer",
                            i));
        }
        return "{\"segments\":[{\"id\":\"vip\",\"purposes\":[1]},{\"id\":\"old\",\"rule\":\"profile.age > 60\"}],"
                + "\"placements\":[{\"id\":\"p\",\"count\":3,\"fallback\":[\"o1\"]},{\"id\":\"q\"}],\"offers\":["
                + offers + "]}";
    }

    @Test
    void areAnsweredAsThePlainDeciderWould() {
        for (int i = 0; i < REQUESTS; i++) {
            final ByteBuffer body = request();
            final DecideResponse answer = DecideResponse.getRootAsDecideResponse(answered(body));
            shared.open();
            final View view = shared.view();
            final DecisionRequest request = RequestReader.decide(
                    DecideRequest.getRootAsDecideRequest(body), view.catalog(), shared.nowMicros());
            final Profile stored = request.identity() == null ? null : view.profile(request.identity());
            final Decision expected = PlainDecider.decide(request, stored, view.catalog(), shared.nowMicros());
            shared.end();
            assertThat(answer.profile()).isEqualTo(expected.profile());
            assertThat(answer.reason()).isEqualTo(expected.reason().ordinal());
            assertThat(answer.catalogVersion()).isEqualTo(expected.catalogVersion());
            assertThat(answer.decisionId()).hasSize(32);
            assertThat(answer.placementsLength())
                    .isEqualTo(expected.placements().size());
            for (int j = 0; j < answer.placementsLength(); j++) {
                assertThat(answer.placements(j).id())
                        .isEqualTo(expected.placements().get(j).id());
                assertThat(offers(answer.placements(j)))
                        .as("%s", request)
                        .isEqualTo(expected.placements().get(j).offers());
            }
        }
    }

    private static List<ChosenOffer> offers(io.zandloper.protocol.schema.PlacementDecision placement) {
        final List<ChosenOffer> offers = new ArrayList<>();
        for (int i = 0; i < placement.offersLength(); i++) {
            final OfferDecision offer = placement.offers(i);
            offers.add(new ChosenOffer(
                    offer.id(),
                    offer.rank(),
                    offer.fallback()
                            ? null
                            : new Decision.Factors(
                                    offer.priority(),
                                    offer.propensity(),
                                    offer.value(),
                                    offer.contextWeight(),
                                    offer.lever()),
                    offer.payload()));
        }
        return offers;
    }

    @Test
    void allocateNothingFromTheFrameToTheAnswer() {
        final List<ByteBuf> frames = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            frames.add(frame(request()));
        }
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long leastBytes = Long.MAX_VALUE;
        // Buffers grow in the first rounds, and code that is not optimised yet allocates what is optimised away.
        for (int round = 0; round < ROUNDS_MAX && leastBytes >= REQUESTS; round++) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            final long answeredBytes = answerAll(frames);
            leastBytes = Math.min(leastBytes, threads.getCurrentThreadAllocatedBytes() - before);
            assertThat(answeredBytes).isPositive();
        }
        // Asking costs some bytes itself; less than one a decision.
        assertThat(leastBytes).isLessThan(REQUESTS);
    }

    @Test
    void aStringOfTheContextHasALimit() {
        final int longest = DecisionLimits.CONTEXT_STRING_BYTES_MAX;
        assertThat(status(requestOnDevice("d".repeat(longest)))).isEqualTo(Status.OK);
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> status(requestOnDevice("d".repeat(longest + 1))))
                .withMessageContaining("context.device");
    }

    private static ByteBuffer requestOnDevice(String device) {
        final FlatBufferBuilder builder = new FlatBufferBuilder(512);
        final int context =
                DecideRequest.createContextVector(builder, new int[] {attribute(builder, "device", device)});
        final int placements = DecideRequest.createPlacementsVector(
                builder, new int[] {PlacementRequest.createPlacementRequest(builder, builder.createString("p"), 0)});
        DecideRequest.startDecideRequest(builder);
        DecideRequest.addPlacements(builder, placements);
        DecideRequest.addContext(builder, context);
        builder.finish(DecideRequest.endDecideRequest(builder));
        return builder.dataBuffer();
    }

    private long answerAll(List<ByteBuf> frames) {
        long answeredBytes = 0;
        for (int i = 0; i < frames.size(); i++) {
            final ByteBuf bytes = frames.get(i);
            frame.wrap(bytes, 0, bytes.readableBytes(), 0);
            shared.open();
            if (handler.answer(MessageType.DECIDE, LookAhead.UNKNOWN) == Status.OK) {
                answeredBytes += encoder.body().remaining();
            }
            shared.end();
        }
        return answeredBytes;
    }

    private ByteBuffer answered(ByteBuffer body) {
        assertThat(status(body)).isEqualTo(Status.OK);
        return encoder.body();
    }

    private Status status(ByteBuffer body) {
        final ByteBuf bytes = frame(body);
        frame.wrap(bytes, 0, bytes.readableBytes(), 0);
        shared.open();
        try {
            return handler.answer(MessageType.DECIDE, LookAhead.UNKNOWN);
        } finally {
            shared.end();
        }
    }

    private static ByteBuf frame(ByteBuffer body) {
        return Unpooled.buffer(FrameDescriptor.HEADER_LENGTH_BYTES + body.remaining())
                .writeZero(FrameDescriptor.HEADER_LENGTH_BYTES)
                .writeBytes(body.duplicate());
    }

    /** Fields of the context in any order, sometimes one twice; now and then of nobody, or of somebody unknown. */
    private ByteBuffer request() {
        final FlatBufferBuilder builder = new FlatBufferBuilder(512);
        final int[] fields = new int[random.nextInt(6)];
        for (int i = 0; i < fields.length; i++) {
            fields[i] = field(builder);
        }
        final int context = DecideRequest.createContextVector(builder, fields);
        final int[] placements = new int[1 + random.nextInt(2)];
        for (int i = 0; i < placements.length; i++) {
            placements[i] = PlacementRequest.createPlacementRequest(
                    builder, builder.createString(i == 0 ? "p" : "q"), random.nextInt(5));
        }
        final int placementsVector = DecideRequest.createPlacementsVector(builder, placements);
        final int exclude =
                DecideRequest.createExcludeVector(builder, new int[] {builder.createString("o" + random.nextInt(30))});
        final int profile = random.nextInt(10) == 0
                ? 0
                : builder.createString((random.nextBoolean() ? "crm:" : "cookie:") + random.nextInt(PERSONS + 3));
        DecideRequest.startDecideRequest(builder);
        DecideRequest.addProfile(builder, profile);
        DecideRequest.addPlacements(builder, placementsVector);
        DecideRequest.addContext(builder, context);
        DecideRequest.addExclude(builder, exclude);
        builder.finish(DecideRequest.endDecideRequest(builder));
        return builder.dataBuffer();
    }

    private int field(FlatBufferBuilder builder) {
        return switch (random.nextInt(5)) {
            case 0 -> attribute(builder, "hour", (long) random.nextInt(24));
            case 1 -> attribute(builder, "device", "d" + random.nextInt(4));
            case 2 -> attribute(builder, "rate", random.nextDouble());
            case 3 -> attribute(builder, "unused", random.nextBoolean());
            default -> attribute(builder, "channel", CHANNELS.get(random.nextInt(CHANNELS.size())));
        };
    }

    private static int attribute(FlatBufferBuilder builder, String name, Object value) {
        final int nameOffset = builder.createString(name);
        final int text = value instanceof String string ? builder.createString(string) : 0;
        Attribute.startAttribute(builder);
        Attribute.addName(builder, nameOffset);
        if (value instanceof String) {
            Attribute.addKind(builder, AttributeKind.String);
            Attribute.addStringValue(builder, text);
        } else if (value instanceof Double number) {
            Attribute.addKind(builder, AttributeKind.Double);
            Attribute.addDoubleValue(builder, number);
        } else if (value instanceof Long number) {
            Attribute.addKind(builder, AttributeKind.Integer);
            Attribute.addIntegerValue(builder, number);
        } else {
            Attribute.addKind(builder, AttributeKind.Boolean);
            Attribute.addIntegerValue(builder, Boolean.TRUE.equals(value) ? 1 : 0);
        }
        return Attribute.endAttribute(builder);
    }

    private void put(String json) {
        server.apply(ProfileReader.readLine(
                StrictJson.parseObject(json.getBytes(StandardCharsets.UTF_8)), UpsertProfile.Mode.MERGE));
    }
}
