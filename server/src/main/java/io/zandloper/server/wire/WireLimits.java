package io.zandloper.server.wire;

import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.ProtocolLimits;

/**
 * Limits of the binary port that are nobody's but the code's. What operators set stands in {@link BinaryLimits}, what
 * clients have to know in {@link ProtocolLimits}.
 */
final class WireLimits {
    /** Connections that wait to be accepted. */
    static final int ACCEPT_BACKLOG = 1_024;

    /** So often a socket is read, until it is empty, before it is the next one's turn. */
    static final int READS_MAX = 16;

    /** Answers are gathered up to this length before they are handed to the socket, at the latest after each read. */
    static final int GATHERED_BYTES_MAX = 64 * 1024;
    /** What a connection holds below it is not counted: the rest of a read, a handful of answers under way. */
    static final int HELD_BYTES_IGNORED = 4 * 1024;

    /** A queue that no request comes through in time for as long is one that stands: CoDel's usual interval. */
    static final long OVERLOAD_NANOS = 100_000_000;
    /** And so many rounds of the event loop: a burst that is there at once is one or two, however long they take. */
    static final long OVERLOAD_ROUNDS = 3;
    /** Whatever the rounds: with many connections that all have much to ask, one may take seconds. */
    static final long OVERLOAD_CERTAIN_NANOS = 1_000_000_000;
    /** For a request until its turn in an overload: CoDel's usual target, and some hundred answers. */
    static final long OVERLOAD_WAIT_NANOS = 5_000_000;
    /** For as long after an overload no patience is had with another one: it is likely to be the same. */
    static final long OVERLOAD_REMEMBERED_NANOS = 5_000_000_000L;

    /** Between two looks at the sequence. */
    static final long SEQUENCE_POLL_MICROS = 500;

    /** Usual decide requests have a few hundred bytes; batches of them may have as many identities. */
    static final int USUAL_DECIDE_BYTES = 16 * 1024;
    /** A decide request, or a batch of them, up to this length may be read where it lies. */
    static final int USUAL_DECIDE_BYTES_MAX = 128 * 1024;

    /** Of the tables of an answer; beyond them a batch has its vectors, a number and a reference for each profile. */
    static final int TABLES_BYTES_MAX = ProtocolLimits.RESPONSE_FRAME_BYTES_MAX
            - FrameDescriptor.HEADER_LENGTH_BYTES
            - ProtocolLimits.BATCH_PROFILES_MAX * (Short.BYTES + Integer.BYTES)
            - 1024;

    /** An encoder's buffer that has grown beyond this for one answer is given back after it. */
    static final int KEPT_BUFFER_BYTES_MAX = 1024 * 1024;

    /** How long a client whose stream is broken has to take its last answer before it is cut off. */
    static final long FAREWELL_MILLIS = 1_000;
    /** For requests under way when the server stops. */
    static final long DRAIN_MILLIS_MAX = 10_000;

    private WireLimits() {}
}
