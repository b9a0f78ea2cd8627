package io.zandloper.storage.column;

/** An audience was not evaluated within its {@link TimeLimit}; nothing is left of the attempt. */
public final class TimeLimitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TimeLimitException() {
        super("an audience took longer than its limit", null, false, false);
    }
}
