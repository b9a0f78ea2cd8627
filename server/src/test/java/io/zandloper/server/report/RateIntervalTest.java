package io.zandloper.server.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RateIntervalTest {
    /**
     * The first four as Newcombe has them ("Two-sided confidence intervals for the single proportion", Statistics in
     * Medicine 17, 1998, table I, method 5); the others as R's {@code binom.test} prints them.
     */
    @ParameterizedTest(name = "{0} of {1}")
    @CsvSource({
        "81, 263, 0.2527, 0.3676, 4",
        "15, 148, 0.0578, 0.1617, 4",
        "0, 20, 0.0000, 0.1684, 4",
        "1, 29, 0.0009, 0.1776, 4",
        "682, 925, 0.7076683, 0.7654066, 7",
        "10, 100, 0.04900469, 0.17622260, 8"
    })
    void isAsPublished(long successes, long trials, double low, double high, int decimals) {
        final RateInterval interval = RateInterval.clopperPearson(successes, trials, 0.95);
        final double halfOfTheLastDigit = 0.5 * Math.pow(10, -decimals) * 1.0001;
        assertThat(interval.low()).isCloseTo(low, within(halfOfTheLastDigit));
        assertThat(interval.high()).isCloseTo(high, within(halfOfTheLastDigit));
    }

    @Test
    void hasAClosedFormAtTheEnds() {
        assertThat(RateInterval.clopperPearson(0, 10, 0.95).low()).isZero();
        assertThat(RateInterval.clopperPearson(0, 10, 0.95).high()).isCloseTo(1 - Math.pow(0.025, 0.1), within(1e-12));
        assertThat(RateInterval.clopperPearson(10, 10, 0.95).low()).isCloseTo(Math.pow(0.025, 0.1), within(1e-12));
        assertThat(RateInterval.clopperPearson(10, 10, 0.95).high()).isEqualTo(1);
        assertThat(RateInterval.clopperPearson(0, 0, 0.95)).isEqualTo(new RateInterval(0, 1));
    }

    @Test
    void isOfUseForMillionsOfPeople() {
        final RateInterval interval = RateInterval.clopperPearson(31_000, 10_000_000, 0.95);
        // So many are normally distributed.
        final double error = 1.959964 * Math.sqrt(0.0031 * 0.9969 / 10_000_000);
        assertThat(interval.low()).isCloseTo(0.0031 - error, within(2e-7));
        assertThat(interval.high()).isCloseTo(0.0031 + error, within(2e-7));
    }

    @Test
    void refusesMoreSuccessesThanTrials() {
        assertThatThrownBy(() -> RateInterval.clopperPearson(3, 2, 0.95)).hasMessageContaining("successes=3");
    }

    /** Over all that may come out of a true rate, weighted by how likely it is. */
    @Test
    void holdsTheTrueRateAsOftenAsItSays() {
        final int trials = 20;
        for (double rate = 0.01; rate < 1; rate += 0.01) {
            double held = 0;
            for (int successes = 0; successes <= trials; successes++) {
                final RateInterval interval = RateInterval.clopperPearson(successes, trials, 0.95);
                if (interval.low() <= rate && rate <= interval.high()) {
                    held += HoldoutComparisonTest.probability(successes, trials, rate);
                }
            }
            assertThat(held).as("rate=%s", rate).isGreaterThanOrEqualTo(0.95);
        }
    }
}
