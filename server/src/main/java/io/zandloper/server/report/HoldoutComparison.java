package io.zandloper.server.report;

import org.jspecify.annotations.Nullable;

/**
 * People who get offers against people of the holdout.
 *
 * <p>The intervals of the difference and of the lift follow from a rectangle that holds both rates at once with the
 * {@link #CONFIDENCE}: each side is a Clopper–Pearson interval of confidence √0.95, and as the groups are independent
 * both hold with 0.95 together. What the difference and the ratio come to in its corners bounds them. So they are exact as
 * the intervals of the rates are: whatever the rates and however few the people, they hold the true value with at least
 * the confidence, and both at the same time. The cost is width; the usual ways that are narrower (Wald, Newcombe's hybrid
 * score, a logarithmic ratio) are approximations which hold less often than they say just where conversions are few.
 *
 * @param percent of the holdout, as the catalog has it
 * @param sinceMicros when the holdout was set up, or counting began
 */
public record HoldoutComparison(double percent, long sinceMicros, Group treated, Group holdout) {
    public static final double CONFIDENCE = 0.95;
    private static final double CONFIDENCE_OF_A_SIDE = Math.sqrt(CONFIDENCE);

    /**
     * @param people that were decided for at least once
     * @param converted those of them of whom a conversion came after that
     */
    public record Group(long people, long converted) {
        public double rate() {
            return (double) converted / people;
        }

        public RateInterval interval() {
            return RateInterval.clopperPearson(converted, people, CONFIDENCE);
        }

        private RateInterval side() {
            return RateInterval.clopperPearson(converted, people, CONFIDENCE_OF_A_SIDE);
        }
    }

    /**
     * @param value null where it is not to be told: of a group without people, or for the lift over no conversions
     * @param low null for no bound
     * @param high null for no bound
     */
    public record Estimate(
            @Nullable Double value,
            @Nullable Double low,
            @Nullable Double high) {}

    /** By how much the rate of the treated is above that of the holdout. */
    public Estimate difference() {
        final RateInterval treatedSide = treated.side();
        final RateInterval holdoutSide = holdout.side();
        return new Estimate(
                treated.people() == 0 || holdout.people() == 0 ? null : treated.rate() - holdout.rate(),
                treatedSide.low() - holdoutSide.high(),
                treatedSide.high() - holdoutSide.low());
    }

    /** The same as a part of the rate of the holdout: 0.1 is ten per cent more. */
    public Estimate lift() {
        final RateInterval treatedSide = treated.side();
        final RateInterval holdoutSide = holdout.side();
        return new Estimate(
                treated.people() == 0 || holdout.converted() == 0 ? null : treated.rate() / holdout.rate() - 1,
                treatedSide.low() / holdoutSide.high() - 1,
                holdoutSide.low() == 0 ? null : treatedSide.high() / holdoutSide.low() - 1);
    }
}
