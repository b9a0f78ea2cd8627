package io.zandloper.storage.column;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Until when an audience may be evaluated. */
public final class TimeLimit {
    /** However long it takes. */
    public static final TimeLimit NONE = new TimeLimit(() -> 0, Long.MAX_VALUE);

    private final LongSupplier nanoTime;
    private final long startNanos;
    private final long limitNanos;

    private TimeLimit(LongSupplier nanoTime, long limitNanos) {
        this.nanoTime = nanoTime;
        this.startNanos = nanoTime.getAsLong();
        this.limitNanos = limitNanos;
    }

    /** From now on, as {@code nanoTime} tells it. */
    public static TimeLimit ofMillis(long millis, LongSupplier nanoTime) {
        return new TimeLimit(nanoTime, TimeUnit.MILLISECONDS.toNanos(millis));
    }

    /** @throws TimeLimitException where it has passed */
    void check() {
        if (nanoTime.getAsLong() - startNanos > limitNanos) {
            throw new TimeLimitException();
        }
    }
}
