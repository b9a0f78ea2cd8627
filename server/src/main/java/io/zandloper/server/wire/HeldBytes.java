package io.zandloper.server.wire;

import io.zandloper.server.metrics.Cutoff;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What slow clients make the server hold: unfinished requests, requests that wait for their sequence, answers not taken.
 * All event loops share one bound; a loop that meets it cuts off its own connections, first those that have held
 * something longest. One for each event loop, whose thread alone calls it; allocates nothing.
 */
final class HeldBytes {
    private final AtomicLong total;
    private final long max;
    /** Of a list through the connections that hold something: the one that has held longest. */
    private @Nullable Connection first;

    private @Nullable Connection last;
    private boolean makingRoom;

    /** @param total shared with the other event loops */
    HeldBytes(AtomicLong total, long max) {
        this.total = total;
        this.max = max;
    }

    /** Where a connection stands: what is counted for it, and its neighbours in the list. */
    static final class Share {
        private long bytes;
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
        if (total.addAndGet(change) > max && change > 0 && !makingRoom) {
            makingRoom = true;
            makeRoom();
            makingRoom = false;
        }
    }

    /** Counts bytes that nobody is to be cut off for; false, and nothing counted, where there is no room for them. */
    boolean reserve(long bytes) {
        if (total.addAndGet(bytes) <= max) {
            return true;
        }
        total.addAndGet(-bytes);
        return false;
    }

    void release(long bytes) {
        total.addAndGet(-bytes);
    }

    private void makeRoom() {
        // A client may have taken some of its answers meanwhile, and nobody was told.
        for (Connection holder = first; holder != null; ) {
            final Connection next = holder.heldShare().after;
            holder.noticeHeldBytes();
            holder = next;
        }
        while (first != null && total.get() > max) {
            first.cutOff(Cutoff.MEMORY);
        }
    }

    private void append(Connection connection, Share share) {
        share.before = last;
        if (last == null) {
            first = connection;
        } else {
            last.heldShare().after = connection;
        }
        last = connection;
    }

    private void remove(Share share) {
        if (share.before == null) {
            first = share.after;
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
