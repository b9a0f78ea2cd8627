package io.zandloper.server.wire;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What all event loops together may hold for slow clients, and who of them holds longest. Thread-safe. */
final class HeldBound {
    /** Of the whole, for requests that wait for their sequence: more of them are answered busy, and nobody is cut off. */
    private static final int WAITING_SHARE = 4;

    private final long waitingMax;
    private final long holdersMax;
    private final AtomicLong waiting = new AtomicLong();
    private final AtomicLong holders = new AtomicLong();
    private final AtomicLong order = new AtomicLong();
    private final List<HeldBytes> loops = new CopyOnWriteArrayList<>();

    HeldBound(long max) {
        this.waitingMax = max / WAITING_SHARE;
        this.holdersMax = max - waitingMax;
    }

    void add(HeldBytes loop) {
        loops.add(loop);
    }

    /** Counts bytes of a request that waits; false, and nothing counted, where there is no room for them. */
    boolean reserveWaiting(long bytes) {
        if (waiting.addAndGet(bytes) <= waitingMax) {
            return true;
        }
        waiting.addAndGet(-bytes);
        return false;
    }

    void releaseWaiting(long bytes) {
        waiting.addAndGet(-bytes);
    }

    /** Counts what a client holds more or less than before. */
    void change(long bytes) {
        holders.addAndGet(bytes);
    }

    boolean isExceeded() {
        return holders.get() > holdersMax;
    }

    /** For who begins to hold something: later ones have greater numbers. */
    long nextNumber() {
        return order.incrementAndGet();
    }

    /** The loop of the client that has held something longest; null where nobody holds anything. */
    @Nullable
    HeldBytes loopOfFirst() {
        HeldBytes eldest = null;
        long least = HeldBytes.NOBODY;
        for (final HeldBytes loop : loops) {
            final long number = loop.firstNumber();
            if (number < least) {
                least = number;
                eldest = loop;
            }
        }
        return eldest;
    }

    /** All that is counted. */
    long total() {
        return waiting.get() + holders.get();
    }
}
