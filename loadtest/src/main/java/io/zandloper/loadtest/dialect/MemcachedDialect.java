package io.zandloper.loadtest.dialect;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The text protocol of memcached. A segment test and a profile get the value under the key, a batch names all its keys in
 * one request.
 */
final class MemcachedDialect implements Dialect {
    private static final byte[] GET = "get".getBytes(US_ASCII);
    private static final byte[] SET = "set ".getBytes(US_ASCII);
    private static final byte[] LINE_END = "\r\n".getBytes(US_ASCII);
    private static final byte[] VERSION = "version\r\n".getBytes(US_ASCII);
    private static final byte[] VERSION_ANSWER = "VERSION ".getBytes(US_ASCII);
    private static final byte[] VALUE = "VALUE ".getBytes(US_ASCII);
    private static final byte[] END = "END\r\n".getBytes(US_ASCII);
    private static final byte[] STORED = "STORED\r\n".getBytes(US_ASCII);

    private final Questions questions;
    private final int identityBytesMax;
    /** Of a write, from behind the key to the end. */
    private final byte[] value;

    private final int stampOffset;
    private final TextReader text = new TextReader();

    MemcachedDialect(Questions questions, int identityBytesMax) {
        this.questions = questions;
        this.identityBytesMax = identityBytesMax;
        final String options = " 0 0 " + questions.valueBytes() + "\r\n";
        this.stampOffset = options.length();
        this.value = (options + "v".repeat(questions.valueBytes()) + "\r\n").getBytes(US_ASCII);
    }

    @Override
    public byte[] hello() {
        return VERSION;
    }

    @Override
    public int checkHello(ByteBuffer in) throws IOException {
        final int end = in.position();
        if (end >= VERSION_ANSWER.length && !startsWith(in, 0, end, VERSION_ANSWER)) {
            throw new IOException("what answers there does not speak memcached's protocol");
        }
        return Math.max(0, text.lineEnd(in, 0, end));
    }

    @Override
    public boolean knows(Operation operation) {
        return operation != Operation.DECIDE;
    }

    @Override
    public String title(Operation operation) {
        return switch (operation) {
            case SEGMENT_TEST, PROFILE -> "get";
            case SEGMENT_TEST_BATCH -> "get of many keys";
            case UPSERT -> "set";
            case DECIDE -> throw new IllegalArgumentException("nothing like it: operation=" + operation);
        };
    }

    @Override
    public int requestLengthBytesMax(Operation operation) {
        return SET.length + LINE_END.length + value.length + questions.profilesOf(operation) * (1 + identityBytesMax);
    }

    @Override
    public void put(ByteBuffer out, Operation operation, long correlationId, Identities identities, int first) {
        if (operation == Operation.UPSERT) {
            out.put(SET);
            putKey(out, identities, first);
            final int at = out.position() + stampOffset;
            out.put(value);
            FrameTemplate.putStamp(out, at, correlationId);
            return;
        }
        out.put(GET);
        int index = first;
        for (int i = questions.profilesOf(operation); i > 0; i--) {
            out.put((byte) ' ');
            putKey(out, identities, index);
            index = index + 1 == identities.size() ? 0 : index + 1;
        }
        out.put(LINE_END);
    }

    private static void putKey(ByteBuffer out, Identities identities, int index) {
        identities.put(index, out, out.position());
        out.position(out.position() + identities.lengthBytes(index));
    }

    @Override
    public boolean answersInOrder() {
        return true;
    }

    @Override
    public int answerLengthBytes(ByteBuffer in, int offset, int end, Operation oldest) throws IOException {
        int at = offset;
        while (at < end) {
            final int lineEnd = text.lineEnd(in, at, end);
            if (lineEnd < 0) {
                return 0;
            }
            if (!startsWith(in, at, end, VALUE)) {
                return lineEnd - offset;
            }
            at = lineEnd + valueLengthBytes(in, lineEnd) + LINE_END.length;
        }
        return 0;
    }

    /** The last word of the line that ends there. */
    private int valueLengthBytes(ByteBuffer in, int lineEnd) throws IOException {
        int at = lineEnd - LINE_END.length;
        while (in.get(at - 1) != ' ') {
            at--;
        }
        text.readNumber(in, at, lineEnd);
        return text.number();
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
        final int end = offset + lengthBytes;
        if (operation == Operation.UPSERT) {
            if (startsWith(in, offset, end, STORED)) {
                answer.setRight(0);
            } else {
                answer.set(Answer.Outcome.REFUSED);
            }
            return;
        }
        try {
            readValues(in, offset, end, questions.profilesOf(operation), identities, first, answer);
        } catch (IOException e) {
            throw new IllegalStateException("it was whole when its length was read", e);
        }
    }

    /** Values come in the order of their keys; where one is missing, the answer is none. */
    private void readValues(
            ByteBuffer in, int offset, int end, int wanted, Identities identities, int first, Answer answer)
            throws IOException {
        long sum = 0;
        int index = first;
        int values = 0;
        int at = offset;
        while (startsWith(in, at, end, VALUE)) {
            final int lineEnd = text.lineEnd(in, at, end);
            final int valueBytes = valueLengthBytes(in, lineEnd);
            sum += Checksum.of(identities.number(index), Checksum.ofBytes(in, lineEnd, valueBytes));
            index = index + 1 == identities.size() ? 0 : index + 1;
            values++;
            at = lineEnd + valueBytes + LINE_END.length;
        }
        if (!startsWith(in, at, end, END)) {
            answer.set(Answer.Outcome.REFUSED);
        } else if (values < wanted) {
            answer.set(Answer.Outcome.ABSENT);
        } else {
            answer.setRight(sum);
        }
    }

    private static boolean startsWith(ByteBuffer in, int offset, int end, byte... wanted) {
        if (end - offset < wanted.length) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            if (in.get(offset + i) != wanted[i]) {
                return false;
            }
        }
        return true;
    }
}
