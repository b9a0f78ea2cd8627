package io.zandloper.server.json;

import io.zandloper.storage.profile.FieldError;
import io.zandloper.storage.profile.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What is found wrong while one document is read, so that its sender learns all of it at once. One thread. */
final class DocumentErrors {
    /** More than anybody reads, few enough to send. */
    private static final int ERRORS_MAX = 100;

    private final List<FieldError> errors = new ArrayList<>();

    void add(String path, String reason) {
        if (errors.size() < ERRORS_MAX) {
            errors.add(new FieldError(path, reason));
        }
    }

    /** What {@code read} gives, or null with its errors noted. */
    <T> @Nullable T attempt(Supplier<T> read) {
        try {
            return read.get();
        } catch (InvalidInputException e) {
            e.errors().forEach(error -> add(error.path(), error.reason()));
            return null;
        }
    }

    boolean isEmpty() {
        return errors.isEmpty();
    }

    List<FieldError> list() {
        return List.copyOf(errors);
    }

    void throwIfAny() {
        if (!errors.isEmpty()) {
            throw new InvalidInputException(errors);
        }
    }
}
