package io.zandloper.server.decide.compiled;

import io.zandloper.storage.catalog.CatalogDocument.Scope;

/**
 * What a decision needs of an offer once it is among the last few. Immutable.
 *
 * @param number its place among the catalog's offers, which are in the order of their ids
 * @param propensity clamped, as are {@code value} and {@code lever}
 * @param weightTests numbers of the tests of the context weights, in their order
 * @param tests numbers of the tests that must all hold, beside what its block says
 * @param group its number, {@link Names#UNKNOWN} for none
 * @param product its number where {@code suppressAfterMicros} is not negative
 * @param suppressAfterMicros negative for never
 */
record CompiledOffer(
        int number,
        double propensity,
        double value,
        double lever,
        int[] weightTests,
        double[] weights,
        int[] tests,
        int group,
        int product,
        long suppressAfterMicros,
        CompiledSuppression[] suppressions,
        CompiledCap[] caps) {
    private static final double PROPENSITY_MAX = 1;
    private static final double CONTEXT_WEIGHT_MAX = 10;
    private static final double LEVER_MAX = 10;

    /** @param type number of the event's type */
    record CompiledCap(Scope scope, int type, int max, long windowMicros) {}

    /** @param type number of the event's type */
    record CompiledSuppression(int type, int count, long withinMicros, long pauseMicros) {}

    /** The factors are multiplied in this order: doubles do not associate. */
    double priority(double personPropensity, double contextWeight) {
        return personPropensity * value * contextWeight * lever;
    }

    /** At least as large as the context weight under any context: rounding keeps the order of sums and products. */
    double contextWeightMax() {
        double sum = 0;
        for (final double weight : weights) {
            if (weight > 0) {
                sum += weight;
            }
        }
        return contextWeight(sum);
    }

    /** @param sum of the weights that hold, in percent */
    static double contextWeight(double sum) {
        return within(1 + sum / 100, CONTEXT_WEIGHT_MAX);
    }

    static double clampedPropensity(double propensity) {
        return within(propensity, PROPENSITY_MAX);
    }

    static double clampedValue(double value) {
        return within(value, Double.MAX_VALUE);
    }

    static double clampedLever(double lever) {
        return within(lever, LEVER_MAX);
    }

    /** In [0, max], and zero without a sign. */
    private static double within(double number, double max) {
        return number > 0 ? Math.min(number, max) : 0.0;
    }
}
