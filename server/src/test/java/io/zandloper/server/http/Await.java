package io.zandloper.server.http;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what another thread brings about. */
public final class Await {
    private static final long TIMEOUT_NANOS = 30_000_000_000L;
    private static final long PAUSE_NANOS = 1_000_000L;

    private Await() {}

    /** Whether {@code condition} came to hold in time. */
    public static boolean until(BooleanSupplier condition) {
        final long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > TIMEOUT_NANOS) {
                return false;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return true;
    }
}
