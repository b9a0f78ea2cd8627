package io.zandloper.loadtest.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class KeyDistributionTest {
    @Test
    void uniformKeysCoverAllRowsAboutEvenly() {
        final int[] counts = counts("uniform", 100, 100_000);
        assertThat(Arrays.stream(counts).min().orElse(0)).isGreaterThan(850);
        assertThat(Arrays.stream(counts).max().orElse(0)).isLessThan(1_150);
    }

    @Test
    void zipfKeysAreFewAndScattered() {
        final int[] counts = counts("zipf:1.2", 1_000, 100_000);
        final int hottest = Arrays.stream(counts).max().orElse(0);
        assertThat(hottest).isGreaterThan(15_000);
        // Row by row, the ten hottest are no neighbours.
        int neighbours = 0;
        for (int i = 1; i < counts.length; i++) {
            neighbours += counts[i] > 1_500 && counts[i - 1] > 1_500 ? 1 : 0;
        }
        assertThat(neighbours).isZero();
        assertThat(Arrays.stream(counts).filter(c -> c > 0).count()).isGreaterThan(900);
    }

    @Test
    void theSameSeedGivesTheSameKeys() {
        final KeyDistribution zipf = KeyDistribution.parse("zipf");
        assertThat(zipf.draw(500, 1_000, 3)).isEqualTo(zipf.draw(500, 1_000, 3)).isNotEqualTo(zipf.draw(500, 1_000, 4));
    }

    @Test
    void oneRowIsEnough() {
        assertThat(KeyDistribution.parse("zipf").draw(1, 10, 1)).containsOnly(0);
        assertThat(KeyDistribution.parse("uniform").draw(1, 10, 1)).containsOnly(0);
    }

    private static int[] counts(String keys, int rows, int draws) {
        final int[] counts = new int[rows];
        for (final int row : KeyDistribution.parse(keys).draw(rows, draws, 1)) {
            counts[row]++;
        }
        return counts;
    }
}
