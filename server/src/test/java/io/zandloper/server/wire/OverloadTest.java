package io.zandloper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.client.RequestEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a client is told of an overload, on a port where every look at the clock takes a millisecond. */
final class OverloadTest {
    private static final Duration WAIT_MAX = Duration.ofMillis(10);
    private static final long LOOK_NANOS = 1_000_000;

    @TempDir
    private Path folder;

    private final RequestEncoder encoder = new RequestEncoder();
    private final AtomicLong nowNanos = new AtomicLong();

    private EmbeddedPort port(Duration waitMax) {
        return new EmbeddedPort(folder, new LoadShedder(waitMax, () -> nowNanos.getAndAdd(LOOK_NANOS)));
    }

    /** @param count from {@code first} on */
    private static byte[] pings(int first, int count) {
        final ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (int i = first; i < first + count; i++) {
            stream.writeBytes(RawClient.ping(i));
        }
        return stream.toByteArray();
    }

    private static List<byte[]> rounds(int count) {
        return IntStream.range(0, count).mapToObj(i -> pings(100 * i, 100)).toList();
    }

    private static long answered(List<EmbeddedPort.Answer> answers) {
        return answers.stream().filter(answer -> answer.status() == Status.OK).count();
    }

    @Test
    void whatCannotBeAnsweredInTimeIsToldSoAtOnceAndInItsPlace() {
        try (EmbeddedPort port = port(WAIT_MAX)) {
            final List<EmbeddedPort.Answer> answers = port.exchange(rounds(8), 800);
            assertThat(answers).extracting(EmbeddedPort.Answer::correlationId).isSorted();
            // Until it is certain that it is an overload, all are answered, late as they are.
            assertThat(answered(answers.subList(0, 300))).isEqualTo(300);
            assertThat(answered(answers.subList(300, 400))).isZero();
            // All that came before is off the table, and as many as there is time for are answered.
            for (int round = 4; round < 8; round++) {
                final List<EmbeddedPort.Answer> ofRound = answers.subList(100 * round, 100 * round + 100);
                final long inTime = answered(ofRound);
                assertThat(inTime).isLessThanOrEqualTo(WAIT_MAX.toNanos() / LOOK_NANOS + 1);
                assertThat(answered(ofRound.subList(0, (int) inTime))).isEqualTo(inTime);
                assertThat(ofRound.subList((int) inTime, 100))
                        .allSatisfy(answer -> assertThat(answer.status()).isSameAs(Status.BUSY));
            }
            assertThat(answered(answers.subList(400, 800))).isPositive();
        }
    }

    @Test
    void helloIsAnsweredAlways() throws IOException {
        final List<byte[]> reads = new ArrayList<>(rounds(3));
        final ByteArrayOutputStream stream = new ByteArrayOutputStream();
        stream.write(pings(300, 1));
        stream.write(RawClient.frame(MessageType.HELLO, 301, encoder.hello("test", null)));
        stream.write(pings(302, 1));
        reads.add(stream.toByteArray());
        try (EmbeddedPort port = port(WAIT_MAX)) {
            final List<EmbeddedPort.Answer> answers = port.exchange(reads, 303);
            assertThat(answers.get(300).status()).isSameAs(Status.BUSY);
            assertThat(answers.get(301).status()).isSameAs(Status.OK);
            assertThat(answers.get(302).status()).isSameAs(Status.BUSY);
        }
    }

    @Test
    void withoutABoundAllAreAnswered() {
        try (EmbeddedPort port = port(Duration.ZERO)) {
            assertThat(answered(port.exchange(rounds(8), 800))).isEqualTo(800);
        }
    }
}
