package io.zandloper.server.http;

import java.util.List;

/**
 * How the HTTP port is set up.
 *
 * @param port 0 for any that is free
 * @param eventLoops threads that serve; each connection belongs to one
 * @param corsOrigins the origins, such as {@code https://shop.example}, whose pages may call; {@code *} for any; none by
 *     default
 */
public record HttpConfig(String host, int port, int eventLoops, List<String> corsOrigins) {
    public static final int PORT_DEFAULT = 7480;

    public HttpConfig {
        if (eventLoops < 1) {
            throw new IllegalArgumentException("at least one event loop is needed, eventLoops=" + eventLoops);
        }
        corsOrigins = List.copyOf(corsOrigins);
    }

    public static HttpConfig of(String host, int port) {
        return new HttpConfig(host, port, eventLoopsDefault(), List.of());
    }

    /** Half of the processors: the binary port has the rest. */
    public static int eventLoopsDefault() {
        return Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    }
}
