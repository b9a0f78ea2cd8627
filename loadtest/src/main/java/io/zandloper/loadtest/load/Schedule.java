package io.zandloper.loadtest.load;

import io.zandloper.loadtest.generate.CounterRandom;

/**
 * When requests are due, fixed before the first is sent. For one thread; allocates nothing while it runs.
 */
final class Schedule {
    private static final int GAPS = 1 << 16;

    private final double[] gapsNanos;
    private double elapsedNanos;
    private int next;

    private Schedule(double offsetNanos, double... gapsNanos) {
        this.elapsedNanos = offsetNanos;
        this.gapsNanos = gapsNanos;
    }

    /** One request every {@code 1/rate} seconds, the first after {@code offsetNanos}. */
    static Schedule even(double ratePerSecond, double offsetNanos) {
        return new Schedule(offsetNanos, 1e9 / ratePerSecond);
    }

    /** As many people who know nothing of each other ask: the gaps are exponential, their mean {@code 1/rate}. */
    static Schedule poisson(double ratePerSecond, long seed) {
        final CounterRandom random = new CounterRandom(seed, 0x5C4ED);
        final double[] gaps = new double[GAPS];
        double sum = 0;
        for (int i = 0; i < GAPS; i++) {
            gaps[i] = -StrictMath.log(1 - random.nextDouble());
            sum += gaps[i];
        }
        final double scale = 1e9 / ratePerSecond * GAPS / sum;
        for (int i = 0; i < GAPS; i++) {
            gaps[i] *= scale;
        }
        return new Schedule(0, gaps);
    }

    /** As many requests as there are times, at these times. */
    static Schedule at(long... dueNanos) {
        final double[] gaps = new double[dueNanos.length];
        for (int i = 1; i < dueNanos.length; i++) {
            gaps[i - 1] = dueNanos[i] - dueNanos[i - 1];
        }
        return new Schedule(dueNanos.length == 0 ? 0 : dueNanos[0], gaps);
    }

    /** Nanoseconds from the start until the current request is due. */
    long dueNanos() {
        return (long) elapsedNanos;
    }

    /** Goes to the next request. */
    void advance() {
        elapsedNanos += gapsNanos[next];
        next = next + 1 == gapsNanos.length ? 0 : next + 1;
    }
}
