package io.zandloper.storage.format;

import java.nio.file.Path;

/** A stored file that cannot be used; the message is one sentence that names it. */
public abstract sealed class StoredFileException extends RuntimeException
        permits CorruptFileException, FormatTooOldException, FormatTooNewException {
    private static final long serialVersionUID = 1L;

    private final transient Path file;

    StoredFileException(Path file, String message) {
        super(message);
        this.file = file;
    }

    public Path file() {
        return file;
    }
}
