package io.zandloper.server.cli;

/** A command failed; the message is one sentence that says what and what to do. */
public final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CommandException(String message) {
        super(message);
    }
}
