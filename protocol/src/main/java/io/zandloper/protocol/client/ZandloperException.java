package io.zandloper.protocol.client;

/** A call that has no answer. Its subclasses say why. */
public sealed class ZandloperException extends RuntimeException
        permits RequestRejectedException, ConnectionLostException, CallTimeoutException, TooManyCallsException {
    private static final long serialVersionUID = 1L;

    ZandloperException(String message) {
        super(message);
    }

    ZandloperException(String message, Throwable cause) {
        super(message, cause);
    }
}
