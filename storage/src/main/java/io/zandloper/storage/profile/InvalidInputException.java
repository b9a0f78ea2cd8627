package io.zandloper.storage.profile;

import java.util.List;

/** A caller's document that is well-formed but not valid; carries every error that was found. */
public final class InvalidInputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<FieldError> errors;

    public InvalidInputException(List<FieldError> errors) {
        super(errors.stream()
                .map(FieldError::toString)
                .reduce((a, b) -> a + "; " + b)
                .orElse("invalid"));
        this.errors = List.copyOf(errors);
    }

    public InvalidInputException(String path, String reason) {
        this(List.of(new FieldError(path, reason)));
    }

    public List<FieldError> errors() {
        return errors;
    }
}
