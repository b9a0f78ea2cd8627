package io.zandloper.server.replication;

import java.util.concurrent.TimeUnit;

/** Spreads what is sent of snapshots evenly over time. One thread's. */
final class SyncPacer {
    /** What was not used for as long is lost, so that a pause is not followed by a burst. */
    private static final long BURST_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final long bytesPerSecond;
    private long dueNanos = Long.MIN_VALUE;

    /** @param bytesPerSecond 0 for no bound */
    SyncPacer(long bytesPerSecond) {
        this.bytesPerSecond = bytesPerSecond;
    }

    /** Nanoseconds until more may be sent; 0 for now. */
    long waitNanos(long nowNanos) {
        return bytesPerSecond == 0 || dueNanos == Long.MIN_VALUE ? 0 : Math.max(0, dueNanos - nowNanos);
    }

    /** So much is being sent. */
    void onSent(int lengthBytes, long nowNanos) {
        if (bytesPerSecond > 0) {
            final long start = dueNanos == Long.MIN_VALUE ? nowNanos : Math.max(dueNanos, nowNanos - BURST_NANOS);
            dueNanos = start + (long) ((double) lengthBytes * NANOS_PER_SECOND / bytesPerSecond);
        }
    }
}
