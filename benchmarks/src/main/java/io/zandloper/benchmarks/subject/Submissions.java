package io.zandloper.benchmarks.subject;

import io.zandloper.storage.ChangeListener;
import io.zandloper.storage.Storage;
import io.zandloper.storage.StorageException;
import io.zandloper.storage.change.Change;
import io.zandloper.storage.change.ChangeOutcome;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Hands changes to a storage, as many at a time as it takes, and waits until it has made them. One thread submits. */
public final class Submissions {
    private static final long PAUSE_NANOS = 50_000;

    private final Storage storage;
    private final AtomicLong applied = new AtomicLong();
    private final AtomicReference<@Nullable String> failure = new AtomicReference<>();
    private long submitted;

    public Submissions(Storage storage) {
        this.storage = storage;
    }

    /** Waits for room where there is none. */
    public void submit(Change change) {
        submitted++;
        while (!storage.submit(change, listener)) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /**
     * Returns when all are made that were submitted.
     *
     * @throws IllegalStateException where one was refused
     */
    public void await() {
        while (applied.get() < submitted) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        final String reason = failure.get();
        if (reason != null) {
            throw new IllegalStateException("a change was refused: " + reason);
        }
    }

    /** Those that were made, or refused. Any thread. */
    public long applied() {
        return applied.get();
    }

    private final ChangeListener listener = new ChangeListener() {
        @Override
        public void onOutcome(ChangeOutcome outcome) {
            if (!outcome.status().isAccepted()) {
                failure.set(outcome.toString());
            }
            applied.incrementAndGet();
        }

        @Override
        public void onFailure(StorageException cause) {
            failure.set(String.valueOf(cause.getMessage()));
            applied.incrementAndGet();
        }
    };
}
