package io.zandloper.storage;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;

/** What others have the writer do between two batches of changes, in the order in which they asked. */
final class WriterTasks {
    /** So many wait at most; those who ask for one wait for it before they ask again. */
    static final int CAPACITY = 64;

    private final ManyToOneConcurrentArrayQueue<Task<?>> waiting = new ManyToOneConcurrentArrayQueue<>(CAPACITY);

    private record Task<T>(Supplier<T> work, CompletableFuture<T> result) {
        void run() {
            try {
                result.complete(work.get());
            } catch (RuntimeException | InternalError e) {
                result.completeExceptionally(e);
            }
        }
    }

    /** Any thread; failed where too many wait. What the work throws is the future's. */
    <T> CompletableFuture<T> add(Supplier<T> work) {
        final Task<T> task = new Task<>(work, new CompletableFuture<>());
        if (!waiting.offer(task)) {
            task.result().completeExceptionally(new StorageException("the writer is busy"));
        }
        return task.result();
    }

    /** Any thread. */
    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /**
     * Does all that waits, on the writer's thread.
     *
     * @param before each; where it throws, that one fails
     * @return false where there was nothing
     */
    boolean run(Runnable before) {
        Task<?> task = waiting.poll();
        if (task == null) {
            return false;
        }
        for (; task != null; task = waiting.poll()) {
            try {
                before.run();
                task.run();
            } catch (StorageException e) {
                task.result().completeExceptionally(e);
            }
        }
        return true;
    }

    /** Nobody does them any more. By one thread at a time. */
    void failAll(StorageException cause) {
        for (Task<?> task = waiting.poll(); task != null; task = waiting.poll()) {
            task.result().completeExceptionally(cause);
        }
    }
}
