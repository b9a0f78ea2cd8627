package io.zandloper.storage;

import io.zandloper.storage.record.RecordBuffer;
import io.zandloper.storage.row.RowBits;
import io.zandloper.storage.snapshot.SnapshotSource;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The thread on which snapshots are taken, on demand and when they are due. */
final class SnapshotThread implements Housekeeping.Chore, AutoCloseable {
    private static final long STOP_SECONDS_MAX = 600;
    private static final String STOPPING = "the server is stopping; no snapshot was taken";

    private final Snapshots snapshots;
    private final SnapshotChores chores;
    private final Source source;
    private final Failures failures;
    private final ExecutorService thread;
    private @Nullable CompletableFuture<?> due;

    SnapshotThread(
            Snapshots snapshots, SnapshotChores chores, Source source, Failures failures, ExecutorService thread) {
        this.thread = thread;
        this.failures = failures;
        this.snapshots = snapshots;
        this.chores = chores;
        this.source = source;
    }

    /** What is stored, one profile at a time, so that it never holds memory for long. */
    static final class Source implements SnapshotSource {
        private final Writer writer;
        private final BetweenChanges between;
        private final StorageReader reader;
        private volatile boolean closing;

        Source(Writer writer, BetweenChanges between, StorageReader reader) {
            this.writer = writer;
            this.between = between;
            this.reader = reader;
        }

        @Override
        public Moment moment() throws InterruptedException {
            return between.run(writer::moment);
        }

        @Override
        public boolean readProfile(int ordinal, RowBits row, RecordBuffer record) {
            if (closing) {
                throw new StorageException(STOPPING);
            }
            final View view = reader.enter();
            try {
                return view.readRow(ordinal, row) && view.readRecord(ordinal, record);
            } finally {
                reader.leave();
            }
        }
    }

    /** Waits for the writer's thread. */
    static BetweenChanges between(Writer writer) {
        return new BetweenChanges() {
            @Override
            public <T> T run(Supplier<T> work) throws InterruptedException {
                try {
                    return writer.between(work).get();
                } catch (ExecutionException e) {
                    final Throwable cause = e.getCause();
                    throw new StorageException(String.valueOf(cause == null ? e : cause.getMessage()), e);
                }
            }
        };
    }

    /** Takes one; the future has its folder, or a {@link StorageException}. Any thread. */
    CompletableFuture<Path> take() {
        return onThread("taking a snapshot", snapshots::take);
    }

    /** Has one stay, with the journal after it within a budget. Any thread. */
    CompletableFuture<SnapshotLease> lease(long budgetBytes, long fromSequence) {
        return onThread("leasing a snapshot", () -> snapshots.lease(budgetBytes, fromSequence));
    }

    /** Makes every erasure so far complete. Any thread. */
    CompletableFuture<Boolean> completeErasures() {
        return onThread("making erasures complete", () -> {
            snapshots.completeErasures();
            return true;
        });
    }

    private <T> CompletableFuture<T> onThread(String name, Callable<T> work) {
        final CompletableFuture<T> done = new CompletableFuture<>();
        try {
            thread.execute(() -> {
                try {
                    done.complete(work.call());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    done.completeExceptionally(new StorageException(STOPPING, e));
                } catch (Exception | InternalError e) { // the latter where a mapped file cannot be read
                    if (!source.closing) {
                        failures.tell(name, e);
                    }
                    done.completeExceptionally(
                            e instanceof StorageException
                                    ? e
                                    : new StorageException("no snapshot could be taken: " + e, e));
                }
            });
        } catch (RejectedExecutionException e) {
            done.completeExceptionally(new StorageException(STOPPING, e));
        }
        return done;
    }

    @Override
    public void run(long nowMicros) {
        final CompletableFuture<?> running = due;
        if (running != null) {
            if (!running.isDone()) {
                return;
            }
            due = null;
            if (running.isCompletedExceptionally()) {
                chores.onFailed(nowMicros);
            } else {
                chores.onDone();
            }
        }
        switch (chores.due(nowMicros)) {
            case SNAPSHOT -> due = take();
            case COMPLETE_ERASURES -> due = completeErasures();
            case NOTHING -> {}
        }
    }

    /** Gives up a snapshot that is being taken. */
    @Override
    public void close() {
        source.closing = true;
        thread.shutdown();
        try {
            if (!thread.awaitTermination(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new StorageException("a snapshot does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        source.reader.close();
    }
}
