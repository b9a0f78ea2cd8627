package io.zandloper.storage.epoch;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Epoch-based reclamation for one writer and any number of readers.
 *
 * <p>Assumes that a reader finds shared structures only between {@link Slot#enter()} and {@link Slot#leave()}, and that
 * the writer unlinks a structure with at least a release store before it retires it. Guarantees that what is retired is
 * freed only after every reader that could have found it has left. A reader never waits; one that never leaves keeps
 * memory, not progress.
 *
 * <p>Why it holds: {@code enter} stores the epoch with a volatile store before it loads any pointer. If the writer, after
 * unlinking, does not see that store, then the reader's later loads see the unlinking; if it does see it, it waits.
 */
public final class Epochs implements Reclaimer {
    private static final long OUTSIDE = Long.MAX_VALUE;

    private final List<Slot> slots = new CopyOnWriteArrayList<>();
    private final ArrayDeque<Retired> retired = new ArrayDeque<>();
    private volatile long current;

    /** One reader's mark; used by one thread. The padding keeps readers off each other's cache lines. */
    public static final class Slot implements AutoCloseable {
        private final Epochs epochs;

        @SuppressWarnings("unused")
        private long before1, before2, before3, before4, before5, before6, before7, before8;

        private volatile long entered = OUTSIDE;

        @SuppressWarnings("unused")
        private long after1, after2, after3, after4, after5, after6, after7, after8;

        private Slot(Epochs epochs) {
            this.epochs = epochs;
        }

        /** From here on what is found stays mapped. */
        public void enter() {
            entered = epochs.current;
        }

        /** What was found must not be used any more. */
        public void leave() {
            entered = OUTSIDE;
        }

        /** The reader is gone for good. */
        @Override
        public void close() {
            leave();
            epochs.slots.remove(this);
        }
    }

    private record Retired(long epoch, Runnable free) {}

    /** A new reader. Any thread. */
    public Slot register() {
        final Slot slot = new Slot(this);
        slots.add(slot);
        return slot;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    public void retire(Runnable free) {
        retired.add(new Retired(current, free));
        current++;
    }

    /** Frees what no reader can hold any more; the writer calls it between batches. */
    public void reclaim() {
        if (retired.isEmpty()) {
            return;
        }
        long oldest = OUTSIDE;
        for (final Slot slot : slots) {
            oldest = Math.min(oldest, slot.entered);
        }
        for (Retired next = retired.peek(); next != null && next.epoch < oldest; next = retired.peek()) {
            retired.remove();
            next.free.run();
        }
    }

    /** Frees everything; only once all readers are gone. */
    public void reclaimAll() {
        for (Retired next = retired.poll(); next != null; next = retired.poll()) {
            next.free.run();
        }
    }

    /** Whether a reader is between entering and leaving now. */
    public boolean isEntered() {
        return slots.stream().anyMatch(slot -> slot.entered != OUTSIDE);
    }

    /** How many retired structures wait for a reader. */
    public int pending() {
        return retired.size();
    }
}
