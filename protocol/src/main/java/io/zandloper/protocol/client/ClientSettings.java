package io.zandloper.protocol.client;

import io.zandloper.protocol.ProtocolLimits;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How a client connects and how long it waits; made by {@link ClientBuilder}.
 *
 * @param eventLoops each has one connection to each address
 * @param callsInFlightMax calls on one event loop that wait for their answers, those not yet sent included
 * @param bytesInFlightMax what the requests of these may take together
 * @param connectTimeout for an attempt to connect, and for each hello to be answered
 * @param reconnectMin the longest pause after the first lost connection; doubled with every further attempt
 * @param reconnectMax the longest pause at all
 * @param checkInterval between the hellos that tell whether a server is still there, and what it is
 */
record ClientSettings(
        List<ServerAddress> addresses,
        String clientName,
        @Nullable String credentials,
        int eventLoops,
        int callsInFlightMax,
        long bytesInFlightMax,
        Duration connectTimeout,
        Duration reconnectMin,
        Duration reconnectMax,
        Duration checkInterval) {
    static final String CLIENT_NAME = "zandloper-java";
    static final Duration DEADLINE = Duration.ofSeconds(1);
    static final int CALLS_IN_FLIGHT_MAX = 1024;
    /** Many of the longest requests there may be, and what a small heap beside it bears. */
    static final long BYTES_IN_FLIGHT_MAX = 64L * ProtocolLimits.REQUEST_FRAME_BYTES_MAX;

    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    static final Duration RECONNECT_MIN = Duration.ofMillis(20);
    static final Duration RECONNECT_MAX = Duration.ofSeconds(2);
    static final Duration CHECK_INTERVAL = Duration.ofSeconds(5);
    /** A primary and its replicas, many times over; a mask of them fits a long. */
    static final int ADDRESSES_MAX = 32;

    static {
        if (CALLS_IN_FLIGHT_MAX > ProtocolLimits.REQUESTS_IN_FLIGHT_MAX) {
            throw new AssertionError("a client with its defaults would be answered busy");
        }
    }

    ClientSettings {
        addresses = List.copyOf(addresses);
    }

    Backoff newBackoff(RandomGenerator random) {
        return new Backoff(reconnectMin, reconnectMax, random);
    }
}
