package io.zandloper.server.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roaringbitmap.RoaringBitmap;

final class SampledOrdinalsTest {
    private static final int[] ORDINALS =
            IntStream.range(0, 1_000).map(i -> 7 * i).toArray();

    @ParameterizedTest
    @CsvSource({"1, 1", "10, 10", "999, 999", "1000, 1000", "5000, 1000"})
    void hasSoManyInOrder(int wanted, int expected) {
        final SampledOrdinals sampled = new SampledOrdinals(RoaringBitmap.bitmapOf(ORDINALS), wanted, 1);
        assertThat(sampled.size()).isEqualTo(expected);
        assertThat(all(sampled))
                .hasSize(expected)
                .isSorted()
                .doesNotHaveDuplicates()
                .allMatch(i -> i % 7 == 0);
    }

    @Test
    void isEmptyAmongNobody() {
        assertThat(new SampledOrdinals(new RoaringBitmap(), 5, 1).hasNext()).isFalse();
    }

    @Test
    void goesByTheSeed() {
        assertThat(sample(1)).isEqualTo(sample(1)).isNotEqualTo(sample(2));
    }

    /** Over many seeds everybody is chosen about as often: within six standard deviations of the binomial. */
    @Test
    void choosesEverybodyAsOften() {
        final int samples = 2_000;
        final int[] chosen = new int[ORDINALS.length];
        for (int seed = 0; seed < samples; seed++) {
            sample(seed).forEach(ordinal -> chosen[ordinal / 7]++);
        }
        final double part = 0.1;
        final double deviation = Math.sqrt(samples * part * (1 - part));
        for (int count : chosen) {
            assertThat((double) count).isBetween(samples * part - 6 * deviation, samples * part + 6 * deviation);
        }
    }

    private static List<Integer> sample(long seed) {
        return all(new SampledOrdinals(RoaringBitmap.bitmapOf(ORDINALS), ORDINALS.length / 10, seed));
    }

    private static List<Integer> all(SampledOrdinals sampled) {
        final List<Integer> all = new ArrayList<>();
        while (sampled.hasNext()) {
            all.add(sampled.next());
        }
        return all;
    }
}
