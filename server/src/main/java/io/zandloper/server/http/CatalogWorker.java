package io.zandloper.server.http;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Compiles catalogs, one after the other, on a thread of its own: a large one takes seconds. Thread-safe. */
final class CatalogWorker implements AutoCloseable {
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(HttpLimits.CATALOGS_WAITING_MAX),
            Thread.ofPlatform().name("zandloper-catalog").daemon().factory());

    /** @throws ProblemException with status 429 where too many wait */
    void execute(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException full) {
            throw ProblemException.busy("too many catalogs are being compiled, try again");
        }
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
