package io.zandloper.storage;

import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.ChangeOutcome.Status;
import io.zandloper.storage.change.ReplaceCatalog;
import io.zandloper.storage.journal.JournalException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Replaces catalogs, one after the other: lays out what belongs to the new one in steps between the changes that go on
 * under the old one, and once that is whole has the replacement stored, as a change with the next sequence. Before that
 * nothing of it is in the journal, so that a crash leaves the old catalog; after it, the new one. Belongs to the writer.
 *
 * <p>A small storage is done with in the step in which the change comes, so that it stays in its place among the others.
 */
final class CatalogReplacements {
    /** Rows laid out between two batches of changes at most: about a millisecond of the writer's time. */
    static final int ROWS_A_STEP = 256;

    /** Each that waits holds a compiled catalog. */
    private static final int WAITING_MAX = 8;

    /** What the writer does for it. */
    interface Host {
        /** Applies what is in the journal and not yet in the tables, or throws because nothing can be changed. */
        void prepare();

        /**
         * Writes an effect to the journal and applies it.
         *
         * @throws JournalException where it is not in the journal
         * @throws StorageException where it is in the journal and not in the tables yet
         */
        void store(Effect effect);

        /** To be told once the batch is durable. */
        void answer(ReplaceCatalog change, ChangeListener listener, ChangeOutcome outcome);

        /** To be told at once. */
        void fail(ChangeListener listener, Exception cause);
    }

    private record Request(ReplaceCatalog change, ChangeListener listener) {}

    /** @param store as it would have been stored when it came */
    private record Begun(Request request, Effect.StoreCatalog store) {}

    private final Tables tables;
    private final Resolver resolver;
    private final Host host;
    private final int rowsAStep;
    private final Deque<Request> waiting = new ArrayDeque<>();

    /** What is being laid out, and for whom; null while there is none. */
    private @Nullable Begun begun;

    CatalogReplacements(Tables tables, Resolver resolver, int rowsAStep, Host host) {
        this.tables = tables;
        this.resolver = resolver;
        this.rowsAStep = rowsAStep;
        this.host = host;
    }

    /** Takes one up, or has it wait for those before it. */
    void add(ReplaceCatalog change, ChangeListener toTell) {
        if (waiting.size() == WAITING_MAX) {
            host.fail(toTell, new StorageException("too many catalogs wait to be laid out, try again"));
            return;
        }
        waiting.add(new Request(change, toTell));
        if (begun == null) {
            work(0);
        }
    }

    /**
     * Makes a step; false where there is nothing to do.
     *
     * @param changes made since the one before: it takes about as long as they did, or longer
     */
    boolean work(int changes) {
        while (begun == null) {
            final Request request = waiting.poll();
            if (request == null) {
                return false;
            }
            begin(request);
        }
        step(begun, Math.min(changes, rowsAStep));
        return true;
    }

    /** Gives up all of them. */
    void cancel(StorageException because) {
        if (begun != null) {
            giveUp(begun, because);
        }
        for (Request request = waiting.poll(); request != null; request = waiting.poll()) {
            host.fail(request.listener(), because);
        }
    }

    private void begin(Request request) {
        try {
            host.prepare();
            final Resolver.Resolved resolved = resolver.resolve(request.change());
            if (resolved.effect() instanceof Effect.StoreCatalog store) {
                tables.beginReplacement(store, request.change().rules());
                begun = new Begun(request, store);
            } else {
                host.answer(request.change(), request.listener(), resolved.outcome());
            }
        } catch (RuntimeException | InternalError e) {
            host.fail(request.listener(), notLaidOut(e));
        }
    }

    private void step(Begun current, int rowsMin) {
        final boolean whole;
        try {
            whole = tables.stepReplacement(rowsMin, rowsAStep);
        } catch (RuntimeException | InternalError e) {
            giveUp(current, notLaidOut(e));
            return;
        }
        if (whole) {
            finish(current);
        }
    }

    private void finish(Begun current) {
        final Effect.StoreCatalog store = current.store();
        final Request request = current.request();
        final long version = store.catalog().version();
        final long sequence;
        try {
            host.prepare();
            sequence = tables.sequence() + 1;
        } catch (StorageException e) {
            giveUp(current, notLaidOut(e));
            return;
        }
        try {
            host.store(new Effect.StoreCatalog(sequence, store.atMicros(), store.catalog(), store.source()));
            begun = null;
            host.answer(
                    request.change(),
                    request.listener(),
                    new ChangeOutcome(Status.UPDATED, null, version, sequence, List.of()));
        } catch (JournalException e) {
            giveUp(current, e);
        } catch (StorageException e) {
            // It is in the journal: what was laid out is published as soon as that can be done.
            begun = null;
            host.fail(request.listener(), e);
        }
    }

    private void giveUp(Begun current, Exception because) {
        begun = null;
        try {
            tables.abandonReplacement();
        } catch (RuntimeException e) {
            because.addSuppressed(e); // files that could not be deleted
        }
        host.fail(current.request().listener(), because);
    }

    /** A full disk, or a record that cannot be read; an {@link InternalError} where a mapped file has no room. */
    private static StorageException notLaidOut(Throwable cause) {
        return new StorageException(
                "the rows of the new catalog cannot be laid out, the old one serves on: " + cause.getMessage(), cause);
    }
}
