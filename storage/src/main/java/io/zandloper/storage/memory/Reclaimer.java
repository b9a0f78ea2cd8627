package io.zandloper.storage.memory;

/**
 * Gives back memory that readers may still hold: unmapping or reusing it under one of them would show a person
 * another's data, or end the process.
 */
@FunctionalInterface
public interface Reclaimer {
    /**
     * Runs {@code free} once, on the writer thread, when every reader that may have seen what it frees has passed an
     * epoch. Called by the writer thread, after what is to be freed can no longer be reached by a new reader. What has
     * not run when the storage is closed need not run at all.
     */
    void retire(Runnable free);
}
