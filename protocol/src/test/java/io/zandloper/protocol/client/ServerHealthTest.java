package io.zandloper.protocol.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class ServerHealthTest {
    private static final long PAUSE_NANOS = 1_000;

    private final ServerHealth health = new ServerHealth(
            new Backoff(Duration.ofNanos(PAUSE_NANOS), Duration.ofNanos(4 * PAUSE_NANOS), new SplittableRandom(1)));

    private void refuse(int times, long nowNanos) {
        for (int i = 0; i < times; i++) {
            health.onRefusal(nowNanos);
        }
    }

    @Test
    void refusalsInARowAreAnsweredByAPause() {
        refuse(ServerHealth.REFUSALS_MAX - 1, 0);
        assertThat(health.isAvoided(0)).isFalse();
        refuse(1, 0);
        assertThat(health.isAvoided(0)).isTrue();
        assertThat(health.isAvoided(PAUSE_NANOS / 2 - 1)).isTrue();
        assertThat(health.isAvoided(PAUSE_NANOS)).isFalse();
    }

    @Test
    void anAnswerBetweenThemForgets() {
        refuse(ServerHealth.REFUSALS_MAX - 1, 0);
        health.onAnswer();
        refuse(ServerHealth.REFUSALS_MAX - 1, 0);
        assertThat(health.isAvoided(0)).isFalse();
        refuse(1, 0);
        health.onAnswer();
        assertThat(health.isAvoided(0)).isFalse();
    }

    @Test
    void pausesGrowUntilItAnswers() {
        refuse(ServerHealth.REFUSALS_MAX, 0);
        refuse(ServerHealth.REFUSALS_MAX, PAUSE_NANOS);
        refuse(ServerHealth.REFUSALS_MAX, 4 * PAUSE_NANOS);
        assertThat(health.isAvoided(4 * PAUSE_NANOS + PAUSE_NANOS)).isTrue();
        health.onAnswer();
        refuse(ServerHealth.REFUSALS_MAX, 0);
        assertThat(health.isAvoided(PAUSE_NANOS)).isFalse();
    }

    @Test
    void oneThatIsStoppingIsAvoidedAtOnce() {
        health.onShuttingDown(0);
        assertThat(health.isAvoided(0)).isTrue();
    }

    @Test
    void timesOfRoundTripsAreSmoothed() {
        assertThat(health.roundTripNanos()).isZero();
        health.onRoundTrip(1_000);
        assertThat(health.roundTripNanos()).isEqualTo(1_000);
        health.onRoundTrip(5_000);
        assertThat(health.roundTripNanos()).isEqualTo(2_000);
    }
}
