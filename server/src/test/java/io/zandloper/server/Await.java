package io.zandloper.server;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what another thread, or another process, brings about. */
public final class Await {
    private static final long TIMEOUT_NANOS = Duration.ofSeconds(30).toNanos();
    private static final long PAUSE_NANOS = Duration.ofMillis(1).toNanos();
    /** A process takes its time, on a machine that does much else. */
    private static final long PROCESS_TIMEOUT_NANOS = Duration.ofMinutes(2).toNanos();

    private static final long PROCESS_PAUSE_NANOS = Duration.ofMillis(20).toNanos();

    private Await() {}

    /** Something that is so after a while. */
    @FunctionalInterface
    public interface Condition {
        boolean holds() throws Exception;
    }

    /** What there is to say where it is not. */
    @FunctionalInterface
    public interface Description {
        String text() throws Exception;
    }

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

    /** Waits for what is asked of a process. */
    public static void process(String what, Condition condition) throws Exception {
        process(() -> what, condition);
    }

    /**
     * The same.
     *
     * @throws AssertionError with the description where it does not come to hold in time
     */
    public static void process(Description what, Condition condition) throws Exception {
        final long start = System.nanoTime();
        while (!condition.holds()) {
            if (System.nanoTime() - start > PROCESS_TIMEOUT_NANOS) {
                throw new AssertionError("not in time: " + what.text());
            }
            LockSupport.parkNanos(PROCESS_PAUSE_NANOS);
        }
    }
}
