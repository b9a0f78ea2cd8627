package io.zandloper.server.http;

import io.zandloper.server.metrics.Operation;
import io.zandloper.server.metrics.OperationRecorder;
import io.zandloper.server.metrics.Refusal;
import org.jspecify.annotations.Nullable;

/** What the metrics learn of an answer. */
final class Answers {
    private Answers() {}

    static void record(OperationRecorder recorder, @Nullable Exchange exchange, int status, long latencyNanos) {
        recorder.record(exchange == null ? Operation.HTTP_OTHER : exchange.operation(), latencyNanos);
        final Refusal told = exchange == null ? null : exchange.refusal();
        final Refusal refusal = told == null ? refusal(status) : told;
        if (refusal != null) {
            recorder.refuse(refusal);
        }
    }

    private static @Nullable Refusal refusal(int status) {
        return switch (status) {
            case 404 -> Refusal.NOT_FOUND;
            case 405 -> Refusal.METHOD_NOT_ALLOWED;
            case 408 -> Refusal.DEADLINE_EXCEEDED;
            case 409 -> Refusal.CONFLICT;
            case 412 -> Refusal.PRECONDITION_FAILED;
            case 413, 414, 431 -> Refusal.TOO_LARGE;
            case 415 -> Refusal.UNSUPPORTED_MEDIA_TYPE;
            case 422 -> Refusal.INVALID;
            case 429 -> Refusal.BUSY;
            case 503 -> Refusal.NOT_READY;
            default -> status >= 500 ? Refusal.INTERNAL : status >= 400 ? Refusal.MALFORMED : null;
        };
    }
}
