package io.zandloper.storage.column;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class BitMatrixTest {
    @Test
    void rowsBecomeColumns() {
        final Random random = new Random(1);
        final long[] bits = random.longs(64).toArray();
        final long[] transposed = bits.clone();
        BitMatrix.transpose(transposed);
        for (int i = 0; i < 64; i++) {
            for (int j = 0; j < 64; j++) {
                assertThat(transposed[i] >>> j & 1).isEqualTo(bits[j] >>> i & 1);
            }
        }
        BitMatrix.transpose(transposed);
        assertThat(transposed).isEqualTo(bits);
    }
}
