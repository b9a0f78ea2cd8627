package io.zandloper.server.files;

/** A file cannot be used; the message is one sentence that names it and says what to do. */
public final class FileException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public FileException(String message) {
        super(message);
    }
}
