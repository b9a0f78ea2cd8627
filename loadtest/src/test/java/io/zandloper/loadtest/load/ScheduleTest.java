package io.zandloper.loadtest.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class ScheduleTest {
    @Test
    void anEvenOneIsDueEveryInterval() {
        final Schedule schedule = Schedule.even(4, 100);
        for (int i = 0; i < 1_000; i++) {
            assertThat(schedule.dueNanos()).isEqualTo(100 + i * 250_000_000L);
            schedule.advance();
        }
    }

    @Test
    void aPoissonOneHasTheRateAndGapsThatVaryAsMuchAsTheirMean() {
        final Schedule schedule = Schedule.poisson(1_000, 5);
        final int requests = 1 << 17;
        double squares = 0;
        long last = 0;
        for (int i = 0; i < requests; i++) {
            schedule.advance();
            final double gap = schedule.dueNanos() - last;
            squares += (gap - 1e6) * (gap - 1e6);
            last = schedule.dueNanos();
        }
        assertThat((double) last / requests).isCloseTo(1e6, within(1.0));
        assertThat(Math.sqrt(squares / requests)).isCloseTo(1e6, within(2e4));
    }
}
