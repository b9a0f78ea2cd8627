package io.zandloper.loadtest.generate;

/**
 * Ranks by Zipf's law: rank k (from 0) has a weight of 1/(k+1)^exponent. Rejection-inversion after Hörmann and
 * Derflinger, "Rejection-inversion to generate variates from monotone discrete distributions" (1996): no tables,
 * whatever the number of ranks, and fewer than 1.1 tries a draw.
 */
public final class Zipf {
    private final long size;
    private final double exponent;
    private final double integralOfFirst;
    private final double integralOfAll;
    private final double shift;

    /**
     * @param size number of ranks, at least 1
     * @param exponent above 0; 0.99 is what key-value benchmarks use
     */
    public Zipf(long size, double exponent) {
        if (size < 1) {
            throw new IllegalArgumentException("a distribution needs at least one rank: size=" + size);
        }
        if (!(exponent > 0) || exponent > 100) {
            throw new IllegalArgumentException("the exponent must be above 0 and at most 100: exponent=" + exponent);
        }
        this.size = size;
        this.exponent = exponent;
        this.integralOfFirst = integral(1.5) - 1;
        this.integralOfAll = integral(size + 0.5);
        this.shift = 2 - inverse(integral(2.5) - weight(2));
    }

    /** A rank from 0 to size − 1. */
    public long next(CounterRandom random) {
        while (true) {
            final double u = integralOfAll + random.nextDouble() * (integralOfFirst - integralOfAll);
            final double x = inverse(u);
            final long k = Math.clamp((long) (x + 0.5), 1, size);
            final double rank = k;
            if (rank - x <= shift || u >= integral(rank + 0.5) - weight(rank)) {
                return k - 1;
            }
        }
    }

    private double weight(double x) {
        return StrictMath.exp(-exponent * StrictMath.log(x));
    }

    /** The integral of {@link #weight} up to x; for an exponent of 1 its limit, the logarithm. */
    private double integral(double x) {
        final double logX = StrictMath.log(x);
        return expm1Ratio((1 - exponent) * logX) * logX;
    }

    private double inverse(double y) {
        final double t = Math.max(-1, y * (1 - exponent));
        return StrictMath.exp(log1pRatio(t) * y);
    }

    /** (e^x − 1)/x, also near 0. */
    private static double expm1Ratio(double x) {
        return Math.abs(x) > 1e-8 ? StrictMath.expm1(x) / x : 1 + x * 0.5 * (1 + x / 3);
    }

    /** ln(1 + x)/x, also near 0. */
    private static double log1pRatio(double x) {
        return Math.abs(x) > 1e-8 ? StrictMath.log1p(x) / x : 1 - x * (0.5 - x / 3);
    }
}
