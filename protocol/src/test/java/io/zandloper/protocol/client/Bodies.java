package io.zandloper.protocol.client;

import com.google.flatbuffers.FlatBufferBuilder;
import io.zandloper.protocol.schema.EraseResponse;
import io.zandloper.protocol.schema.ErrorResponse;
import io.zandloper.protocol.schema.FieldError;
import io.zandloper.protocol.schema.HelloResponse;
import io.zandloper.protocol.schema.Limits;
import io.zandloper.protocol.schema.Role;
import io.zandloper.protocol.schema.SegmentTestResponse;
import java.util.List;

/** Bodies of responses, as a server writes them. */
final class Bodies {
    static final byte[] EMPTY = {};

    private Bodies() {}

    static byte[] hello() {
        final FlatBufferBuilder builder = new FlatBufferBuilder();
        final int server = builder.createString("zandloper/0.1.0");
        final int limits = Limits.createLimits(builder, 1024 * 1024, 16 * 1024 * 1024, 4096, 1024);
        builder.finish(HelloResponse.createHelloResponse(builder, 1, server, Role.Replica, limits, 12));
        return builder.sizedByteArray();
    }

    static byte[] segmentTest(boolean... members) {
        final FlatBufferBuilder builder = new FlatBufferBuilder();
        builder.finish(SegmentTestResponse.createSegmentTestResponse(
                builder, SegmentTestResponse.createMembersVector(builder, members)));
        return builder.sizedByteArray();
    }

    static byte[] erasure(List<String> erased, long sequence, long atMicros) {
        final FlatBufferBuilder builder = new FlatBufferBuilder();
        final int[] identities = erased.stream().mapToInt(builder::createString).toArray();
        final int erasedOffset = EraseResponse.createErasedVector(builder, identities);
        builder.finish(EraseResponse.createEraseResponse(builder, erasedOffset, sequence, atMicros));
        return builder.sizedByteArray();
    }

    static byte[] error(int status, String detail, String path, String reason) {
        final FlatBufferBuilder builder = new FlatBufferBuilder();
        final int[] errors = {
            FieldError.createFieldError(builder, builder.createString(path), builder.createString(reason))
        };
        final int detailOffset = builder.createString(detail);
        final int errorsOffset = ErrorResponse.createErrorsVector(builder, errors);
        builder.finish(ErrorResponse.createErrorResponse(builder, status, detailOffset, errorsOffset));
        return builder.sizedByteArray();
    }
}
