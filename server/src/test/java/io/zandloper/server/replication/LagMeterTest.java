package io.zandloper.server.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class LagMeterTest {
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LagMeter meter = new LagMeter(0, SILENCE_NANOS);

    private static long at(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Test
    void beforeAnythingIsHeardTheLagGrowsFromTheStart() {
        assertThat(meter.lagMillis(0, at(300))).isEqualTo(300);
    }

    @Test
    void whoHasEverythingHasNoLagBetweenTwoHeartbeats() {
        meter.onNewest(7, 7, at(100));
        assertThat(meter.lagMillis(7, at(149))).isZero();
        assertThat(meter.lagSequences(7)).isZero();
    }

    @Test
    void theLagCountsFromWhenTheFirstMissingChangeWasHeardOf() {
        meter.onNewest(7, 7, at(100));
        meter.onNewest(8, 7, at(200));
        meter.onNewest(9, 7, at(260));
        assertThat(meter.lagSequences(7)).isEqualTo(2);
        assertThat(meter.lagMillis(7, at(300))).isEqualTo(200);
        assertThat(meter.lagMillis(8, at(300))).isEqualTo(100);
        assertThat(meter.lagMillis(9, at(300))).isZero();
    }

    @Test
    void ofASilentPrimaryNothingIsKnownSinceItWasHeard() {
        meter.onNewest(7, 7, at(100));
        assertThat(meter.lagMillis(7, at(1_100))).isZero();
        assertThat(meter.lagMillis(7, at(1_101))).isEqualTo(1_001);
    }

    @Test
    void whoFollowsSteadilyIsBehindByWhatIsUnderWay() {
        for (int sequence = 1; sequence <= 10_000; sequence++) {
            meter.onNewest(sequence, sequence - 3, at(sequence));
            assertThat(meter.lagMillis(sequence - 3, at(sequence))).isLessThanOrEqualTo(3);
        }
    }

    @Test
    void moreMarksThanAreKeptMakeTheLagTooLongAndNotTooShort() {
        meter.onNewest(1, 1, at(0));
        for (int sequence = 2; sequence <= 5_000; sequence++) {
            meter.onNewest(sequence, 1, at(sequence));
        }
        assertThat(meter.lagMillis(4_000, at(5_000))).isBetween(1_000L, 4_999L);
    }

    @Test
    void anotherHistoryForgetsWhatWasHeardOfTheOneBefore() {
        meter.onNewest(100, 7, at(100));
        meter.onOtherHistory();
        meter.onNewest(50, 50, at(200));
        assertThat(meter.lagMillis(50, at(210))).isZero();
    }
}
