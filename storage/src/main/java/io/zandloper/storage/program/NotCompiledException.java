package io.zandloper.storage.program;

/**
 * What a compiled node met is nothing it can do: the whole program has to be interpreted this time, which
 * costs so much more that this costs little; it has no stack.
 */
final class NotCompiledException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotCompiledException() {
        super("to be interpreted", null, false, false);
    }
}
