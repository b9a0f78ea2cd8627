package io.zandloper.protocol.client;

/** As many calls wait for their answers as the client was built for; nothing was sent. */
public final class TooManyCallsException extends ZandloperException {
    private static final long serialVersionUID = 1L;

    TooManyCallsException(String message) {
        super(message);
    }
}
