package io.zandloper.storage;

import io.zandloper.storage.change.Change;
import io.zandloper.storage.change.ChangeOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that changes anything. Takes requests from a bounded queue in the order of arrival, resolves each
 * against the present state, applies its effect, and tells the caller when the whole batch is done.
 *
 * <p>A failure to apply (a full disk, say) leaves the tables in doubt: from then on every change is answered with it,
 * and reads go on.
 */
final class Writer implements Runnable {
    /** How many changes are applied before their callers hear of it: long enough to share costs, short to wait for. */
    private static final int BATCH_LENGTH_MAX = 256;

    private static final long IDLE_PARK_NANOS = 1_000_000_000L;

    private record Request(Change change, ChangeListener listener) {}

    private record Answer(ChangeListener listener, ChangeOutcome outcome) {}

    private final ManyToOneConcurrentArrayQueue<Request> queue;
    private final Tables tables;
    private final Resolver resolver;
    private final List<Answer> answers = new ArrayList<>(BATCH_LENGTH_MAX);
    private final Thread thread;
    private volatile boolean parked;
    private volatile boolean stopping;
    private volatile boolean finished;
    private volatile @Nullable StorageException broken;

    Writer(Tables tables, MicrosClock clock, int queueLength) {
        this.queue = new ManyToOneConcurrentArrayQueue<>(queueLength);
        this.tables = tables;
        this.resolver = new Resolver(tables, clock);
        this.thread = new Thread(this, "zandloper-writer");
    }

    void start() {
        thread.start();
    }

    /** Any thread; false where the queue is full or the writer is stopping. */
    boolean submit(Change change, ChangeListener listener) {
        if (stopping || !queue.offer(new Request(change, listener))) {
            return false;
        }
        if (parked) {
            LockSupport.unpark(thread);
        }
        if (finished) {
            failRemaining();
        }
        return true;
    }

    int queued() {
        return queue.size();
    }

    long neededEvictions() {
        return resolver.neededEvictions();
    }

    /** Finishes what is queued and ends the thread. */
    void stop() throws InterruptedException {
        stopping = true;
        LockSupport.unpark(thread);
        thread.join();
        finished = true;
        failRemaining();
    }

    /** Answers what slipped into the queue while the writer was ending. */
    private synchronized void failRemaining() {
        for (Request request = queue.poll(); request != null; request = queue.poll()) {
            request.listener().onFailure(new StorageException("the server is stopping; the change was not applied"));
        }
    }

    /** Why no change is applied any more; null while they are. */
    @Nullable
    StorageException broken() {
        return broken;
    }

    @Override
    public void run() {
        while (true) {
            final boolean last = stopping;
            final boolean worked = workBatch();
            if (!worked) {
                if (last) {
                    return;
                }
                idle();
            }
        }
    }

    private boolean workBatch() {
        int taken = 0;
        for (Request request = queue.poll(); request != null; request = queue.poll()) {
            work(request);
            if (++taken == BATCH_LENGTH_MAX) {
                break;
            }
        }
        answers.forEach(answer -> answer.listener().onOutcome(answer.outcome()));
        answers.clear();
        return taken > 0;
    }

    private void work(Request request) {
        final StorageException cause = broken;
        if (cause != null) {
            request.listener().onFailure(cause);
            return;
        }
        final Resolver.Resolved resolved;
        try {
            resolved = resolver.resolve(request.change());
        } catch (RuntimeException e) {
            // Nothing was stored for it, so the tables are as they were: only this one change fails.
            request.listener().onFailure(new StorageException("the change could not be resolved: " + e, e));
            return;
        }
        if (resolved.effect() == null || applied(resolved.effect(), request)) {
            answers.add(new Answer(request.listener(), resolved.outcome()));
        }
    }

    /** An error too: a page of a mapped file that the disk cannot give comes as {@link InternalError}. */
    private boolean applied(Effect effect, Request request) {
        try {
            tables.apply(effect);
            return true;
        } catch (RuntimeException | Error e) {
            final StorageException cause =
                    new StorageException("the storage takes no more changes until a restart: " + e.getMessage(), e);
            broken = cause;
            request.listener().onFailure(cause);
            return false;
        }
    }

    private void idle() {
        parked = true;
        if (queue.isEmpty() && !stopping) {
            LockSupport.parkNanos(this, IDLE_PARK_NANOS);
        }
        parked = false;
    }
}
