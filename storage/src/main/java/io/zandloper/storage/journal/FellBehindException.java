package io.zandloper.storage.journal;

/** A reader wants entries that the journal does not keep for it any longer. */
public final class FellBehindException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FellBehindException(String message) {
        super(message);
    }
}
