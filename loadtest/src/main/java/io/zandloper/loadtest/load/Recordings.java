package io.zandloper.loadtest.load;

import io.zandloper.loadtest.dialect.Operation;
import io.zandloper.protocol.Status;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLongArray;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;
import org.jspecify.annotations.Nullable;

/**
 * What one worker has seen. The worker writes without waiting; one other thread takes histograms out interval by
 * interval and may read the counts at any time.
 */
final class Recordings {
    /** Longer ones count as this long. */
    static final long LATENCY_MAX_NANOS = 600_000_000_000L;

    /** That a latency is exact to. */
    static final int DIGITS = 3;

    /** Failures that no status stands for. */
    enum Failure {
        /** The connection broke while the request was in flight. */
        LOST("lost with its connection"),
        /** No answer until the run's grace had passed. */
        UNANSWERED("not answered in time"),
        /** Due, but never sent: every connection was full to the end. */
        UNSENT("due but never sent"),
        /** An answer to a request that is not in flight. */
        STRAY("an answer to no request"),
        /** A peer's refusal, in words. */
        REFUSED("refused by the server"),
        /** A peer has no value under the key. */
        ABSENT("there is nothing of that name"),
        /** The right frame around the wrong content. */
        MALFORMED("not the answer asked for");

        private final String meaning;

        Failure(String meaning) {
            this.meaning = meaning;
        }

        String meaning() {
            return meaning;
        }
    }

    private static final int STATUS_MAX = 1_000;

    private final Map<Operation, SingleWriterRecorder> recorders = new EnumMap<>(Operation.class);
    private final SingleWriterRecorder refusals = newRecorder();
    private final AtomicLongArray statuses = new AtomicLongArray(STATUS_MAX);
    private final AtomicLongArray operationErrors = new AtomicLongArray(Operation.values().length);
    private final AtomicLongArray failures = new AtomicLongArray(Failure.values().length);

    Recordings(Set<Operation> asked) {
        asked.forEach(operation -> recorders.put(operation, newRecorder()));
    }

    private static SingleWriterRecorder newRecorder() {
        return new SingleWriterRecorder(1, LATENCY_MAX_NANOS, DIGITS);
    }

    void onAnswered(Operation operation, long latencyNanos) {
        final SingleWriterRecorder recorder = recorders.get(operation);
        if (recorder != null) {
            recorder.recordValue(Math.clamp(latencyNanos, 1, LATENCY_MAX_NANOS));
        }
    }

    /** An answer that is none: an error by its status. */
    void onRefused(Operation operation, int statusNumber) {
        operationErrors.incrementAndGet(operation.ordinal());
        statuses.incrementAndGet(Math.min(statusNumber, STATUS_MAX - 1));
    }

    /** How long one of these took that was due in the measured time. */
    void onRefusedAfter(long latencyNanos) {
        refusals.recordValue(Math.clamp(latencyNanos, 1, LATENCY_MAX_NANOS));
    }

    /** @param operation null where it is not known */
    void onFailure(@Nullable Operation operation, Failure failure) {
        if (operation != null) {
            operationErrors.incrementAndGet(operation.ordinal());
        }
        failures.incrementAndGet(failure.ordinal());
    }

    /** The latencies since the last call, for one reading thread. */
    Histogram takeInterval(Operation operation, @Nullable Histogram recycled) {
        final SingleWriterRecorder recorder = recorders.get(operation);
        if (recorder == null) {
            throw new IllegalArgumentException("not in the workload: operation=" + operation);
        }
        return recorder.getIntervalHistogram(recycled);
    }

    /** What refusals took since the last call, for one reading thread. */
    Histogram takeRefusals() {
        return refusals.getIntervalHistogram();
    }

    /** Adds the number of errors of each name. */
    void addErrors(Map<String, Long> into) {
        for (int number = 0; number < STATUS_MAX; number++) {
            if (statuses.get(number) > 0) {
                final Status status = Status.ofNumber(number);
                final String name = status == null ? "status " + number : status.name() + " (" + status.meaning() + ")";
                into.merge(name, statuses.get(number), Long::sum);
            }
        }
        for (final Failure failure : Failure.values()) {
            if (failures.get(failure.ordinal()) > 0) {
                into.merge(failure.name() + " (" + failure.meaning() + ")", failures.get(failure.ordinal()), Long::sum);
            }
        }
    }

    long errors(Operation operation) {
        return operationErrors.get(operation.ordinal());
    }

    /** Of all operations, and those that belong to none. */
    long errors() {
        long sum = 0;
        for (int number = 0; number < STATUS_MAX; number++) {
            sum += statuses.get(number);
        }
        for (final Failure failure : Failure.values()) {
            sum += failures.get(failure.ordinal());
        }
        return sum;
    }
}
