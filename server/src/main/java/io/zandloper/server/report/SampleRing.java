package io.zandloper.server.report;

import io.zandloper.server.decide.DecisionRequest;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Decisions on their way from one event loop to the thread that explains them. Neither waits, nothing is allocated. */
final class SampleRing {
    private final AtomicReferenceArray<@Nullable DecisionRequest> requests =
            new AtomicReferenceArray<>(ReportLimits.WAITING_SAMPLES_MAX);
    /** Written before the request beside it is. */
    private final long[] decidedMicros = new long[ReportLimits.WAITING_SAMPLES_MAX];

    private int offered;
    private int taken;

    /** Takes one decision. */
    @FunctionalInterface
    interface Taker {
        void take(DecisionRequest request, long atMicros);
    }

    /** Whether it will take one more. The event loop's thread. */
    boolean hasRoom() {
        return requests.getAcquire(offered) == null;
    }

    /** False where it is full. The event loop's thread. */
    boolean offer(DecisionRequest request, long atMicros) {
        final int place = offered;
        if (requests.getAcquire(place) != null) {
            return false;
        }
        decidedMicros[place] = atMicros;
        requests.setRelease(place, request);
        offered = (offered + 1) % ReportLimits.WAITING_SAMPLES_MAX;
        return true;
    }

    /** Hands over the oldest, which stays in the ring meanwhile; false where there is none. The explaining thread. */
    boolean poll(Taker taker) {
        final int place = taken;
        final DecisionRequest request = requests.getAcquire(place);
        if (request == null) {
            return false;
        }
        try {
            taker.take(request, decidedMicros[place]);
        } finally {
            requests.setRelease(place, null);
            taken = (taken + 1) % ReportLimits.WAITING_SAMPLES_MAX;
        }
        return true;
    }

    /** Any thread. */
    boolean isEmpty() {
        for (int place = 0; place < ReportLimits.WAITING_SAMPLES_MAX; place++) {
            if (requests.getAcquire(place) != null) {
                return false;
            }
        }
        return true;
    }
}
