package io.zandloper.loadtest.dialect;

import io.zandloper.protocol.FrameDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The frames of our own protocol, which have to come back as long as they went. */
final class EchoDialect implements Dialect {
    private static final byte[] NOTHING = {};

    private final FrameTemplate[] templates = new FrameTemplate[Operation.values().length];

    EchoDialect(Questions questions, int identityBytesMax) {
        for (final Operation operation : Operation.values()) {
            templates[operation.ordinal()] = FrameTemplates.of(operation, questions, identityBytesMax);
        }
    }

    @Override
    public byte[] hello() {
        return NOTHING;
    }

    @Override
    public int checkHello(ByteBuffer in) {
        return 0;
    }

    @Override
    public boolean knows(Operation operation) {
        return true;
    }

    @Override
    public String title(Operation operation) {
        return "echo of " + operation.title();
    }

    @Override
    public int requestLengthBytesMax(Operation operation) {
        return templates[operation.ordinal()].lengthBytes();
    }

    @Override
    public void put(ByteBuffer out, Operation operation, long correlationId, Identities identities, int first) {
        templates[operation.ordinal()].put(out, correlationId, identities, first);
    }

    @Override
    public boolean answersInOrder() {
        return false;
    }

    @Override
    public int answerLengthBytes(ByteBuffer in, int offset, int end, Operation oldest) throws IOException {
        return ZandloperDialect.frameLengthBytes(in, offset, end);
    }

    @Override
    public long correlationId(ByteBuffer in, int offset) {
        return in.getLong(offset + FrameDescriptor.CORRELATION_ID_OFFSET);
    }

    @Override
    public void read(
            ByteBuffer in,
            int offset,
            int lengthBytes,
            Operation operation,
            Identities identities,
            int first,
            Answer answer) {
        if (lengthBytes == templates[operation.ordinal()].lengthBytes()) {
            answer.setRight(0);
        } else {
            answer.set(Answer.Outcome.MALFORMED);
        }
    }
}
