package io.zandloper.server.replication;

import java.util.concurrent.TimeUnit;

/**
 * How far a replica is behind its primary, by the replica's own clock alone: clocks of two machines are never compared.
 *
 * <p>A replica knows at a time that the primary has a sequence. From then on, until it has that sequence itself, it is
 * behind by at least the time that has passed. Thread-safe.
 */
public final class LagMeter {
    /** Of what was heard and is not there yet; when there are more, the newest is left out and the lag told too high. */
    private static final int MARKS_MAX = 1_024;

    private final long silenceNanosMax;
    private final long[] sequences = new long[MARKS_MAX];
    private final long[] heardAtNanos = new long[MARKS_MAX];
    private int first;
    private int count;
    private long newestSequence;
    private long lastHeardNanos;
    private long caughtUpNanos;
    private boolean heard;

    /**
     * @param startNanos nothing was heard yet, and the lag counts from here
     * @param silenceNanosMax a primary that is silent for longer may have changes that nobody has heard of
     */
    public LagMeter(long startNanos, long silenceNanosMax) {
        this.silenceNanosMax = silenceNanosMax;
        this.lastHeardNanos = startNanos - silenceNanosMax;
        this.caughtUpNanos = startNanos;
    }

    /** The primary has said what its newest change is. */
    public synchronized void onNewest(long sequence, long ownSequence, long nowNanos) {
        heard = true;
        lastHeardNanos = nowNanos;
        newestSequence = sequence;
        look(ownSequence);
        if (ownSequence >= sequence) {
            caughtUpNanos = nowNanos;
        } else if (count < MARKS_MAX && (count == 0 || sequences[(first + count - 1) % MARKS_MAX] < sequence)) {
            final int next = (first + count) % MARKS_MAX;
            sequences[next] = sequence;
            heardAtNanos[next] = nowNanos;
            count++;
        }
    }

    /** Another history is followed from here on: what was heard of the one before means nothing. */
    public synchronized void onOtherHistory() {
        count = 0;
    }

    /** Whether anything was ever heard: before that nothing is known of the lag but how long it is at least. */
    public synchronized boolean isKnown() {
        return heard;
    }

    /** Changes that the primary is known to have and the replica has not. */
    public synchronized long lagSequences(long ownSequence) {
        return Math.max(0, newestSequence - ownSequence);
    }

    /**
     * For how long the replica has not had everything that it knew of. 0 where it has everything, as long as the primary is
     * not silent; of a silent one nothing is known since it was last heard.
     */
    public synchronized long lagMillis(long ownSequence, long nowNanos) {
        look(ownSequence);
        final boolean heardLately = nowNanos - lastHeardNanos <= silenceNanosMax;
        if (heardLately && ownSequence >= newestSequence) {
            return 0;
        }
        return Math.max(0, TimeUnit.NANOSECONDS.toMillis(nowNanos - caughtUpNanos));
    }

    /** Forgets what has arrived. */
    private void look(long ownSequence) {
        while (count > 0 && sequences[first] <= ownSequence) {
            caughtUpNanos = heardAtNanos[first];
            first = (first + 1) % MARKS_MAX;
            count--;
        }
    }
}
