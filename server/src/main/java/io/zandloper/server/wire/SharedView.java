package io.zandloper.server.wire;

import io.zandloper.storage.MicrosClock;
import io.zandloper.storage.Storage;
import io.zandloper.storage.StorageReader;
import io.zandloper.storage.View;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the requests of one read see, all of them the same: a view of the storage, its sequence, the time. Open from the
 * first request until the last one is answered. One for each event loop.
 */
final class SharedView {
    private final Storage storage;
    private final StorageReader reader;
    private final MicrosClock clock;
    private final BooleanSupplier sharesHistory;
    private @Nullable View view;
    private boolean isOfSharedHistory;
    private long sequence;
    private long nowMicros;

    /** @param sharesHistory whether what is stored at present is of the history that sequences are of */
    SharedView(Storage storage, MicrosClock clock, BooleanSupplier sharesHistory) {
        this.storage = storage;
        this.reader = storage.newReader();
        this.clock = clock;
        this.sharesHistory = sharesHistory;
    }

    /** Opens it, unless it is open. */
    void open() {
        if (view == null) {
            // In this order: what is seen is at least as new as what is said of it.
            isOfSharedHistory = sharesHistory.getAsBoolean();
            sequence = storage.sequence();
            view = reader.enter();
            nowMicros = clock.nowMicros();
        }
    }

    /** Ends it, if it is open. */
    void end() {
        if (view != null) {
            view = null;
            reader.leave();
        }
    }

    boolean isOpen() {
        return view != null;
    }

    View view() {
        if (view == null) {
            throw new IllegalStateException("a request is answered without a view");
        }
        return view;
    }

    /** At least so new is what is seen. */
    long sequence() {
        return sequence;
    }

    /** Whether what is seen has the change of this sequence. */
    boolean reaches(long minSequence) {
        return isOfSharedHistory && minSequence <= sequence;
    }

    long nowMicros() {
        return nowMicros;
    }

    /** Ends for good. */
    void close() {
        end();
        reader.close();
    }
}
