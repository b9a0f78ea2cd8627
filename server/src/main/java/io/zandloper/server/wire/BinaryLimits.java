package io.zandloper.server.wire;

import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.ProtocolLimits;
import java.time.Duration;

/**
 * What clients of the binary port may take; what is no operator's business stands in {@link WireLimits}.
 *
 * @param connectionsMax beyond it a new connection is closed at once
 * @param requestFrameBytesMax of one request; hello tells it
 * @param requestsInFlightMax requests of one connection that wait for the writer or for their sequence; hello tells it
 * @param outboundBytesMax where so many bytes of answers wait for their reader, no more of its requests are read
 * @param heldBytesMax over all connections: a quarter for requests that wait for their sequence, more of which are answered
 *     busy; three for unfinished requests and answers not taken, beyond which those that have held longest are cut off
 * @param waitMax for requests until it is their turn; where all wait for longer, more come than can be answered, and those
 *     are answered busy that would make the others wait; zero for no limit
 * @param stallMax for the rest of a request once it has begun, and for a reader to take its answers once it is not read
 *     from because of them; then it is cut off
 * @param idleMax for a connection on which nothing comes in and nothing waits; zero for no limit
 */
public record BinaryLimits(
        int connectionsMax,
        int requestFrameBytesMax,
        int requestsInFlightMax,
        int outboundBytesMax,
        long heldBytesMax,
        Duration waitMax,
        Duration stallMax,
        Duration idleMax) {

    // What may be set.
    public static final int REQUEST_FRAME_BYTES_LEAST = 4 * 1024;
    /** The answer to a ping is as long as the ping. */
    public static final int REQUEST_FRAME_BYTES_MOST = ProtocolLimits.RESPONSE_FRAME_BYTES_MAX;

    public static final int CONNECTIONS_MOST = 1024 * 1024;
    public static final int REQUESTS_IN_FLIGHT_MOST = 64 * 1024;
    public static final int OUTBOUND_BYTES_LEAST = WireLimits.GATHERED_BYTES_MAX;
    public static final int OUTBOUND_BYTES_MOST = 1024 * 1024 * 1024;
    /** Of which three quarters bear the longest answer and the longest request: neither is cut off for its length alone. */
    public static final long HELD_BYTES_LEAST = 3L * ProtocolLimits.RESPONSE_FRAME_BYTES_MAX;

    public static final Duration STALL_LEAST = Duration.ofSeconds(1);

    /** Connections and held bytes as the server's direct memory bears, see {@code deploy/jvm.options}. */
    public static final BinaryLimits DEFAULT = new BinaryLimits(
            16 * 1024,
            ProtocolLimits.REQUEST_FRAME_BYTES_MAX,
            ProtocolLimits.REQUESTS_IN_FLIGHT_MAX,
            256 * 1024,
            64L * 1024 * 1024,
            Duration.ofMillis(250),
            Duration.ofSeconds(30),
            Duration.ofMinutes(10));

    public BinaryLimits {
        check(connectionsMax >= 1, "connectionsMax", connectionsMax);
        check(
                requestFrameBytesMax >= FrameDescriptor.HEADER_LENGTH_BYTES,
                "requestFrameBytesMax",
                requestFrameBytesMax);
        check(requestFrameBytesMax <= REQUEST_FRAME_BYTES_MOST, "requestFrameBytesMax", requestFrameBytesMax);
        check(requestsInFlightMax >= 1, "requestsInFlightMax", requestsInFlightMax);
        check(outboundBytesMax >= OUTBOUND_BYTES_LEAST, "outboundBytesMax", outboundBytesMax);
        check(heldBytesMax >= HELD_BYTES_LEAST, "heldBytesMax", heldBytesMax);
        check(!waitMax.isNegative(), "waitMax", waitMax);
        check(stallMax.isPositive(), "stallMax", stallMax);
        check(!idleMax.isNegative(), "idleMax", idleMax);
    }

    /** A reader that was paused is read from again when all but these are taken. */
    int outboundBytesLow() {
        return outboundBytesMax / 4;
    }

    private static void check(boolean isValid, String name, Object value) {
        if (!isValid) {
            throw new IllegalArgumentException("a limit that cannot be kept, " + name + "=" + value);
        }
    }
}
