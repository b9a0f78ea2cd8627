package io.zandloper.storage;

import io.zandloper.storage.change.ChangeOutcome;

/** Hears what became of one change. Called on the writer's thread: hand over at once, never block, never throw. */
public interface ChangeListener {
    /** The change was accepted or refused; an accepted one is what every read from now on sees. */
    void onOutcome(ChangeOutcome outcome);

    /** The writer is broken or closing and the change was not applied. */
    void onFailure(StorageException cause);
}
