package io.zandloper.storage.catalog;

/** An expression that does not compile; the message says what is wrong and where in it. */
public final class InvalidExpressionException extends Exception {
    private static final long serialVersionUID = 1L;

    InvalidExpressionException(String message) {
        super(message);
    }
}
