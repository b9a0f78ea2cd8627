package io.zandloper.protocol.client;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Pauses between attempts to connect: each up to twice as long as the one before, up to a maximum, and drawn from the
 * upper half of that, so that the clients of a server that restarts do not come back in step. Not thread-safe.
 */
final class Backoff {
    private final long minNanos;
    private final long maxNanos;
    private final RandomGenerator random;
    private long nextNanos;

    Backoff(Duration min, Duration max, RandomGenerator random) {
        this.minNanos = Math.max(2, min.toNanos());
        this.maxNanos = Math.max(minNanos, max.toNanos());
        this.random = random;
        this.nextNanos = minNanos;
    }

    long nextPauseNanos() {
        final long pauseNanos = nextNanos / 2 + random.nextLong(nextNanos / 2);
        nextNanos = nextNanos > maxNanos / 2 ? maxNanos : nextNanos * 2;
        return pauseNanos;
    }

    void onConnected() {
        nextNanos = minNanos;
    }
}
