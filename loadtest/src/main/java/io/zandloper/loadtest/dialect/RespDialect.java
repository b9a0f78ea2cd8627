package io.zandloper.loadtest.dialect;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Redis's protocol. A segment test gets the value that the segments would be a part of, a batch is as many such requests at
 * once, a profile is all fields of a hash.
 */
final class RespDialect implements Dialect {
    private static final byte[] GET = "*2\r\n$3\r\nGET\r\n$".getBytes(US_ASCII);
    private static final byte[] HGETALL = "*2\r\n$7\r\nHGETALL\r\n$".getBytes(US_ASCII);
    private static final byte[] SET = "*3\r\n$3\r\nSET\r\n$".getBytes(US_ASCII);
    private static final byte[] LINE_END = "\r\n".getBytes(US_ASCII);
    private static final byte[] PING = "*1\r\n$4\r\nPING\r\n".getBytes(US_ASCII);
    private static final byte[] PONG = "+PONG\r\n".getBytes(US_ASCII);
    /** A key's length and line ends. */
    private static final int AROUND_KEY_BYTES = 16;

    private static final int INCOMPLETE = -1;

    private final Questions questions;
    private final int identityBytesMax;
    /** Of a write, from behind the key to the end: the value's length, and the value. */
    private final byte[] value;

    private final int stampOffset;
    private final TextReader text = new TextReader();

    RespDialect(Questions questions, int identityBytesMax) {
        this.questions = questions;
        this.identityBytesMax = identityBytesMax;
        final String length = "\r\n$" + questions.valueBytes() + "\r\n";
        this.stampOffset = length.length();
        this.value = (length + "v".repeat(questions.valueBytes()) + "\r\n").getBytes(US_ASCII);
    }

    @Override
    public byte[] hello() {
        return PING;
    }

    @Override
    public int checkHello(ByteBuffer in) throws IOException {
        for (int i = 0; i < Math.min(in.position(), PONG.length); i++) {
            if (in.get(i) != PONG[i]) {
                throw new IOException("what answers there does not speak Redis's protocol, or asks for a password");
            }
        }
        return in.position() < PONG.length ? 0 : PONG.length;
    }

    @Override
    public boolean knows(Operation operation) {
        return operation != Operation.DECIDE;
    }

    @Override
    public String title(Operation operation) {
        return switch (operation) {
            case SEGMENT_TEST -> "get";
            case SEGMENT_TEST_BATCH -> "get pipeline";
            case PROFILE -> "hgetall";
            case UPSERT -> "set";
            case DECIDE -> throw new IllegalArgumentException("nothing like it: operation=" + operation);
        };
    }

    @Override
    public int requestLengthBytesMax(Operation operation) {
        final int oneBytes = HGETALL.length + AROUND_KEY_BYTES + identityBytesMax;
        return questions.profilesOf(operation) * oneBytes + (operation == Operation.UPSERT ? value.length : 0);
    }

    @Override
    public void put(ByteBuffer out, Operation operation, long correlationId, Identities identities, int first) {
        if (operation == Operation.UPSERT) {
            putKey(out, SET, identities, first);
            final int at = out.position() + stampOffset;
            out.put(value);
            FrameTemplate.putStamp(out, at, correlationId);
            return;
        }
        final byte[] command = operation == Operation.PROFILE ? HGETALL : GET;
        int index = first;
        for (int i = questions.profilesOf(operation); i > 0; i--) {
            putKey(out, command, identities, index);
            out.put(LINE_END);
            index = index + 1 == identities.size() ? 0 : index + 1;
        }
    }

    private static void putKey(ByteBuffer out, byte[] command, Identities identities, int index) {
        final int lengthBytes = identities.lengthBytes(index);
        out.put(command);
        TextReader.putNumber(out, lengthBytes);
        out.put(LINE_END);
        identities.put(index, out, out.position());
        out.position(out.position() + lengthBytes);
    }

    @Override
    public boolean answersInOrder() {
        return true;
    }

    @Override
    public int answerLengthBytes(ByteBuffer in, int offset, int end, Operation oldest) throws IOException {
        int at = offset;
        for (int i = questions.profilesOf(oldest); i > 0; i--) {
            at = replyEnd(in, at, end);
            if (at == INCOMPLETE) {
                return 0;
            }
        }
        return at - offset;
    }

    private int replyEnd(ByteBuffer in, int offset, int end) throws IOException {
        final int lineEnd = offset < end ? text.lineEnd(in, offset, end) : INCOMPLETE;
        if (lineEnd == INCOMPLETE) {
            return INCOMPLETE;
        }
        switch (in.get(offset)) {
            case '+', '-', ':' -> {
                return lineEnd;
            }
            case '$' -> {
                text.readNumber(in, offset + 1, lineEnd);
                final int replyEnd = text.number() < 0 ? lineEnd : lineEnd + text.number() + LINE_END.length;
                return replyEnd <= end ? replyEnd : INCOMPLETE;
            }
            case '*' -> {
                text.readNumber(in, offset + 1, lineEnd);
                int at = lineEnd;
                for (int elements = text.number(); elements > 0 && at != INCOMPLETE; elements--) {
                    at = replyEnd(in, at, end);
                }
                return at;
            }
            default -> throw new IOException("the server sent something that is no reply of Redis's protocol");
        }
    }

    @Override
    public long correlationId(ByteBuffer in, int offset) {
        throw new UnsupportedOperationException("answers come in order");
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
        try {
            readReplies(in, offset, offset + lengthBytes, operation, identities, first, answer);
        } catch (IOException e) {
            throw new IllegalStateException("it was whole when its length was read", e);
        }
    }

    private void readReplies(
            ByteBuffer in, int offset, int end, Operation operation, Identities identities, int first, Answer answer)
            throws IOException {
        final int wanted = operation == Operation.UPSERT ? '+' : operation == Operation.PROFILE ? '*' : '$';
        long sum = 0;
        int index = first;
        for (int at = offset; at < end; at = replyEnd(in, at, end)) {
            final byte kind = in.get(at);
            if (kind != wanted) {
                answer.set(kind == '-' ? Answer.Outcome.REFUSED : Answer.Outcome.MALFORMED);
                return;
            }
            if (kind != '+') {
                final int lineEnd = text.readNumber(in, at + 1, end) + LINE_END.length;
                if (kind == '$' ? text.number() < 0 : text.number() == 0) {
                    answer.set(Answer.Outcome.ABSENT);
                    return;
                }
                final int contentBytes = kind == '$' ? text.number() : end - lineEnd;
                sum += Checksum.of(identities.number(index), Checksum.ofBytes(in, lineEnd, contentBytes));
            }
            index = index + 1 == identities.size() ? 0 : index + 1;
        }
        answer.setRight(sum);
    }
}
