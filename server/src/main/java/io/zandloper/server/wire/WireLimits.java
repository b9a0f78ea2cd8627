package io.zandloper.server.wire;

import io.zandloper.protocol.ProtocolLimits;

/** Limits of the binary port that are no business of a client's; those that are stand in {@link ProtocolLimits}. */
final class WireLimits {
    /** Beyond it a new connection is closed at once. */
    static final int CONNECTIONS_MAX = 16 * 1024;
    /** Connections that wait to be accepted. */
    static final int ACCEPT_BACKLOG = 1_024;

    /** Answers are gathered up to this length before they are handed to the socket, at the latest after each read. */
    static final int GATHERED_BYTES_MAX = 64 * 1024;
    /** Where so many bytes of answers wait for their reader, no more of its requests are read … */
    static final int OUTBOUND_HIGH_BYTES = 256 * 1024;
    /** … until it has taken all but these. */
    static final int OUTBOUND_LOW_BYTES = 64 * 1024;

    /** Frames of one event loop that wait for their minimum sequence, together; more are answered busy. */
    static final long WAITING_BYTES_MAX = 16L * 1024 * 1024;
    /** Between two looks at the sequence. */
    static final long SEQUENCE_POLL_MICROS = 500;

    /** An encoder's buffer that has grown beyond this for one answer is given back after it. */
    static final int KEPT_BUFFER_BYTES_MAX = 1024 * 1024;

    /** How long a client whose stream is broken has to take its last answer before it is cut off. */
    static final long FAREWELL_MILLIS = 1_000;
    /** For requests under way when the server stops. */
    static final long DRAIN_MILLIS_MAX = 10_000;

    static {
        if (OUTBOUND_LOW_BYTES >= OUTBOUND_HIGH_BYTES || GATHERED_BYTES_MAX > OUTBOUND_HIGH_BYTES) {
            throw new AssertionError("limits contradict each other");
        }
    }

    private WireLimits() {}
}
