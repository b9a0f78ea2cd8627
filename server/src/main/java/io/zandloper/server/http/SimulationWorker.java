package io.zandloper.server.http;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Simulates on a thread of its own and of the lowest priority, one simulation at a time. Thread-safe. */
final class SimulationWorker implements AutoCloseable, Executor {
    private final Semaphore simulations = new Semaphore(1);
    /** What a simulation does next, and what one does first that comes the moment another ends. */
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(2),
            Thread.ofPlatform()
                    .name("zandloper-simulation")
                    .priority(Thread.MIN_PRIORITY)
                    .daemon()
                    .factory());

    private volatile boolean stopping;

    /** @throws java.util.concurrent.RejectedExecutionException where the server stops */
    @Override
    public void execute(Runnable task) {
        thread.execute(task);
    }

    /** @throws ProblemException with status 429 where another one is under way */
    void begin() {
        if (!simulations.tryAcquire()) {
            throw ProblemException.busy(
                    "a simulation is under way, and there is one at a time; try again when it is done");
        }
    }

    void end() {
        simulations.release();
    }

    /** The one that is under way is to end early. */
    void stop() {
        stopping = true;
    }

    boolean isStopping() {
        return stopping;
    }

    /** Finishes what it has begun: the storage must not be closed under it. */
    @Override
    public void close() {
        stop();
        thread.shutdown();
        boolean interrupted = false;
        while (true) {
            try {
                if (thread.awaitTermination(HttpLimits.DRAIN_MILLIS_MAX, TimeUnit.MILLISECONDS)) {
                    break;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
