package io.zandloper.protocol.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class BackoffTest {
    @Test
    void pausesGrowToTheirMaximumAndStartAnew() {
        final Backoff backoff = new Backoff(Duration.ofNanos(1_000), Duration.ofNanos(5_000), new SplittableRandom(1));
        for (final long longest : new long[] {1_000, 2_000, 4_000, 5_000, 5_000}) {
            assertThat(backoff.nextPauseNanos()).isBetween(longest / 2, longest);
        }
        backoff.onConnected();
        assertThat(backoff.nextPauseNanos()).isBetween(500L, 1_000L);
    }
}
