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
    private final Epochs.Slot slot;
    private final Supplier<Published> current;
    private final View view;

    StorageReader(Epochs.Slot slot, Supplier<Published> current, View view) {
        this.slot = slot;
        this.current = current;
        this.view = view;
    }

    /** Opens the view on what is now current; entering twice is entering once. */
    public View enter() {
        slot.enter();
        view.open(current.get());
        return view;
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
