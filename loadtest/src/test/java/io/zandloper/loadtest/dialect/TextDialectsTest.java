package io.zandloper.loadtest.dialect;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The peers' protocols, byte for byte. In the rows, {@code ~} is the end of a line. */
final class TextDialectsTest {
    private static final Questions QUESTIONS = new Questions(List.of("s"), List.of("p"), 2, 16);
    private static final Identities IDENTITIES = new FewIdentities("crm:1", "crm:22");

    @ParameterizedTest
    @CsvSource({
        "RESP, SEGMENT_TEST, 0, *2~$3~GET~$5~crm:1~",
        "RESP, SEGMENT_TEST_BATCH, 1, *2~$3~GET~$6~crm:22~*2~$3~GET~$5~crm:1~",
        "RESP, PROFILE, 1, *2~$7~HGETALL~$6~crm:22~",
        "RESP, UPSERT, 0, *3~$3~SET~$5~crm:1~$16~5100000000000000~",
        "MEMCACHED, SEGMENT_TEST, 0, get crm:1~",
        "MEMCACHED, SEGMENT_TEST_BATCH, 0, get crm:1 crm:22~",
        "MEMCACHED, PROFILE, 1, get crm:22~",
        "MEMCACHED, UPSERT, 1, set crm:22 0 0 16~5100000000000000~"
    })
    void asksInTheWordsOfThePeer(Protocol protocol, Operation operation, int first, String request) {
        final Dialect dialect = dialect(protocol);
        final ByteBuffer out =
                ByteBuffer.allocate(dialect.requestLengthBytesMax(operation)).order(ByteOrder.LITTLE_ENDIAN);
        dialect.put(out, operation, 0x15, IDENTITIES, first);
        assertThat(new String(out.array(), 0, out.position(), US_ASCII)).isEqualTo(lines(request));
    }

    /** Whole only with its last byte, whatever comes behind it. */
    @ParameterizedTest
    @CsvSource({
        "RESP, SEGMENT_TEST, $3~abc~, RIGHT",
        "RESP, SEGMENT_TEST, $0~~, RIGHT",
        "RESP, SEGMENT_TEST, $-1~, ABSENT",
        "RESP, SEGMENT_TEST, -ERR no~, REFUSED",
        "RESP, SEGMENT_TEST, :12~, MALFORMED",
        "RESP, SEGMENT_TEST_BATCH, $3~abc~$2~de~, RIGHT",
        "RESP, SEGMENT_TEST_BATCH, $3~abc~$-1~, ABSENT",
        "RESP, PROFILE, *4~$1~a~$1~b~$1~c~$0~~, RIGHT",
        "RESP, PROFILE, *0~, ABSENT",
        "RESP, UPSERT, +OK~, RIGHT",
        "RESP, UPSERT, -READONLY~, REFUSED",
        "MEMCACHED, SEGMENT_TEST, VALUE crm:1 0 6~a~bcd~END~, RIGHT",
        "MEMCACHED, SEGMENT_TEST, END~, ABSENT",
        "MEMCACHED, SEGMENT_TEST, SERVER_ERROR out of memory~, REFUSED",
        "MEMCACHED, SEGMENT_TEST_BATCH, VALUE crm:1 0 3~abc~VALUE crm:22 0 2~de~END~, RIGHT",
        "MEMCACHED, SEGMENT_TEST_BATCH, VALUE crm:22 0 2~de~END~, ABSENT",
        "MEMCACHED, UPSERT, STORED~, RIGHT",
        "MEMCACHED, UPSERT, NOT_STORED~, REFUSED"
    })
    void anAnswerIsTakenWhole(Protocol protocol, Operation operation, String answer, String outcome)
            throws IOException {
        final Dialect dialect = dialect(protocol);
        final byte[] bytes = lines(answer).getBytes(US_ASCII);
        final ByteBuffer in = ByteBuffer.allocate(bytes.length + 9).order(ByteOrder.LITTLE_ENDIAN);
        in.position(3).put(bytes).put("$-1\r\nX".getBytes(US_ASCII));
        for (int end = 3; end < 3 + bytes.length; end++) {
            assertThat(dialect.answerLengthBytes(in, 3, end, operation)).isZero();
        }
        assertThat(dialect.answerLengthBytes(in, 3, 3 + bytes.length, operation))
                .isEqualTo(bytes.length);
        assertThat(dialect.answerLengthBytes(in, 3, in.capacity(), operation)).isEqualTo(bytes.length);
        final Answer read = new Answer();
        dialect.read(in, 3, bytes.length, operation, IDENTITIES, 0, read);
        assertThat(read.outcome()).isEqualTo(Answer.Outcome.valueOf(outcome));
    }

