package io.zandloper.loadtest.load;

import com.google.flatbuffers.FlatBufferBuilder;
import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.schema.Attribute;
import io.zandloper.protocol.schema.AttributeKind;
import io.zandloper.protocol.schema.DecideRequest;
import io.zandloper.protocol.schema.PlacementRequest;
import io.zandloper.protocol.schema.SegmentTestRequest;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A request whose frame is built once; only its correlation id and the digits of its row are written for each sending.
 * There is one for each number of digits, because a string's length moves what lies around it.
 */
final class RequestTemplate {
    private final byte[] frame;
    private final int digitsOffset;
    private final int digits;

    private RequestTemplate(byte[] frame, int digitsOffset, int digits) {
        this.frame = frame;
        this.digitsOffset = digitsOffset;
        this.digits = digits;
    }

    /** The templates for rows of 1 to {@code digitsMax} digits; that for n digits is at n − 1. */
    static RequestTemplate[] forDigits(int digitsMax, Operation operation, LoadPlan plan) {
        final RequestTemplate[] templates = new RequestTemplate[digitsMax];
        for (int digits = 1; digits <= digitsMax; digits++) {
            final FlatBufferBuilder builder = new FlatBufferBuilder(512);
            final String profile = plan.id().example(digits);
            builder.finish(
                    operation == Operation.SEGMENT_TEST
                            ? segmentTest(builder, profile, plan.segments())
                            : decide(builder, profile, plan.placements()));
            final ByteBuffer body = builder.dataBuffer();
            final int bodyLengthBytes = body.remaining();
            final ByteBuffer profileText = operation == Operation.SEGMENT_TEST
                    ? SegmentTestRequest.getRootAsSegmentTestRequest(body.duplicate())
                            .profileAsByteBuffer()
                    : DecideRequest.getRootAsDecideRequest(body.duplicate()).profileAsByteBuffer();
            final int prefixBytes = plan.id().prefixLengthBytes();
            final int digitsOffset =
                    FrameDescriptor.BODY_OFFSET + profileText.position() - body.position() + prefixBytes;

            final ByteBuffer frame = ByteBuffer.allocate(FrameDescriptor.HEADER_LENGTH_BYTES + bodyLengthBytes);
            FrameDescriptor.putRequestHeader(frame, 0, bodyLengthBytes, operation.messageType(), 0, 0, 0);
            frame.position(FrameDescriptor.BODY_OFFSET).put(body);
            templates[digits - 1] = new RequestTemplate(frame.array(), digitsOffset, digits);
        }
        return templates;
    }

    private static int segmentTest(FlatBufferBuilder builder, String profile, List<String> segments) {
        final int profileOffset = builder.createString(profile);
        final int[] offsets = segments.stream().mapToInt(builder::createString).toArray();
        return SegmentTestRequest.createSegmentTestRequest(
                builder, profileOffset, SegmentTestRequest.createSegmentsVector(builder, offsets));
    }

    private static int decide(FlatBufferBuilder builder, String profile, List<String> placements) {
        final int profileOffset = builder.createString(profile);
        final int[] placementOffsets = placements.stream()
                .mapToInt(id -> PlacementRequest.createPlacementRequest(builder, builder.createString(id), 0))
                .toArray();
        final int placementsOffset = DecideRequest.createPlacementsVector(builder, placementOffsets);
        final int[] contextOffsets = {
            text(builder, "channel", "web"), text(builder, "device", "mobile"), number(builder, "hour", 14)
        };
        final int contextOffset = DecideRequest.createContextVector(builder, contextOffsets);
        DecideRequest.startDecideRequest(builder);
        DecideRequest.addProfile(builder, profileOffset);
        DecideRequest.addPlacements(builder, placementsOffset);
        DecideRequest.addContext(builder, contextOffset);
        return DecideRequest.endDecideRequest(builder);
    }

    private static int text(FlatBufferBuilder builder, String name, String value) {
        final int nameOffset = builder.createString(name);
        final int valueOffset = builder.createString(value);
        Attribute.startAttribute(builder);
        Attribute.addName(builder, nameOffset);
        Attribute.addKind(builder, AttributeKind.String);
        Attribute.addStringValue(builder, valueOffset);
        return Attribute.endAttribute(builder);
    }

    private static int number(FlatBufferBuilder builder, String name, long value) {
        final int nameOffset = builder.createString(name);
        Attribute.startAttribute(builder);
        Attribute.addName(builder, nameOffset);
        Attribute.addKind(builder, AttributeKind.Integer);
        Attribute.addIntegerValue(builder, value);
        return Attribute.endAttribute(builder);
    }

    int lengthBytes() {
        return frame.length;
    }

    /**
     * Appends the request to a little-endian buffer that has room for it.
     *
     * @param rowNumber from 1, with as many digits as this template is for
     */
    void put(ByteBuffer out, long correlationId, long rowNumber) {
        final int start = out.position();
        out.put(frame);
        out.putLong(start + FrameDescriptor.CORRELATION_ID_OFFSET, correlationId);
        long rest = rowNumber;
        for (int at = start + digitsOffset + digits - 1; at >= start + digitsOffset; at--) {
            out.put(at, (byte) ('0' + rest % 10));
            rest /= 10;
        }
    }
}
