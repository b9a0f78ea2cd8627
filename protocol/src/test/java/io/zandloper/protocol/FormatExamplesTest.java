package io.zandloper.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.flatbuffers.FlatBufferBuilder;
import io.zandloper.protocol.attributes.AttributesCodec;
import io.zandloper.protocol.client.ProfileEvent;
import io.zandloper.protocol.client.RequestEncoder;
import io.zandloper.protocol.schema.EraseResponse;
import io.zandloper.protocol.schema.ErrorResponse;
import io.zandloper.protocol.schema.EventOutcome;
import io.zandloper.protocol.schema.EventResponse;
import io.zandloper.protocol.schema.FieldError;
import io.zandloper.protocol.schema.SegmentTestBatchResponse;
import io.zandloper.protocol.schema.SegmentTestResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The bytes printed in FORMAT.md are those that this version writes: they are its golden files. */
final class FormatExamplesTest {
    private static final Path FORMAT = Path.of("FORMAT.md");
    private static final Pattern EXAMPLE =
            Pattern.compile("<!-- example: ([a-z-]+) -->\\s+```\\n(.*?)```", Pattern.DOTALL);
    private static final int BYTES_PER_LINE = 16;
    /** 2026-11-22T05:00:00Z. */
    private static final long ERASED_AT_MICROS = 1_795_323_600_000_000L;

    @Test
    void everyExampleIsWhatThisVersionWrites() throws IOException {
        final Map<String, String> printed = new LinkedHashMap<>();
        final Matcher matcher = EXAMPLE.matcher(Files.readString(FORMAT));
        while (matcher.find()) {
            printed.put(matcher.group(1), matcher.group(2));
        }
        assertThat(printed).isEqualTo(written());
    }

    @Test
    void everyTypeStatusAndLimitIsInTheFormat() throws IOException {
        final String format = Files.readString(FORMAT);
        for (final Status status : Status.values()) {
            assertThat(format).contains("| " + status.number() + " | `" + status.name() + "` |");
        }
        for (final MessageType type : MessageType.values()) {
            assertThat(format).contains("| " + type.number() + " | `" + type.name() + "` |");
        }
        assertThat(format)
                .contains("| " + ProtocolLimits.REQUEST_FRAME_BYTES_MAX + " |")
                .contains("| " + ProtocolLimits.RESPONSE_FRAME_BYTES_MAX + " |")
                .contains("| " + ProtocolLimits.SKIPPED_FRAME_BYTES_MAX + " |")
                .contains("| " + ProtocolLimits.REQUESTS_IN_FLIGHT_MAX + " |")
                .contains("| " + ProtocolLimits.SEQUENCE_WAIT_MICROS + " |")
                .contains("| " + ProtocolLimits.TESTED_SEGMENTS_MAX + " |")
                .contains("| " + ProtocolLimits.BATCH_PROFILES_MAX + " |")
                .contains("| " + ProtocolLimits.BODY_DEPTH_MAX + " |")
                .contains("| " + ProtocolLimits.BODY_UNFOLDING_MAX + " |")
                .contains("| " + ProtocolLimits.ERRORS_MAX + " |");
    }

    private static Map<String, String> written() {
        final RequestEncoder encoder = new RequestEncoder();
        final Map<String, String> examples = new LinkedHashMap<>();
        examples.put("ping-request", dump(RequestEncoder.frame(MessageType.PING, 1, 0, 0, encoder.ping())));
        examples.put("ping-response", dump(response(MessageType.PING, 1, 90210, Status.OK, new byte[0])));
        examples.put(
                "segment-test-request",
                dump(RequestEncoder.frame(
                        MessageType.SEGMENT_TEST,
                        2,
                        90210,
                        20_000,
                        encoder.segmentTest("crm:10042", List.of("high-value", "senior")))));
        examples.put("segment-test-response", dump(response(MessageType.SEGMENT_TEST, 2, 90211, Status.OK, members())));
        examples.put(
                "segment-test-batch-request",
                dump(RequestEncoder.frame(
                        MessageType.SEGMENT_TEST_BATCH,
                        6,
                        0,
                        20_000,
                        encoder.segmentTestBatch(
                                List.of("crm:10042", "crm:10043", "10044"), List.of("high-value", "senior")))));
        examples.put(
                "segment-test-batch-response",
                dump(response(MessageType.SEGMENT_TEST_BATCH, 6, 90211, Status.OK, membersOfBatch())));
        examples.put("error-response", dump(response(MessageType.PROFILE, 3, 90211, Status.INPUT_INVALID, error())));
        examples.put(
                "event-request",
                dump(RequestEncoder.frame(
                        MessageType.EVENT,
                        4,
                        0,
                        0,
                        encoder.event(ProfileEvent.of("crm:10042", "convert")
                                .id("order-77")
                                .offer("loan")
                                .value(120.5)
                                .context("channel", "web")))));
        examples.put("event-response", dump(response(MessageType.EVENT, 4, 90212, Status.OK, recorded())));
        examples.put(
                "erase-request",
                dump(RequestEncoder.frame(MessageType.ERASE, 5, 0, 0, encoder.erase("crm:10042", List.of()))));
        examples.put("erase-response", dump(response(MessageType.ERASE, 5, 90213, Status.OK, erased())));
        final Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("age", 41L);
        attributes.put("balance", 1506.5);
        attributes.put("interests", List.of("running", "travel"));
        attributes.put("job", "technician");
        attributes.put("vip", true);
        examples.put("attributes", dump(AttributesCodec.encode(attributes)));
        return examples;
    }

