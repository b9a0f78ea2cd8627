package io.zandloper.loadtest.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ZipfTest {
    private static final int DRAWS = 200_000;

    @ParameterizedTest(name = "size={0} exponent={1}")
    @CsvSource({"1,0.99", "2,0.99", "10,0.5", "100,0.99", "100,1.0", "1000,1.3"})
    void ranksComeAsOftenAsTheirWeight(int size, double exponent) {
        double sum = 0;
        for (int rank = 1; rank <= size; rank++) {
            sum += Math.pow(rank, -exponent);
        }
        final int[] counts = new int[size];
        final Zipf zipf = new Zipf(size, exponent);
        final CounterRandom random = new CounterRandom(42, 0);
        for (int i = 0; i < DRAWS; i++) {
            counts[(int) zipf.next(random)]++;
        }
        for (int rank = 0; rank < size; rank++) {
            final double expected = DRAWS * Math.pow(rank + 1, -exponent) / sum;
            assertThat((double) counts[rank]).isCloseTo(expected, within(5 * Math.sqrt(expected) + 1));
        }
    }

    @Test
    void hugeSizesStayInRange() {
        final Zipf zipf = new Zipf(1_000_000_000L, 0.99);
        final CounterRandom random = new CounterRandom(1, 0);
        for (int i = 0; i < 100_000; i++) {
            assertThat(zipf.next(random)).isBetween(0L, 999_999_999L);
        }
    }

    @Test
    void sensesNonsense() {
        assertThatThrownBy(() -> new Zipf(0, 1)).hasMessageEndingWith("size=0");
        assertThatThrownBy(() -> new Zipf(5, 0)).hasMessageEndingWith("exponent=0.0");
    }
}
