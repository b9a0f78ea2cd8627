package io.zandloper.loadtest.dialect;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.flatbuffers.FlatBufferBuilder;
import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.attributes.AttributesCodec;
import io.zandloper.protocol.schema.Attribute;
import io.zandloper.protocol.schema.AttributeKind;
import io.zandloper.protocol.schema.AttributesPatch;
import io.zandloper.protocol.schema.DecideRequest;
import io.zandloper.protocol.schema.PlacementRequest;
import io.zandloper.protocol.schema.ProfileRequest;
import io.zandloper.protocol.schema.SegmentTestBatchRequest;
import io.zandloper.protocol.schema.SegmentTestRequest;
import io.zandloper.protocol.schema.UpsertRequest;
import java.util.Map;
import java.util.stream.IntStream;

/** One template for each operation of our own protocol. */
final class FrameTemplates {
    /** What a write replaces. */
    private static final String ATTRIBUTE = "value";
    /** Nested buffers lie at multiples of this. */
    private static final int NESTED_ALIGNMENT = 8;

    private FrameTemplates() {}

    static FrameTemplate of(Operation operation, Questions questions, int identityBytesMax) {
        final FrameTemplate.Builder template = new FrameTemplate.Builder(identityBytesMax);
        return switch (operation) {
            case SEGMENT_TEST -> template.build(MessageType.SEGMENT_TEST, segmentTest(template, questions));
            case SEGMENT_TEST_BATCH ->
                template.build(MessageType.SEGMENT_TEST_BATCH, segmentTestBatch(template, questions));
            case PROFILE ->
                template.build(
                        MessageType.PROFILE, ProfileRequest.createProfileRequest(template.body(), template.identity()));
            case DECIDE -> template.build(MessageType.DECIDE, decide(template, questions));
            case UPSERT -> upsert(template, questions);
        };
    }

    private static int segmentTest(FrameTemplate.Builder template, Questions questions) {
        final FlatBufferBuilder body = template.body();
        final int profile = template.identity();
        return SegmentTestRequest.createSegmentTestRequest(
                body, profile, SegmentTestRequest.createSegmentsVector(body, segments(body, questions)));
    }

    private static int segmentTestBatch(FrameTemplate.Builder template, Questions questions) {
        final FlatBufferBuilder body = template.body();
        final int[] profiles = IntStream.range(0, questions.batch())
                .map(i -> template.identity())
                .toArray();
        final int profilesVector = SegmentTestBatchRequest.createProfilesVector(body, profiles);
        return SegmentTestBatchRequest.createSegmentTestBatchRequest(
                body, profilesVector, SegmentTestBatchRequest.createSegmentsVector(body, segments(body, questions)));
    }

    private static int[] segments(FlatBufferBuilder body, Questions questions) {
        return questions.segments().stream().mapToInt(body::createString).toArray();
    }

    private static int decide(FrameTemplate.Builder template, Questions questions) {
        final FlatBufferBuilder body = template.body();
        final int profile = template.identity();
        final int[] placements = questions.placements().stream()
                .mapToInt(id -> PlacementRequest.createPlacementRequest(body, body.createString(id), 0))
                .toArray();
        final int placementsVector = DecideRequest.createPlacementsVector(body, placements);
        final int[] context = {text(body, "channel", "web"), text(body, "device", "mobile"), number(body, "hour", 14)};
        final int contextVector = DecideRequest.createContextVector(body, context);
        DecideRequest.startDecideRequest(body);
        DecideRequest.addProfile(body, profile);
        DecideRequest.addPlacements(body, placementsVector);
        DecideRequest.addContext(body, contextVector);
        return DecideRequest.endDecideRequest(body);
    }

    private static int text(FlatBufferBuilder body, String name, String value) {
        final int nameOffset = body.createString(name);
        final int valueOffset = body.createString(value);
        Attribute.startAttribute(body);
        Attribute.addName(body, nameOffset);
        Attribute.addKind(body, AttributeKind.String);
        Attribute.addStringValue(body, valueOffset);
        return Attribute.endAttribute(body);
    }

    private static int number(FlatBufferBuilder body, String name, long value) {
        final int nameOffset = body.createString(name);
        Attribute.startAttribute(body);
        Attribute.addName(body, nameOffset);
        Attribute.addKind(body, AttributeKind.Integer);
        Attribute.addIntegerValue(body, value);
        return Attribute.endAttribute(body);
    }

    private static FrameTemplate upsert(FrameTemplate.Builder template, Questions questions) {
        final FlatBufferBuilder body = template.body();
        final int profile = template.identity();
        final String value = "v".repeat(questions.valueBytes());
        final byte[] attributes = AttributesCodec.encode(Map.of(ATTRIBUTE, value));
        body.startVector(1, attributes.length, NESTED_ALIGNMENT);
        for (int i = attributes.length - 1; i >= 0; i--) {
            body.addByte(attributes[i]);
        }
        final int set = body.endVector();
        AttributesPatch.startAttributesPatch(body);
        AttributesPatch.addSet(body, set);
        final int patch = AttributesPatch.endAttributesPatch(body);
        UpsertRequest.startUpsertRequest(body);
        UpsertRequest.addProfile(body, profile);
        UpsertRequest.addAttributes(body, patch);
        return template.build(MessageType.UPSERT, UpsertRequest.endUpsertRequest(body), value.getBytes(US_ASCII));
    }
}
