package io.zandloper.server.replication;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** How a promotion waits for others: by blocking its thread; in a simulation, by having the others go on. */
interface Waiting {
    /** On the machine's clock. */
    Waiting BLOCKING = new Waiting() {
        @Override
        public long nowNanos() {
            return System.nanoTime();
        }

        @Override
        public <T> T get(CompletableFuture<T> future, long millisMax)
                throws InterruptedException, ExecutionException, TimeoutException {
            return future.get(millisMax, TimeUnit.MILLISECONDS);
        }

        @Override
        public void sleep(long millis) throws InterruptedException {
            TimeUnit.MILLISECONDS.sleep(millis);
        }
    };

    long nowNanos();

    /** Waits for a result, at most so long. */
    <T> T get(CompletableFuture<T> future, long millisMax)
            throws InterruptedException, ExecutionException, TimeoutException;

    void sleep(long millis) throws InterruptedException;
}
