package io.zandloper.protocol.client;

/**
 * How a server has done lately on one connection. One that refuses or keeps silent again and again is avoided for a
 * while, the longer the less it recovers, as long as there is another. Times are of {@link System#nanoTime}. Not
 * thread-safe.
 */
final class ServerHealth {
    /** Refusals in a row, after which others are asked first: one or two are a queue that was full for a moment. */
    static final int REFUSALS_MAX = 3;
    /** The share of one measurement in the smoothed time of a round trip: one in this many. */
    private static final int SMOOTHING = 4;

    private final Backoff pauses;
    private int refusalsInARow;
    private boolean avoided;
    private long avoidedUntilNanos;
    private long roundTripNanos;

    ServerHealth(Backoff pauses) {
        this.pauses = pauses;
    }

    /** It did something. */
    void onAnswer() {
        if (refusalsInARow > 0 || avoided) {
            refusalsInARow = 0;
            avoided = false;
            pauses.onConnected();
        }
    }

    /** It had too much to do, or did not answer in time. */
    void onRefusal(long nowNanos) {
        if (++refusalsInARow >= REFUSALS_MAX) {
            avoid(nowNanos);
        }
    }

    /** It takes no more requests. */
    void onShuttingDown(long nowNanos) {
        avoid(nowNanos);
    }

    boolean isAvoided(long nowNanos) {
        return avoided && nowNanos - avoidedUntilNanos < 0;
    }

    void onRoundTrip(long nanos) {
        roundTripNanos = roundTripNanos == 0 ? nanos : roundTripNanos + (nanos - roundTripNanos) / SMOOTHING;
    }

    /** Smoothed; 0 before the first. */
    long roundTripNanos() {
        return roundTripNanos;
    }

    private void avoid(long nowNanos) {
        refusalsInARow = 0;
        avoided = true;
        avoidedUntilNanos = nowNanos + pauses.nextPauseNanos();
    }
}
