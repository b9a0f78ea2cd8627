package io.zandloper.storage;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Up to which sequence replicas have this node's history in their journals, durable as their modes ask. Whoever talks with
 * them tells; changes wait for it where replicas must acknowledge. Any thread.
 */
public final class ReplicaPositions {
    private final int required;
    /** By the replica's node id. */
    private final Map<Long, Long> positions = new HashMap<>();

    private volatile long held;
    private volatile @Nullable Runnable wake;
    private volatile int waiting;
    private volatile long refused;

    /** @param required how many must have a change */
    ReplicaPositions(int required) {
        this.required = required;
    }

    /**
     * A replica's journal was found to share this one's history.
     *
     * @param sequence up to which it has it; also where that is less than before, because it lost its disk
     */
    public void onConnected(long nodeId, long sequence) {
        set(nodeId, sequence, true);
    }

    /** A replica has everything up to a sequence. */
    public void onAcknowledged(long nodeId, long sequence) {
        set(nodeId, sequence, false);
    }

    /** A replica's journal was found to be of another history, or is replaced by a snapshot: it holds nothing for now. */
    public void onLost(long nodeId) {
        synchronized (positions) {
            positions.remove(nodeId);
            held = heldByRequired();
        }
    }

    /** What was known is of a history that this node may have left since: it begins another term. */
    void forget() {
        synchronized (positions) {
            positions.clear();
            held = 0;
        }
    }

    private void set(long nodeId, long sequence, boolean anyway) {
        final long before;
        synchronized (positions) {
            positions.merge(nodeId, sequence, (old, now) -> anyway ? now : Math.max(old, now));
            before = held;
            held = heldByRequired();
        }
        final Runnable writer = wake;
        if (held > before && writer != null) {
            writer.run();
        }
    }

    private long heldByRequired() {
        return positions.values().stream()
                .sorted((one, other) -> Long.compare(other, one))
                .skip(Math.max(0, required - 1))
                .findFirst()
                .orElse(0L);
    }

    /** How many replicas have everything up to a sequence. */
    public int holding(long sequence) {
        synchronized (positions) {
            return (int) positions.values().stream()
                    .filter(position -> position >= sequence)
                    .count();
        }
    }

    /** By the replica's node id; also of those that are not connected now. */
    public Map<Long, Long> positions() {
        synchronized (positions) {
            return Map.copyOf(positions);
        }
    }

    /** How many replicas must have a change before it is acknowledged; 0 for none. */
    public int required() {
        return required;
    }

    /** Changes that wait for replicas now. */
    public int waiting() {
        return waiting;
    }

    /** Changes, since the start, for which there were too few in time. */
    public long refused() {
        return refused;
    }

    /** Up to which sequence as many as must have everything. */
    long held() {
        return held;
    }

    /** @param writer called when more is {@link #held} */
    void wake(Runnable writer) {
        wake = writer;
    }

    /** The writer's counts. */
    void count(int waitingNow, long refusedSoFar) {
        waiting = waitingNow;
        refused = refusedSoFar;
    }
}
