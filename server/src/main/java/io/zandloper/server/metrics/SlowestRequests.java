package io.zandloper.server.metrics;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * The slowest requests of one event loop. Almost every request is faster than the slowest hundred, so the common case
 * is one comparison; only an entry into the list takes the lock, which the reader holds for a copy of it.
 */
final class SlowestRequests {
    private final InstantSource clock;
    private final Operation[] operations = new Operation[MetricsLimits.SLOWEST_REQUESTS];
    private final long[] latenciesNanos = new long[MetricsLimits.SLOWEST_REQUESTS];
    private final long[] endedAtMillis = new long[MetricsLimits.SLOWEST_REQUESTS];
    private int size;
    /** What a request must exceed to enter; the loop's own. */
    private long thresholdNanos = -1;

    SlowestRequests(InstantSource clock) {
        this.clock = clock;
    }

    /** Called by the loop. */
    void offer(Operation operation, long latencyNanos) {
        if (latencyNanos > thresholdNanos) {
            enter(operation, latencyNanos);
        }
    }

    private synchronized void enter(Operation operation, long latencyNanos) {
        final int place = size < MetricsLimits.SLOWEST_REQUESTS ? size++ : fastest();
        operations[place] = operation;
        latenciesNanos[place] = latencyNanos;
        endedAtMillis[place] = clock.millis();
        if (size == MetricsLimits.SLOWEST_REQUESTS) {
            thresholdNanos = latenciesNanos[fastest()];
        }
    }

    private int fastest() {
        int fastest = 0;
        for (int i = 1; i < size; i++) {
            if (latenciesNanos[i] < latenciesNanos[fastest]) {
                fastest = i;
            }
        }
        return fastest;
    }

    /** Called by the admin side; in no order. */
    synchronized List<SlowRequest> copy() {
        final List<SlowRequest> requests = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            requests.add(new SlowRequest(operations[i], latenciesNanos[i], Instant.ofEpochMilli(endedAtMillis[i])));
        }
        return requests;
    }
}
