package io.zandloper.server.wire;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.zandloper.protocol.MessageType;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The binary port under Jazzer. In a build it tries the samples and what was ever found, which lies in the resources; to
 * search:
 *
 * <pre>
 *  mvn -pl server -am test -Dtest=PortFuzzTest#aRequest -Dzandloper.fuzz=true -Dzandloper.fuzz.duration=10m \
 *      -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 */
final class PortFuzzTest {
    private static final long CORRELATION_ID = 0x5a;

    @TempDir
    private static Path folder;

    private static EmbeddedPort port;

    @BeforeAll
    static void start() {
        port = new EmbeddedPort(folder);
    }

    @AfterAll
    static void stop() {
        port.close();
    }

    static Stream<byte[]> streams() {
        return Stream.of(SampleStreams.stream());
    }

    /** Whatever comes: nothing is thrown, what is answered is frames, and nothing stays held. */
    @MethodSource("streams")
    @FuzzTest
    void aStream(byte[] stream) {
        port.exchange(stream);
    }

    static Stream<byte[]> requests() {
        return SampleStreams.requests().stream().map(PortFuzzTest::asInput);
    }

    /** A request with any body has one answer, its own. The first byte tells the type, the rest is the body. */
    @MethodSource("requests")
    @FuzzTest
    void aRequest(byte[] input) {
        if (input.length == 0) {
            return;
        }
        final MessageType type = MessageType.values()[(input[0] & 0xff) % MessageType.values().length];
        final byte[] frame =
                RawClient.frame(type, CORRELATION_ID, ByteBuffer.wrap(Arrays.copyOfRange(input, 1, input.length)));
        final EmbeddedPort.Answer answer = port.exchange(frame, 1).get(0);
        if (answer.type() != type.number() || answer.correlationId() != CORRELATION_ID) {
            throw new AssertionError("the answer to another request: " + answer);
        }
    }

    private static byte[] asInput(SampleStreams.Sample sample) {
        final byte[] input = new byte[1 + sample.body().length];
        input[0] = (byte) sample.type().ordinal();
        System.arraycopy(sample.body(), 0, input, 1, sample.body().length);
        return input;
    }
}
