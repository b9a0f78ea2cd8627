package io.zandloper.protocol.client;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What may be on its way over one event loop at a time, waiting included: calls, and the bytes of their requests. Thread-safe. */
final class CallBudget {
    private final int callsMax;
    private final long bytesMax;
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();

    CallBudget(int callsMax, long bytesMax) {
        this.callsMax = callsMax;
        this.bytesMax = bytesMax;
    }

    /** @throws TooManyCallsException where there are as many as may be */
    void takeCall() {
        if (calls.incrementAndGet() > callsMax) {
            calls.decrementAndGet();
            throw new TooManyCallsException("as many calls wait for answers as may, callsInFlightMax=" + callsMax);
        }
    }

    /**
     * For a call that was taken; one request alone may be of any length.
     *
     * @throws TooManyCallsException where there are as many as may be; the call is then still to be given back
     */
    void takeBytes(int lengthBytes) {
        final long taken = bytes.addAndGet(lengthBytes);
        if (taken > bytesMax && taken > lengthBytes) {
            bytes.addAndGet(-lengthBytes);
            throw new TooManyCallsException(
                    "requests as long as may be wait for their answers, bytesInFlightMax=" + bytesMax);
        }
    }

    void giveBack(int lengthBytes) {
        bytes.addAndGet(-lengthBytes);
        calls.decrementAndGet();
    }
}
