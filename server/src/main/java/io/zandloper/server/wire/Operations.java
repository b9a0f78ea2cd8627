package io.zandloper.server.wire;

import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.Status;
import io.zandloper.server.metrics.Operation;
import io.zandloper.server.metrics.Refusal;

/** What the protocol's words are in the metrics. */
final class Operations {
    private Operations() {}

    static Operation of(MessageType type) {
        return switch (type) {
            case HELLO -> Operation.BINARY_HELLO;
            case PING -> Operation.BINARY_PING;
            case PROFILE -> Operation.BINARY_PROFILE;
            case SEGMENT_TEST -> Operation.BINARY_SEGMENT_TEST;
            case SEGMENT_LIST -> Operation.BINARY_SEGMENT_LIST;
            case DECIDE -> Operation.BINARY_DECIDE;
            case PROFILE_BATCH -> Operation.BINARY_PROFILE_BATCH;
            case SEGMENT_TEST_BATCH -> Operation.BINARY_SEGMENT_TEST_BATCH;
            case SEGMENT_LIST_BATCH -> Operation.BINARY_SEGMENT_LIST_BATCH;
            case DECIDE_BATCH -> Operation.BINARY_DECIDE_BATCH;
            case UPSERT -> Operation.BINARY_UPSERT;
            case EVENT -> Operation.BINARY_EVENT;
            case ERASE -> Operation.BINARY_ERASE;
        };
    }

    /** @param status any but OK */
    static Refusal refusal(Status status) {
        return switch (status) {
            case OK -> throw new IllegalArgumentException("no refusal, status=" + status);
            case PROFILE_UNKNOWN -> Refusal.NOT_FOUND;
            case FRAME_INVALID, VERSION_UNSUPPORTED, TYPE_UNKNOWN, BODY_INVALID -> Refusal.MALFORMED;
            case FRAME_TOO_LONG, RESPONSE_TOO_LONG -> Refusal.TOO_LARGE;
            case INPUT_INVALID, UNAUTHENTICATED, FORBIDDEN, READ_ONLY, IDENTITY_ERASED -> Refusal.INVALID;
            case IDENTITY_CONFLICT -> Refusal.CONFLICT;
            case PRECONDITION_FAILED -> Refusal.PRECONDITION_FAILED;
            case BUSY -> Refusal.BUSY;
            case DEADLINE_PASSED, SEQUENCE_NOT_REACHED -> Refusal.DEADLINE_EXCEEDED;
            case SHUTTING_DOWN, WRITES_STOPPED, TOO_FEW_REPLICAS -> Refusal.NOT_READY;
            case INTERNAL -> Refusal.INTERNAL;
        };
    }
}
