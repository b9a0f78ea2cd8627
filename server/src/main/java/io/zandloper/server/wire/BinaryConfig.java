package io.zandloper.server.wire;

import org.jspecify.annotations.Nullable;

/**
 * How the binary port is set up.
 *
 * @param port 0 for any that is free
 * @param credentials what a client has to say in hello before anything else; null where nobody is asked
 * @param limits what clients may take
 */
public record BinaryConfig(
        String host,
        int port,
        TransportConfig transport,
        @Nullable String credentials,
        BinaryLimits limits) {
    public static final int PORT_DEFAULT = 7400;
}
