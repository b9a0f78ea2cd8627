package io.zandloper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Valid requests, changed at random: in every build some, with {@code -Dzandloper.mutations=N} as many as asked for. */
final class PortMutationTest {
    private static final long SEED = Long.getLong("zandloper.mutations.seed", 20261122);
    private static final int MUTATIONS = Integer.getInteger("zandloper.mutations", 10_000);
    private static final int[] EDGES = {
        0, 1, 4, 8, 31, 32, 33, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 1 << 20, 1 << 26, -1, -4, 1 << 31
    };

    @TempDir
    private Path folder;

    private EmbeddedPort port;

    @BeforeEach
    void start() {
        port = new EmbeddedPort(folder);
    }

    @AfterEach
    void stop() {
        port.close();
    }

    @Test
    void aRequestWithABrokenBodyHasOneAnswer() {
        final List<SampleStreams.Sample> samples = SampleStreams.requests();
        final SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < MUTATIONS; i++) {
            final SampleStreams.Sample sample = samples.get(i % samples.size());
            final byte[] body = mutate(sample.body(), random);
            final byte[] frame = new SampleStreams.Sample(sample.type(), body).frame(i);
            final List<EmbeddedPort.Answer> answers = exchange(frame, 1);
            assertThat(answers).as(hex(frame)).hasSize(1);
            assertThat(answers.get(0).correlationId()).as(hex(frame)).isEqualTo(i);
        }
        assertThat(port.heldBytes()).isZero();
    }

    @Test
    void aBrokenStreamEndsInNothingWorseThanItsEnd() {
        final byte[] stream = SampleStreams.stream();
        final SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < MUTATIONS / 2; i++) {
            exchange(mutate(stream, random), 0);
        }
    }

    @Test
    void aStreamMayBeCutAnywhere() {
        final byte[] stream = SampleStreams.stream();
        final int requests = SampleStreams.requests().size();
        for (int cut = 1; cut < stream.length; cut++) {
            final List<EmbeddedPort.Answer> answers = port.exchange(
                    List.of(Arrays.copyOf(stream, cut), Arrays.copyOfRange(stream, cut, stream.length)), requests);
            assertThat(answers).as("cut at %d", cut).hasSize(requests);
            assertThat(answers).extracting(EmbeddedPort.Answer::correlationId).doesNotHaveDuplicates();
        }
        assertThat(port.heldBytes()).isZero();
    }

    @Test
    void aStreamMayEndAnywhere() {
        final byte[] stream = SampleStreams.stream();
        for (int end = 0; end <= stream.length; end++) {
            exchange(Arrays.copyOf(stream, end), 0);
        }
        assertThat(port.heldBytes()).isZero();
    }

    @Test
    void anyByteOfAStreamMayBeWrong() {
        final byte[] stream = SampleStreams.stream();
        for (int at = 0; at < stream.length; at++) {
            for (final int flipped : new int[] {0xff, 0x01, 0x80}) {
                final byte[] wrong = stream.clone();
                wrong[at] ^= (byte) flipped;
                exchange(wrong, 0);
            }
        }
    }

    private List<EmbeddedPort.Answer> exchange(byte[] stream, int leastCount) {
        try {
            return port.exchange(stream, leastCount);
        } catch (AssertionError failed) {
            throw new AssertionError("seed " + SEED + ", stream " + hex(stream), failed);
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static byte[] mutate(byte[] valid, SplittableRandom random) {
        byte[] bytes = valid.clone();
        for (int changes = random.nextInt(1, 4); changes > 0; changes--) {
            if (bytes.length < Integer.BYTES) {
                return bytes;
            }
            final int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt();
                case 2 ->
                    ByteBuffer.wrap(bytes)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putInt(
                                    Math.min(at & ~3, bytes.length - Integer.BYTES),
                                    EDGES[random.nextInt(EDGES.length)]);
                case 3 -> bytes = Arrays.copyOf(bytes, at);
                default -> {
                    final int length = random.nextInt(1, bytes.length - at + 1);
                    System.arraycopy(bytes, random.nextInt(bytes.length - length + 1), bytes, at, length);
                }
            }
        }
        return bytes;
    }
}
