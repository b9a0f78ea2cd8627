package io.zandloper.server.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.zandloper.server.report.HoldoutComparison.Estimate;
import io.zandloper.server.report.HoldoutComparison.Group;
import org.junit.jupiter.api.Test;

final class HoldoutComparisonTest {
    private static HoldoutComparison comparison(long treated, long converted, long heldOut, long heldOutConverted) {
        return new HoldoutComparison(2, 0, new Group(treated, converted), new Group(heldOut, heldOutConverted));
    }

    @Test
    void tellsDifferenceAndLift() {
        final HoldoutComparison comparison = comparison(9_800, 490, 200, 8);
        assertThat(comparison.treated().rate()).isEqualTo(0.05);
        assertThat(comparison.holdout().rate()).isEqualTo(0.04);
        assertThat(comparison.difference().value()).isCloseTo(0.01, within(1e-12));
        assertThat(comparison.lift().value()).isCloseTo(0.25, within(1e-12));
        assertThat(comparison.difference().low()).isNegative();
        assertThat(comparison.difference().high()).isGreaterThan(0.01);
        assertThat(comparison.lift().low()).isNegative();
        assertThat(comparison.lift().high()).isGreaterThan(0.25);
    }

    @Test
    void saysNothingOfNobody() {
        final HoldoutComparison comparison = comparison(0, 0, 0, 0);
        assertThat(comparison.difference()).isEqualTo(new Estimate(null, -1.0, 1.0));
        assertThat(comparison.lift()).isEqualTo(new Estimate(null, -1.0, null));
    }

    @Test
    void aHoldoutWithoutConversionsBoundsTheLiftFromBelowAlone() {
        final Estimate lift = comparison(1_000, 100, 1_000, 0).lift();
        assertThat(lift.value()).isNull();
        assertThat(lift.low()).isGreaterThan(1);
        assertThat(lift.high()).isNull();
    }

    /** Over all that may come out of two true rates: both intervals hold at once at least as often as they say. */
    @Test
    void holdsTheTrueDifferenceAndLiftAsOftenAsItSays() {
        final int treated = 25;
        final int heldOut = 12;
        final Estimate[][] differences = new Estimate[treated + 1][heldOut + 1];
        final Estimate[][] lifts = new Estimate[treated + 1][heldOut + 1];
        for (int x = 0; x <= treated; x++) {
            for (int y = 0; y <= heldOut; y++) {
                differences[x][y] = comparison(treated, x, heldOut, y).difference();
                lifts[x][y] = comparison(treated, x, heldOut, y).lift();
            }
        }
        for (double p = 0.02; p < 1; p += 0.07) {
            for (double q = 0.02; q < 1; q += 0.07) {
                double held = 0;
                for (int x = 0; x <= treated; x++) {
                    for (int y = 0; y <= heldOut; y++) {
                        if (holds(differences[x][y], p - q) && holds(lifts[x][y], p / q - 1)) {
                            held += probability(x, treated, p) * probability(y, heldOut, q);
                        }
                    }
                }
                assertThat(held).as("rates %s and %s", p, q).isGreaterThanOrEqualTo(HoldoutComparison.CONFIDENCE);
            }
        }
    }

    private static boolean holds(Estimate estimate, double value) {
        return (estimate.low() == null || estimate.low() <= value)
                && (estimate.high() == null || value <= estimate.high());
    }

    /** Of so many successes. */
    static double probability(int successes, int trials, double rate) {
        double probability = 1;
        for (int i = 1; i <= successes; i++) {
            probability *= (double) (trials - successes + i) / i;
        }
        return probability * Math.pow(rate, successes) * Math.pow(1 - rate, trials - successes);
    }
}
