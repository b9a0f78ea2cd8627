package io.zandloper.protocol.client;

import io.zandloper.protocol.Status;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The server answered with another status than {@link Status#OK}. */
public final class RequestRejectedException extends ZandloperException {
    private static final long serialVersionUID = 1L;

    private final int statusNumber;
    private final transient List<FieldError> errors;

    /** @param path of the field, empty for the whole request */
    public record FieldError(String path, String reason) {}

    RequestRejectedException(int statusNumber, String detail, List<FieldError> errors) {
        super(message(statusNumber, detail, errors));
        this.statusNumber = statusNumber;
        this.errors = List.copyOf(errors);
    }

    /** Null where the server is newer and this client does not know the number. */
    public @Nullable Status status() {
        return Status.ofNumber(statusNumber);
    }

    public int statusNumber() {
        return statusNumber;
    }

    /** What to do about it, also for a number this client does not know. */
    public Status.Kind kind() {
        return Status.kindOf(statusNumber);
    }

    public List<FieldError> errors() {
        return errors;
    }

    private static String message(int statusNumber, String detail, List<FieldError> errors) {
        final StringBuilder message = new StringBuilder(detail);
        for (final FieldError error : errors) {
            message.append("; ").append(error.path()).append(": ").append(error.reason());
        }
        final Status status = Status.ofNumber(statusNumber);
        return message.append(", status=")
                .append(status == null ? Integer.toString(statusNumber) : status.name())
                .toString();
    }
}
