package io.zandloper.storage.program;

/** An expression holds something that is not compiled; the message names it for the expression's author. */
final class NotCompilableException extends Exception {
    private static final long serialVersionUID = 1L;

    NotCompilableException(String what) {
        super(what);
    }

    NotCompilableException(String what, Throwable cause) {
        super(what, cause);
    }
}
