package io.zandloper.storage.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowImageTest {
    private static final int HEADER_BYTES = 14;

    private static RowImage roundTrip(RowImage image) {
        final ByteBuffer bytes = ByteBuffer.allocate(image.encodedLength() + 1).order(ByteOrder.LITTLE_ENDIAN);
        image.encode(bytes);
        assertThat(bytes.remaining()).isEqualTo(1);
        bytes.put((byte) 7).flip();
        final RowImage read = RowImage.decode(bytes);
        assertThat(bytes.remaining()).isEqualTo(1);
        return read;
    }

    @Test
    void anEmptyRowIsItsHeader() {
        final RowImage empty = new RowImage(0, Long.MAX_VALUE, new long[5]);
        assertThat(empty.encodedLength()).isEqualTo(HEADER_BYTES);
        assertThat(roundTrip(empty).bits()).isEmpty();
    }

    @Test
    void theShorterOfBothFormsIsWritten() {
        assertThat(new RowImage(0, 0, new long[] {0, 1L << 63}).encodedLength()).isEqualTo(HEADER_BYTES + 2);
        assertThat(new RowImage(0, 0, new long[] {0b1111, 0}).encodedLength()).isEqualTo(HEADER_BYTES + 8);
        assertThat(new RowImage(0, 0, new long[] {-1, 0}).encodedLength()).isEqualTo(HEADER_BYTES + 8);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 16, 64})
    void bothFormsKeepEveryBit(int words) {
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 500; round++) {
            final long[] bits = new long[words];
            for (int set = random.nextInt(8 * words + 1); set > 0; set--) {
                final int bit = random.nextInt(words * Long.SIZE);
                bits[bit / Long.SIZE] |= 1L << (bit % Long.SIZE);
            }
            final RowImage image = new RowImage(random.nextInt(1 << 24), random.nextLong(), bits);
            final RowImage read = roundTrip(image);
            assertThat(read.purposes()).isEqualTo(image.purposes());
            assertThat(read.nextExpiryMicros()).isEqualTo(image.nextExpiryMicros());
            assertThat(Arrays.copyOf(read.bits(), words)).as("seed %d", seed).isEqualTo(bits);
        }
    }
}
