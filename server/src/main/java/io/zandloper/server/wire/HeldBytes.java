package io.zandloper.server.wire;

import io.zandloper.server.metrics.Cutoff;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What the slow clients of one event loop make it hold: unfinished requests, requests that wait for their sequence,
 * answers not taken. All loops share one {@linkplain HeldBound bound}; where it is met, clients are cut off, first the one
 * that has held something longest, whichever loop it belongs to. Belongs to the event loop; allocates nothing.
 */
final class HeldBytes {
    /** Instead of a number, where nobody holds anything. */
    static final long NOBODY = Long.MAX_VALUE;

    private final HeldBound bound;
    private final Executor eventLoop;
    /** Set where this loop was asked to make room and has not begun to. */
    private final AtomicBoolean asked = new AtomicBoolean();
    /** That of {@link #first}, for the other loops. */
    private volatile long firstNumber = NOBODY;
    /** Of a list through the connections that hold something: the one that has held longest. */
    private @Nullable Connection first;

    private @Nullable Connection last;
    private boolean makingRoom;

    HeldBytes(HeldBound bound, Executor eventLoop) {
        this.bound = bound;
        this.eventLoop = eventLoop;
        bound.add(this);
    }

    /** Where a connection stands: what is counted for it, since when, and its neighbours in the list. */
    static final class Share {
        private long bytes;
        private long number;
        private @Nullable Connection before;
        private @Nullable Connection after;
    }

    /** Takes notice of what a connection holds now; 0 where it holds nothing, or is gone. */
    void update(Connection connection, long nowBytes) {
        final long bytes = nowBytes < WireLimits.HELD_BYTES_IGNORED ? 0 : nowBytes;
        final Share share = connection.heldShare();
        final long change = bytes - share.bytes;
        if (change == 0) {
            return;
        }
        if (share.bytes == 0) {
            append(connection, share);
        } else if (bytes == 0) {
            remove(share);
        }
        share.bytes = bytes;
        bound.change(change);
        if (change > 0 && bound.isExceeded() && !makingRoom) {
            makeRoom();
        }
    }

    /** Counts a request that waits; false, and nothing counted, where there is no room for it. */
    boolean reserveWaiting(long bytes) {
        return bound.reserveWaiting(bytes);
    }

    void releaseWaiting(long bytes) {
        bound.releaseWaiting(bytes);
    }

    /** For any thread: when the first here began to hold something, compared to those of other loops. */
    long firstNumber() {
        return firstNumber;
    }

    private void makeRoom() {
        asked.set(false);
        makingRoom = true;
        // A client may have taken some of its answers meanwhile, and nobody was told.
        for (Connection holder = first; holder != null; ) {
            final Connection next = holder.heldShare().after;
            holder.noticeHeldBytes();
            holder = next;
        }
        boolean mine = true;
        while (mine && bound.isExceeded()) {
            final HeldBytes eldest = bound.loopOfFirst();
            mine = eldest == this && first != null;
            if (mine && first != null) {
                first.cutOff(Cutoff.MEMORY);
            } else if (eldest != null && eldest != this && !eldest.asked.getAndSet(true)) {
                eldest.eventLoop.execute(eldest::makeRoom);
            }
        }
        makingRoom = false;
    }

    private void append(Connection connection, Share share) {
        share.number = bound.nextNumber();
        share.before = last;
        if (last == null) {
            first = connection;
            firstNumber = share.number;
        } else {
            last.heldShare().after = connection;
        }
        last = connection;
    }

    private void remove(Share share) {
        if (share.before == null) {
            first = share.after;
            firstNumber = first == null ? NOBODY : first.heldShare().number;
        } else {
            share.before.heldShare().after = share.after;
        }
        if (share.after == null) {
            last = share.before;
        } else {
            share.after.heldShare().before = share.before;
        }
        share.before = null;
        share.after = null;
    }
}
