package io.zandloper.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.ChangeFuture;
import io.zandloper.storage.Storage;
import io.zandloper.storage.change.Change;
import io.zandloper.storage.change.ChangeOutcome;

/** Changes made straight to a storage, past the ports. */
public final class AppliedChanges {
    private AppliedChanges() {}

    /** Waits for a change, which must be accepted. */
    public static ChangeOutcome accepted(Storage storage, Change change) {
        final ChangeFuture heard = new ChangeFuture();
        assertThat(storage.submit(change, heard)).isTrue();
        final ChangeOutcome outcome = heard.join();
        assertThat(outcome.status().isAccepted()).as(outcome.toString()).isTrue();
        return outcome;
    }
}
