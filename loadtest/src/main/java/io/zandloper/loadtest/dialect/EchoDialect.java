package io.zandloper.loadtest.dialect;

import java.nio.ByteBuffer;

/** The frames of our own protocol, which have to come back as long as they went. */
final class EchoDialect extends FrameDialect {
    private static final byte[] NOTHING = {};

    EchoDialect(Questions questions, int identityBytesMax) {
        super(questions, identityBytesMax);
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
    public String title(Operation operation) {
        return "echo of " + operation.title();
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
        if (lengthBytes == requestLengthBytesMax(operation)) {
            answer.setRight(0);
        } else {
            answer.set(Answer.Outcome.MALFORMED);
        }
    }
}
