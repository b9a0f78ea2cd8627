package io.zandloper.storage;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;

/** No threads: what an engine would do on them is done step by step on the one of a simulation. */
final class SteppedThreads implements EngineThreads {
    private SteppedExecutor snapshots = new SteppedExecutor();

    @Override
    public void start(Writer writer, Housekeeping housekeeping) {}

    @Override
    public BetweenChanges between(Writer writer) {
        return new BetweenChanges() {
            @Override
            public <T> T run(Supplier<T> work) {
                final CompletableFuture<T> done = writer.between(work);
                while (!done.isDone()) {
                    writer.workBatch();
                }
                try {
                    return done.join();
                } catch (CompletionException e) {
                    throw new StorageException(String.valueOf(e.getCause().getMessage()), e);
                }
            }
        };
    }

    /** Does what snapshots' thread would do next; false where that is nothing. */
    boolean runTask() {
        return snapshots.runTask();
    }

    @Override
    public ExecutorService forSnapshots() {
        snapshots = new SteppedExecutor();
        return snapshots;
    }
}
