package io.zandloper.storage;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Has the writer give back what no reader holds any more, where no change comes along that would. */
final class ReclaimChore implements Housekeeping.Chore {
    private static final long INTERVAL_MICROS = 1_000_000;

    private final Writer writer;
    private long lastMicros;
    private @Nullable CompletableFuture<Boolean> asked;

    ReclaimChore(Writer writer) {
        this.writer = writer;
    }

    @Override
    public void run(long nowMicros) {
        final CompletableFuture<Boolean> before = asked;
        if (before != null) {
            if (!before.isDone()) {
                return; // the writer is at something long
            }
            asked = null;
            if (before.isCompletedExceptionally()) {
                tellUnlessRefused(before.exceptionNow());
            }
        }
        if (Math.abs(nowMicros - lastMicros) >= INTERVAL_MICROS) {
            lastMicros = nowMicros;
            asked = writer.between(writer::reclaim);
        }
    }

    /** A writer that takes nothing tells those whose changes it refuses why. */
    private static void tellUnlessRefused(Throwable cause) {
        if (cause instanceof StorageException) {
            return;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        throw cause instanceof RuntimeException exception ? exception : new IllegalStateException(cause);
    }
}
