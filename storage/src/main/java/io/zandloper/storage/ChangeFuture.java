package io.zandloper.storage;

import io.zandloper.storage.change.ChangeOutcome;
import java.util.concurrent.CompletableFuture;

/** What will have become of one change, for whoever waits for it: its outcome, or a {@link StorageException}. */
public final class ChangeFuture extends CompletableFuture<ChangeOutcome> implements ChangeListener {
    @Override
    public void onOutcome(ChangeOutcome outcome) {
        complete(outcome);
    }

    @Override
    public void onFailure(StorageException cause) {
        completeExceptionally(cause);
    }
}
