package io.zandloper.server.report;

import org.apache.commons.statistics.distribution.BetaDistribution;

/**
 * Between which bounds a rate lies.
 *
 * @param low 0 to 1
 * @param high likewise
 */
public record RateInterval(double low, double high) {
    /**
     * The exact interval of Clopper and Pearson ("The use of confidence or fiducial limits illustrated in the case of the
     * binomial", Biometrika 26, 1934): whatever the true rate, the interval holds it with at least the confidence. Its
     * bounds are quantiles of the beta distribution.
     *
     * @param successes 0 to {@code trials}
     * @param trials 0 tells nothing: the interval is 0 to 1
     * @param confidence above 0 and below 1
     */
    public static RateInterval clopperPearson(long successes, long trials, double confidence) {
        if (successes < 0 || successes > trials) {
            throw new IllegalArgumentException("more than the trials: successes=" + successes);
        }
        final double tail = (1 - confidence) / 2;
        final long failures = trials - successes;
        return new RateInterval(
                successes == 0
                        ? 0
                        : BetaDistribution.of((double) successes, failures + 1.0)
                                .inverseCumulativeProbability(tail),
                failures == 0
                        ? 1
                        : BetaDistribution.of(successes + 1.0, (double) failures)
                                .inverseSurvivalProbability(tail));
    }
}
