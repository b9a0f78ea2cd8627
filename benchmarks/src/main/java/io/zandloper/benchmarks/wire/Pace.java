package io.zandloper.benchmarks.wire;

import java.time.Duration;

/**
 * How thoroughly is measured.
 *
 * @param runs of each thing that is measured, after one that does not count
 * @param warmup of each run
 * @param roundTrips of a run that goes one by one, warm-up included
 * @param busy how long a run goes that asks as much as is answered
 * @param tail how long a run goes whose slowest answers are looked at
 * @param step how long each rate is tried in the search for saturation
 * @param rateFirst of these, the first
 * @param heat how long a server is asked as much as it answers before its limits are looked for
 * @param overloadSettles how long an overload lasts before it counts
 */
record Pace(
        int runs,
        Duration warmup,
        long roundTrips,
        Duration busy,
        Duration tail,
        Duration step,
        int rateFirst,
        Duration heat,
        Duration overloadSettles) {
    /** Only shows that it works. */
    static final Pace SMOKE = new Pace(
            2,
            Duration.ofMillis(100),
            5_000,
            Duration.ofMillis(300),
            Duration.ofMillis(400),
            Duration.ofMillis(200),
            200,
            Duration.ofMillis(300),
            Duration.ofMillis(300));

    static final Pace REAL = new Pace(
            5,
            Duration.ofSeconds(1),
            200_000,
            Duration.ofSeconds(5),
            Duration.ofSeconds(20),
            Duration.ofSeconds(2),
            4_000,
            Duration.ofSeconds(15),
            Duration.ofSeconds(3));
}
