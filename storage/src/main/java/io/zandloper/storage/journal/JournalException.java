package io.zandloper.storage.journal;

/** The journal cannot take or give an entry; the message names the file and, where there is one, the offset. */
public final class JournalException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean fatal;

    JournalException(String message, boolean fatal, Throwable cause) {
        super(message, cause);
        this.fatal = fatal;
    }

    JournalException(String message) {
        super(message);
        this.fatal = true;
    }

    /** False where the journal is as it was before, so that a later try may do: a disk that is full. */
    public boolean isFatal() {
        return fatal;
    }
}
