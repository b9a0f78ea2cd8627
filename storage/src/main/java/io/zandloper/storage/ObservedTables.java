package io.zandloper.storage;

import io.zandloper.storage.change.RecordEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes the tables what the journal says, effect by effect, and tells those who observe them. Belongs to the writer's
 * thread, once that runs.
 */
final class ObservedTables {
    private final Tables tables;
    private final List<ChangeObserver> observers;
    private @Nullable Effect pending;

    ObservedTables(Tables tables, List<ChangeObserver> observers) {
        this.tables = tables;
        this.observers = observers;
    }

    /** A profile will be there that was not: before anything of it is stored. */
    void announce(int ordinal) {
        observers.forEach(observer -> observer.onNew(ordinal));
    }

    /** Applies what has just come into the journal. */
    void apply(Effect effect) {
        pending = effect;
        applyPending();
    }

    /** The same for an effect that another node has resolved. */
    void applyFollowed(Effect effect) {
        if (effect instanceof Effect.StoreProfile store) {
            awaitReaders(store.ordinal());
            if (!tables.isTaken(store.ordinal())) {
                announce(store.ordinal());
            }
        }
        apply(effect);
    }

    /**
     * On the primary no reader held the ordinal any more when it was given anew; here one may still take it for that of
     * whom it belonged to before. Readers leave within a batch of requests.
     */
    private void awaitReaders(int ordinal) {
        while (tables.isLeaving(ordinal)) {
            tables.epochs().reclaim();
            Thread.onSpinWait();
        }
    }

    /**
     * Applies what is in the journal and not yet in the tables. Where that fails (no space for a mapped file, which may
     * also come as {@link InternalError}), it stays pending and no change goes before it: to apply it again is harmless.
     */
    void applyPending() {
        final Effect effect = pending;
        if (effect == null) {
            return;
        }
        try {
            tables.apply(effect);
        } catch (RuntimeException | InternalError e) {
            throw new StorageException("changes are refused, as the tables cannot be written: " + e.getMessage(), e);
        }
        pending = null;
        tellWhoIsGone(effect);
    }

    private void tellWhoIsGone(Effect effect) {
        if (effect instanceof Effect.EraseProfile erased) {
            observers.forEach(observer -> observer.onGone(erased.ordinal()));
        } else if (effect instanceof Effect.LinkProfiles linked) {
            observers.forEach(observer -> observer.onLinked(linked.store().ordinal(), linked.gone()));
        }
    }

    /** Whether something is in the journal that is not in the tables. */
    boolean isPending() {
        return pending != null;
    }

    /** An event was stored, and is durable as the journal's mode asks. */
    void tellEvent(RecordEvent event, int ordinal) {
        observers.forEach(observer -> observer.onEvent(event, ordinal));
    }
}
