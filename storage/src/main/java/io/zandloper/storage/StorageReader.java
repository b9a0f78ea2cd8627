package io.zandloper.storage;

import io.zandloper.storage.epoch.Epochs;
import java.util.function.Supplier;

/**
 * One thread's access to what is stored. {@code enter} and {@code leave} bracket a batch of requests, not each one:
 *
 * <pre>{@code
 * View view = reader.enter();
 * try {
 *     … any number of lookups …
 * } finally {
 *     reader.leave();
 * }
 * }</pre>
 *
 * Readers neither lock nor wait. What a reader holds stays mapped until it leaves, so it must not stay for long.
 */
public final class StorageReader implements AutoCloseable {
    private final Supplier<Tables> current;
    private Tables tables;
    private Epochs.Slot slot;
    private View view;

    /** @param current what is read; others once a replica has received a whole state */
    StorageReader(Supplier<Tables> current) {
        this.current = current;
        this.tables = current.get();
        this.slot = tables.epochs().register();
        this.view = new View(tables);
    }

    /** Opens the view on what is now current; entering twice is entering once. */
    public View enter() {
        slot.enter();
        // Looked at after that: whoever puts others in the place of these waits until nobody is in them.
        if (current.get() != tables) {
            changeOver();
        }
        view.open(tables.published());
        return view;
    }

    private void changeOver() {
        while (current.get() != tables) {
            slot.close();
            tables = current.get();
            slot = tables.epochs().register();
            view = new View(tables);
            slot.enter();
        }
    }

    public void leave() {
        view.close();
        slot.leave();
    }

    /** The reader is not used again. */
    @Override
    public void close() {
        view.close();
        slot.close();
    }
}
