package io.zandloper.loadtest.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.attributes.AttributesCodec;
import io.zandloper.protocol.schema.DecideRequest;
import io.zandloper.protocol.schema.ProfileRequest;
import io.zandloper.protocol.schema.SegmentTestBatchRequest;
import io.zandloper.protocol.schema.SegmentTestRequest;
import io.zandloper.protocol.schema.UpsertRequest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is written in place reads as if it had been built. */
final class FrameTemplateTest {
    private static final Questions QUESTIONS = new Questions(List.of("s1", "s2"), List.of("web"), 3, 20);
    private static final Identities IDENTITIES = new FewIdentities("crm:1", "cookie:long-one", "crm:333");

    @Test
    void everyIdentityStandsAsLongAsItIs() {
        for (int first = 0; first < IDENTITIES.size(); first++) {
            final String wanted = List.of("crm:1", "cookie:long-one", "crm:333").get(first);
            assertThat(SegmentTestRequest.getRootAsSegmentTestRequest(body(Operation.SEGMENT_TEST, first))
                            .profile())
                    .isEqualTo(wanted);
            assertThat(ProfileRequest.getRootAsProfileRequest(body(Operation.PROFILE, first))
                            .profile())
                    .isEqualTo(wanted);
            final DecideRequest decide = DecideRequest.getRootAsDecideRequest(body(Operation.DECIDE, first));
            assertThat(decide.profile()).isEqualTo(wanted);
            assertThat(decide.placements(0).id()).isEqualTo("web");
            assertThat(decide.contextLength()).isEqualTo(3);
        }
    }

    @Test
    void aBatchAsksAboutThoseThatFollowAndBeginsAnewAtTheEnd() {
        final SegmentTestBatchRequest batch =
                SegmentTestBatchRequest.getRootAsSegmentTestBatchRequest(body(Operation.SEGMENT_TEST_BATCH, 1));
        assertThat(batch.profilesLength()).isEqualTo(3);
        assertThat(List.of(batch.profiles(0), batch.profiles(1), batch.profiles(2)))
                .containsExactly("cookie:long-one", "crm:333", "crm:1");
        assertThat(List.of(batch.segments(0), batch.segments(1))).containsExactly("s1", "s2");
    }

    @Test
    void aWriteIsToldFromAnotherByItsStamp() {
        final UpsertRequest upsert = UpsertRequest.getRootAsUpsertRequest(body(Operation.UPSERT, 2));
        assertThat(upsert.profile()).isEqualTo("crm:333");
        final Map<String, Object> set =
                AttributesCodec.decode(upsert.attributes().setAsByteBuffer());
        assertThat(set).containsExactly(Map.entry("value", "cba0000000000000vvvv"));
    }

    private static ByteBuffer body(Operation operation, int first) {
        final Dialect dialect = Protocol.ZANDLOPER.newDialect(QUESTIONS, IDENTITIES.lengthBytesMax());
        final ByteBuffer out = ByteBuffer.allocate(2 * dialect.requestLengthBytesMax(operation) + 5)
                .order(ByteOrder.LITTLE_ENDIAN);
        // Not at the beginning, and behind something else.
        dialect.put(out, operation, 7, IDENTITIES, 0);
        final int start = out.position();
        dialect.put(out, operation, 0xABC, IDENTITIES, first);
        assertThat(out.getInt(start)).isEqualTo(out.position() - start);
        assertThat(out.getLong(start + FrameDescriptor.CORRELATION_ID_OFFSET)).isEqualTo(0xABC);
        assertThat(out.getShort(start + FrameDescriptor.TYPE_OFFSET))
                .isEqualTo((short) MessageType.valueOf(operation.name()).number());
        return out.slice(start + FrameDescriptor.BODY_OFFSET, out.position() - start - FrameDescriptor.BODY_OFFSET)
                .order(ByteOrder.LITTLE_ENDIAN);
    }
}
