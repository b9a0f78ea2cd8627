package io.zandloper.storage;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** No threads: what an engine would do on them is done step by step on the one of a simulation. */
final class SteppedThreads implements EngineThreads {
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

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
        final Runnable task = tasks.poll();
        if (task != null) {
            task.run();
        }
        return task != null;
    }

    @Override
    public ExecutorService forSnapshots() {
        tasks.clear();
        return new AbstractExecutorService() {
            private boolean shut;

            @Override
            public void execute(Runnable task) {
                tasks.add(task);
            }

            @Override
            public void shutdown() {
                shut = true;
            }

            @Override
            public List<Runnable> shutdownNow() {
                shut = true;
                return new ArrayList<>();
            }

            @Override
            public boolean isShutdown() {
                return shut;
            }

            @Override
            public boolean isTerminated() {
                return shut;
            }

            @Override
            public boolean awaitTermination(long timeout, TimeUnit unit) {
                return true;
            }
        };
    }
}
