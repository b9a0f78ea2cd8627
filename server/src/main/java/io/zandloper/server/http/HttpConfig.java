package io.zandloper.server.http;

import java.util.List;

/**
 * How the HTTP port is set up.
 *
 * @param port 0 for any that is free
 * @param eventLoops threads that serve; each connection belongs to one
 * @param corsOrigins the origins, such as {@code https://shop.example}, whose pages may call; {@code *} for any; none by
 *     default
 * @param audienceMillisMax for the evaluation of an audience over all profiles, once it is its turn
 */
public record HttpConfig(String host, int port, int eventLoops, List<String> corsOrigins, long audienceMillisMax) {
    public static final int PORT_DEFAULT = 7480;

    public HttpConfig {
        if (eventLoops < 1) {
            throw new IllegalArgumentException("at least one event loop is needed, eventLoops=" + eventLoops);
        }
        corsOrigins = List.copyOf(corsOrigins);
    }

    /** With the limits of a server. */
    public HttpConfig(String host, int port, int eventLoops, List<String> corsOrigins) {
        this(host, port, eventLoops, corsOrigins, HttpLimits.AUDIENCE_EVALUATION_MILLIS_MAX);
    }

    public static HttpConfig of(String host, int port) {
        return new HttpConfig(host, port, eventLoopsDefault(), List.of());
    }

    /** Half of the processors: the binary port has the rest. */
    public static int eventLoopsDefault() {
        return Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    }
}
