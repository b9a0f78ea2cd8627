package io.zandloper.protocol.client;

/**
 * The connection ended, or the client was closed, before the answer came. Whether the server did what was asked is not
 * known; a write may be sent again with a precondition.
 */
public final class ConnectionLostException extends ZandloperException {
    private static final long serialVersionUID = 1L;

    ConnectionLostException(String message) {
        super(message);
    }

    ConnectionLostException(String message, Throwable cause) {
        super(message, cause);
    }
}
