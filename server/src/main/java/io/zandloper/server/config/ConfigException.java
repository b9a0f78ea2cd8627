package io.zandloper.server.config;

/** The settings do not make a configuration; the message is one sentence that names the setting and where it stands. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ConfigException(String message) {
        super(message);
    }
}
