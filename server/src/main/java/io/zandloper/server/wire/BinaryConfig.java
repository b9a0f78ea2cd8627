package io.zandloper.server.wire;

import org.jspecify.annotations.Nullable;

/**
 * How the binary port is set up.
 *
 * @param port 0 for any that is free
 * @param eventLoops threads that serve; each connection belongs to one
 * @param credentials what a client has to say in hello before anything else; null where nobody is asked
 * @param limits what clients may take
 */
public record BinaryConfig(
        String host, int port, int eventLoops, @Nullable String credentials, BinaryLimits limits) {
    public static final int PORT_DEFAULT = 7400;

    public BinaryConfig {
        if (eventLoops < 1) {
            throw new IllegalArgumentException("at least one event loop is needed, eventLoops=" + eventLoops);
        }
    }

    public static BinaryConfig of(String host, int port, BinaryLimits limits) {
        return new BinaryConfig(host, port, eventLoopsDefault(), null, limits);
    }

    /** Half of the processors: the writer, HTTP and the operating system's network stack have the rest. */
    public static int eventLoopsDefault() {
        return Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    }
}