    /** A batch counts as its requests one by one, and other peers as each other. */
    @Test
    void theChecksumIsThatOfTheContents() throws IOException {
        final long expected = Checksum.of(0, content("abc")) + Checksum.of(1, content("0123456789"));
        assertThat(checksum(Protocol.RESP, Operation.SEGMENT_TEST_BATCH, 0, "$3~abc~$10~0123456789~"))
                .isEqualTo(expected);
        assertThat(checksum(Protocol.RESP, Operation.SEGMENT_TEST, 0, "$3~abc~")
                        + checksum(Protocol.RESP, Operation.SEGMENT_TEST, 1, "$10~0123456789~"))
                .isEqualTo(expected);
        assertThat(checksum(
                        Protocol.MEMCACHED,
                        Operation.SEGMENT_TEST_BATCH,
                        0,
                        "VALUE crm:1 0 3~abc~VALUE crm:22 0 10~0123456789~END~"))
                .isEqualTo(expected);
        assertThat(checksum(Protocol.RESP, Operation.SEGMENT_TEST_BATCH, 0, "$3~abd~$10~0123456789~"))
                .isNotEqualTo(expected);
        assertThat(checksum(Protocol.RESP, Operation.SEGMENT_TEST_BATCH, 0, "$10~0123456789~$3~abc~"))
                .isNotEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"RESP, what~", "RESP, $x~", "RESP, $99999999999~", "MEMCACHED, VALUE crm:1 0 x~"})
    void whatIsNoAnswerAtAllEndsTheConnection(Protocol protocol, String answer) {
        final byte[] bytes = lines(answer).getBytes(US_ASCII);
        assertThatThrownBy(() -> dialect(protocol)
                        .answerLengthBytes(ByteBuffer.wrap(bytes), 0, bytes.length, Operation.SEGMENT_TEST))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the server sent");
    }

    @ParameterizedTest
    @CsvSource({"RESP, +PONG~", "MEMCACHED, VERSION 1.6.18~"})
    void helloIsAnsweredOrNot(Protocol protocol, String answer) throws IOException {
        final Dialect dialect = dialect(protocol);
        final byte[] bytes = lines(answer).getBytes(US_ASCII);
        final ByteBuffer in = ByteBuffer.allocate(64);
        for (int i = 0; i < bytes.length; i++) {
            assertThat(dialect.checkHello(in)).isZero();
            in.put(bytes[i]);
        }
        assertThat(dialect.checkHello(in)).isEqualTo(bytes.length);
        final ByteBuffer other = ByteBuffer.allocate(64).put("HTTP/1.1 400 Bad Request\r\n".getBytes(US_ASCII));
        assertThatThrownBy(() -> dialect.checkHello(other)).isInstanceOf(IOException.class);
    }

    private static long checksum(Protocol protocol, Operation operation, int first, String answer) {
        final byte[] bytes = lines(answer).getBytes(US_ASCII);
        final Answer read = new Answer();
        dialect(protocol)
                .read(
                        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN),
                        0,
                        bytes.length,
                        operation,
                        IDENTITIES,
                        first,
                        read);
        assertThat(read.outcome()).isEqualTo(Answer.Outcome.RIGHT);
        return read.checksum();
    }

    private static long content(String text) {
        final byte[] bytes = text.getBytes(US_ASCII);
        return Checksum.ofBytes(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), 0, bytes.length);
    }

    private static Dialect dialect(Protocol protocol) {
        return protocol.newDialect(QUESTIONS, IDENTITIES.lengthBytesMax());
    }

    private static String lines(String text) {
        return text.replace("~", "\r\n");
    }
}
