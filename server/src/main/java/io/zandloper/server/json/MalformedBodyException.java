package io.zandloper.server.json;

/** A body that is no JSON, or whose parts are of the wrong kind: the caller's mistake, status 400. */
public final class MalformedBodyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message one sentence for the caller, which names the place */
    public MalformedBodyException(String message) {
        super(message);
    }

    /** Without a stack trace: garbage comes at the speed of the network. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
