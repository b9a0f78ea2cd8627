package io.zandloper.protocol.client;

import io.zandloper.protocol.ProtocolLimits;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a client connects and how long it waits; made by {@link ZandloperClient.Builder}.
 *
 * @param callsInFlightMax calls on one connection that wait for their answers, those not yet sent included
 * @param reconnectMin the longest pause after the first lost connection; doubled with every further attempt
 * @param reconnectMax the longest pause at all
 */
record ClientSettings(
        String host,
        int port,
        String clientName,
        @Nullable String credentials,
        int connections,
        int callsInFlightMax,
        Duration connectTimeout,
        Duration reconnectMin,
        Duration reconnectMax) {
    static final String CLIENT_NAME = "zandloper-java";
    static final Duration DEADLINE = Duration.ofSeconds(1);
    static final int CALLS_IN_FLIGHT_MAX = 1024;
    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    static final Duration RECONNECT_MIN = Duration.ofMillis(20);
    static final Duration RECONNECT_MAX = Duration.ofSeconds(2);

    static {
        if (CALLS_IN_FLIGHT_MAX > ProtocolLimits.REQUESTS_IN_FLIGHT_MAX) {
            throw new AssertionError("a client with its defaults would be answered busy");
        }
    }
}
