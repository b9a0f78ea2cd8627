package io.zandloper.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class HiccupMeterTest {
    @Test
    void everyIntervalOfAnOversleepCounts() {
        // A clock that jumps by 101 ms at each look: 100 ms more than was asked for, so 100 intervals were missed.
        final long[] now = {0};
        try (HiccupMeter meter = HiccupMeter.start(() -> now[0] += TimeUnit.MILLISECONDS.toNanos(101))) {
            while (meter.sinceStart().count() < 200) {
                Thread.onSpinWait();
            }
            assertThat(meter.sinceStart().max()).isBetween(100_000_000L, 100_200_000L);
            assertThat(meter.window().p50()).isBetween(49_000_000L, 51_500_000L);
            for (int second = 0; second < MetricsLimits.WINDOW_SECONDS; second++) {
                meter.tick();
            }
            assertThat(meter.histogram().getTotalCount()).isGreaterThanOrEqualTo(200);
        }
    }
}
