package io.zandloper.loadtest.dialect;

import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.ProtocolLimits;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Requests as frames of our own protocol, which are told apart by their correlation ids; so are the answers. */
abstract class FrameDialect implements Dialect {
    private final FrameTemplate[] templates = new FrameTemplate[Operation.values().length];

    FrameDialect(Questions questions, int identityBytesMax) {
        for (final Operation operation : Operation.values()) {
            templates[operation.ordinal()] = FrameTemplates.of(operation, questions, identityBytesMax);
        }
    }

    @Override
    public final boolean knows(Operation operation) {
        return true;
    }

    /** What every request is as long as. */
    @Override
    public final int requestLengthBytesMax(Operation operation) {
        return templates[operation.ordinal()].lengthBytes();
    }

    @Override
    public final void put(ByteBuffer out, Operation operation, long correlationId, Identities identities, int first) {
        templates[operation.ordinal()].put(out, correlationId, identities, first);
    }

    @Override
    public final boolean answersInOrder() {
        return false;
    }

    @Override
    public final int answerLengthBytes(ByteBuffer in, int offset, int end, Operation oldest) throws IOException {
        if (end - offset < FrameDescriptor.HEADER_LENGTH_BYTES) {
            return 0;
        }
        final int lengthBytes = in.getInt(offset + FrameDescriptor.LENGTH_OFFSET);
        if (lengthBytes < FrameDescriptor.HEADER_LENGTH_BYTES
                || lengthBytes > ProtocolLimits.RESPONSE_FRAME_BYTES_MAX) {
            throw new IOException("the server sent something that is no frame: length=" + lengthBytes);
        }
        return end - offset < lengthBytes ? 0 : lengthBytes;
    }

    @Override
    public final long correlationId(ByteBuffer in, int offset) {
        return in.getLong(offset + FrameDescriptor.CORRELATION_ID_OFFSET);
    }
}
