package io.zandloper.server.http;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Counts and lists on threads of its own, since both may take a while: at most so many at a time, what is beyond is told
 * to try again. Thread-safe.
 */
final class AudienceWorker implements AutoCloseable, Executor {
    private final Semaphore counts = new Semaphore(HttpLimits.AUDIENCE_COUNTS_MAX);
    private final Semaphore lists = new Semaphore(HttpLimits.AUDIENCE_LISTS_MAX);
    /** One task at most for each permit, so that none is ever refused. */
    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            HttpLimits.AUDIENCE_THREADS,
            HttpLimits.AUDIENCE_THREADS,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(HttpLimits.AUDIENCE_COUNTS_MAX + HttpLimits.AUDIENCE_LISTS_MAX),
            Thread.ofPlatform().name("zandloper-audience-", 0).daemon().factory());

    /** @throws java.util.concurrent.RejectedExecutionException where the server stops */
    @Override
    public void execute(Runnable task) {
        threads.execute(task);
    }

    /** @throws ProblemException with status 429 where too many are counted */
    void beginCount() {
        if (!counts.tryAcquire()) {
            throw ProblemException.busy("too many audiences are being counted, try again");
        }
    }

    void endCount() {
        counts.release();
    }

    /** @throws ProblemException with status 429 where too many are listed */
    void beginList() {
        if (!lists.tryAcquire()) {
            throw ProblemException.busy("too many audiences are being listed, try again");
        }
    }

    void endList() {
        lists.release();
    }

    /** Finishes what it has begun: the storage must not be closed under it. */
    @Override
    public void close() {
        threads.shutdown();
        boolean interrupted = false;
        while (true) {
            try {
                if (threads.awaitTermination(HttpLimits.DRAIN_MILLIS_MAX, TimeUnit.MILLISECONDS)) {
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
