package io.zandloper.server.http;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Makes reports and the pieces of their answers on a thread of its own: one of many offers takes a while. Thread-safe. */
final class ReportWorker implements AutoCloseable, Executor {
    private final Semaphore reports = new Semaphore(HttpLimits.REPORTS_MAX);
    /** A report has one task at a time, so that none is ever refused. */
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(HttpLimits.REPORTS_MAX),
            Thread.ofPlatform().name("zandloper-report").daemon().factory());

    /** @throws ProblemException with status 429 where too many are under way */
    void begin() {
        if (!reports.tryAcquire()) {
            throw ProblemException.busy("too many reports are being made, try again");
        }
    }

    void end() {
        reports.release();
    }

    /** @throws java.util.concurrent.RejectedExecutionException where the server stops */
    @Override
    public void execute(Runnable task) {
        thread.execute(task);
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
