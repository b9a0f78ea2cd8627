package io.zandloper.storage;

import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What is to be done now and then, on one thread. Whoever does it looks at the clock itself, so that a test that moves
 * the clock need not wait.
 */
final class Housekeeping implements AutoCloseable {
    /** How often each chore is asked; short against the shortest erasure bound that makes sense. */
    private static final long TICK_MILLIS = 200;

    private static final long STOP_SECONDS_MAX = 60;

    /** Something that is due at times. */
    @FunctionalInterface
    interface Chore {
        /**
         * Looks whether it is due and does it, or hands it over; must not take long. What it throws is its own to tell: it
         * is asked again.
         */
        void run(long nowMicros) throws InterruptedException;
    }

    private final MicrosClock clock;
    private final List<Chore> chores;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "zandloper-housekeeping"));

    Housekeeping(MicrosClock clock, List<Chore> chores) {
        this.clock = clock;
        this.chores = List.copyOf(chores);
    }

    void start() {
        thread.scheduleWithFixedDelay(this::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void tick() {
        for (final Chore chore : chores) {
            try {
                chore.run(clock.nowMicros());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new StorageException("the housekeeping does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