    private static byte[] members() {
        final FlatBufferBuilder builder = new FlatBufferBuilder();
        builder.finish(SegmentTestResponse.createSegmentTestResponse(
                builder, SegmentTestResponse.createMembersVector(builder, new boolean[] {true, false})));
        return builder.sizedByteArray();
    }

    private static byte[] membersOfBatch() {
        final FlatBufferBuilder builder = new FlatBufferBuilder();
        final int members = SegmentTestBatchResponse.createMembersVector(
                builder, new boolean[] {true, false, false, false, false, false});
        final int[] statuses = {Status.OK.number(), Status.PROFILE_UNKNOWN.number(), Status.INPUT_INVALID.number()};
        builder.finish(SegmentTestBatchResponse.createSegmentTestBatchResponse(
                builder, SegmentTestBatchResponse.createStatusesVector(builder, statuses), members));
        return builder.sizedByteArray();
    }

    private static byte[] recorded() {
        final FlatBufferBuilder builder = new FlatBufferBuilder();
        builder.finish(EventResponse.createEventResponse(
                builder, builder.createString("crm:10042"), 90212, EventOutcome.Recorded));
        return builder.sizedByteArray();
    }

    private static byte[] erased() {
        final FlatBufferBuilder builder = new FlatBufferBuilder();
        final int[] identities = {builder.createString("crm:10042"), builder.createString("cookie:9f2ab")};
        builder.finish(EraseResponse.createEraseResponse(
                builder, EraseResponse.createErasedVector(builder, identities), 90213, ERASED_AT_MICROS));
        return builder.sizedByteArray();
    }

    private static byte[] error() {
        final FlatBufferBuilder builder = new FlatBufferBuilder();
        final int[] errors = {
            FieldError.createFieldError(
                    builder,
                    builder.createString("profile"),
                    builder.createString("an identity is namespace:value, there is no ':'"))
        };
        final int detail = builder.createString(Status.INPUT_INVALID.meaning());
        final int list = ErrorResponse.createErrorsVector(builder, errors);
        builder.finish(ErrorResponse.createErrorResponse(builder, Status.INPUT_INVALID.number(), detail, list));
        return builder.sizedByteArray();
    }

    private static byte[] response(MessageType type, long correlationId, long sequence, Status status, byte[] body) {
        final byte[] frame = new byte[FrameDescriptor.HEADER_LENGTH_BYTES + body.length];
        FrameDescriptor.putResponseHeader(
                ByteBuffer.wrap(frame), 0, body.length, type.number(), correlationId, sequence, status);
        System.arraycopy(body, 0, frame, FrameDescriptor.BODY_OFFSET, body.length);
        return frame;
    }

    private static String dump(byte[] bytes) {
        final StringBuilder dump = new StringBuilder();
        for (int line = 0; line < bytes.length; line += BYTES_PER_LINE) {
            final StringBuilder hex = new StringBuilder();
            final StringBuilder text = new StringBuilder();
            for (int i = line; i < Math.min(bytes.length, line + BYTES_PER_LINE); i++) {
                hex.append(String.format(Locale.ROOT, "%02x ", bytes[i]));
                text.append(bytes[i] >= ' ' && bytes[i] < 0x7f ? (char) bytes[i] : '.');
            }
            dump.append(String.format(Locale.ROOT, "%04x  %-48s %s\n", line, hex, text));
        }
        return dump.toString();
    }
}
