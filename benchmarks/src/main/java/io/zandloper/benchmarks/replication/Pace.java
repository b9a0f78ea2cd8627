package io.zandloper.benchmarks.replication;

import java.time.Duration;

/**
 * How thoroughly is measured.
 *
 * @param runs of each thing that is measured, after one that does not count
 * @param warmup of each run of reads
 * @param reads how long a run of reads goes
 * @param readsPerSecond that are due in it
 * @param writes how long as much is written as is taken
 * @param lag how long it is looked how far behind a replica is
 * @param probesPerSecond that look
 */
record Pace(
        int runs,
        Duration warmup,
        Duration reads,
        double readsPerSecond,
        Duration writes,
        Duration lag,
        double probesPerSecond) {
    /** Only shows that it works. */
    static final Pace SMOKE = new Pace(
            2, Duration.ofMillis(50), Duration.ofMillis(300), 200, Duration.ofMillis(300), Duration.ofMillis(300), 100);

    static final Pace REAL = new Pace(
            5,
            Duration.ofSeconds(1),
            Duration.ofSeconds(20),
            4_000,
            Duration.ofSeconds(10),
            Duration.ofSeconds(20),
            500);
}
