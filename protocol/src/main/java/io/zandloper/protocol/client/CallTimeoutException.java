package io.zandloper.protocol.client;

/** No answer came within the call's deadline, or there was no connection to send it on for that long. */
public final class CallTimeoutException extends ZandloperException {
    private static final long serialVersionUID = 1L;

    CallTimeoutException(String message) {
        super(message);
    }

    CallTimeoutException(String message, Throwable cause) {
        super(message, cause);
    }
}
