package io.zandloper.storage;

import org.jspecify.annotations.Nullable;

/** The storage cannot do what was asked; the message is one sentence for the operator that names the file where there is one. */
public class StorageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StorageException(String message) {
        super(message);
    }

    public StorageException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
