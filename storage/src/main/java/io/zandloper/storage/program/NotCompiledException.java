package io.zandloper.storage.program;

/**
 * What a compiled node met is nothing it can do: the whole program has to be interpreted this time. One instance, without
 * a stack, so that it costs little.
 */
final class NotCompiledException extends RuntimeException {
    static final NotCompiledException INSTANCE = new NotCompiledException();

    private static final long serialVersionUID = 1L;

    private NotCompiledException() {
        super("to be interpreted", null, false, false);
    }
}
