package io.zandloper.server.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class SyncPacerTest {
    private static final int PIECE_BYTES = 1_000;

    @Test
    void withoutABoundThereIsNoWait() {
        final SyncPacer pacer = new SyncPacer(0);
        pacer.onSent(Integer.MAX_VALUE, 0);
        assertThat(pacer.waitNanos(0)).isZero();
    }

    @Test
    void overASecondNoMoreIsSentThanTheBound() {
        final SyncPacer pacer = new SyncPacer(100_000);
        long nowNanos = 5;
        long sentBytes = 0;
        while (nowNanos < TimeUnit.SECONDS.toNanos(1)) {
            final long waitNanos = pacer.waitNanos(nowNanos);
            if (waitNanos == 0) {
                pacer.onSent(PIECE_BYTES, nowNanos);
                sentBytes += PIECE_BYTES;
            }
            nowNanos += Math.max(1, waitNanos);
        }
        assertThat(sentBytes).isBetween(99_000L, 101_000L);
    }

    @Test
    void aPauseIsNotMadeUpForByABurst() {
        final SyncPacer pacer = new SyncPacer(100_000);
        pacer.onSent(PIECE_BYTES, 0);
        final long laterNanos = TimeUnit.SECONDS.toNanos(10);
        int sent = 0;
        while (pacer.waitNanos(laterNanos) == 0) {
            pacer.onSent(PIECE_BYTES, laterNanos);
            sent++;
        }
        assertThat(sent).isBetween(1, 4);
    }
}
