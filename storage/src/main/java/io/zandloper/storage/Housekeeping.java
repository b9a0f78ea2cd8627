package io.zandloper.storage;

import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What is to be done now and then, on one thread. Whoever does it looks at the clock itself, so that a test that moves
 * the clock need not wait.
 *
 * <p>A chore that fails ends nothing: it is told, the others go on, and it is asked again after a pause that doubles
 * with each failure in a row.
 */
final class Housekeeping implements AutoCloseable {
    /** How often each chore is asked; short against the shortest erasure bound that makes sense. */
    private static final long TICK_MILLIS = 200;

    /** The longest pause of a chore that fails: not quite two minutes. */
    static final int PAUSE_TICKS_MAX = 512;

    private static final long STOP_SECONDS_MAX = 60;

    /** Something that is due at times. */
    @FunctionalInterface
    interface Chore {
        /** Looks whether it is due and does it, or hands it over; must not take long. */
        void run(long nowMicros) throws InterruptedException;
    }

    /** @param work as a {@link FailureListener} is told it */
    record Task(String work, Chore chore) {}

    private final MicrosClock clock;
    private final Failures failures;
    private final List<Turn> turns;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "zandloper-housekeeping"));
    private volatile boolean closing;

    Housekeeping(MicrosClock clock, List<Task> tasks, Failures failures) {
        this.clock = clock;
        this.failures = failures;
        this.turns = tasks.stream().map(Turn::new).toList();
    }

    void start() {
        thread.scheduleWithFixedDelay(this::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Asks each chore once. On the housekeeping's thread. */
    void tick() {
        for (final Turn turn : turns) {
            try {
                turn.take();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    @Override
    public void close() {
        closing = true;
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new StorageException("the housekeeping does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A task, and for how many ticks more it is left alone. */
    private final class Turn {
        private final Task task;
        private int pauseTicks = 1;
        private int ticksLeft;

        Turn(Task task) {
            this.task = task;
        }

        void take() throws InterruptedException {
            if (ticksLeft > 0) {
                ticksLeft--;
                return;
            }
            try {
                task.chore().run(clock.nowMicros());
                pauseTicks = 1;
            } catch (RuntimeException
                    | Error e) { // an executor would drop the one like the other, and ask nobody again
                if (closing) {
                    return; // it may have been interrupted anywhere
                }
                ticksLeft = pauseTicks;
                pauseTicks = Math.min(2 * pauseTicks, PAUSE_TICKS_MAX);
                failures.tell(task.work(), e);
            }
        }
    }
}
