package io.zandloper.server.wire;

import io.zandloper.protocol.Status;
import io.zandloper.storage.profile.FieldError;
import java.util.List;

/** A request that is answered with a status and nothing else. Made often and never shown, so without a stack trace. */
final class RequestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Status status;
    private final transient List<FieldError> errors;

    RequestException(Status status, String detail, List<FieldError> errors) {
        super(detail, null, false, false);
        this.status = status;
        this.errors = List.copyOf(errors);
    }

    RequestException(Status status, String detail) {
        this(status, detail, List.of());
    }

    RequestException(Status status) {
        this(status, status.meaning());
    }

    Status status() {
        return status;
    }

    String detail() {
        return String.valueOf(getMessage());
    }

    List<FieldError> errors() {
        return errors;
    }
}
