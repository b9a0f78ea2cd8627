package io.zandloper.storage;

import io.zandloper.storage.change.RecordEvent;

/**
 * Hears of what others count or keep beside the storage. Called on the writer's thread: be short, never block, never
 * throw.
 */
public interface ChangeObserver {
    /** A profile is about to get an ordinal that no reader holds. */
    void onNew(int ordinal);

    /** An event that was not there before is kept, as the journal's durability asks, with the profile of an ordinal. */
    void onEvent(RecordEvent event, int ordinal);

    /** Two profiles became one, under {@code ordinal}; no profile is under {@code gone} any more. */
    void onLinked(int ordinal, int gone);

    /** The profile of an ordinal is erased, though readers may still hold the ordinal. */
    void onGone(int ordinal);

    /** A whole state was received in place of the one before: every ordinal may be another's now. On another thread. */
    void onReplaced();
}
