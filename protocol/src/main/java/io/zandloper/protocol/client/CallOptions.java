package io.zandloper.protocol.client;

import java.time.Duration;

/**
 * How the calls of one view of a client are made.
 *
 * @param deadline zero for none
 * @param minSequence 0 for any
 */
record CallOptions(Duration deadline, long minSequence, ReadPreference readPreference) {
    CallOptions {
        if (deadline.isNegative()) {
            throw new IllegalArgumentException("a negative duration, deadline=" + deadline);
        }
    }

    /** By {@link System#nanoTime}, or {@link PendingCall#NEVER}. */
    long deadlineNanos(long nowNanos) {
        return deadline.isZero() ? PendingCall.NEVER : nowNanos + deadline.toNanos();
    }
}
