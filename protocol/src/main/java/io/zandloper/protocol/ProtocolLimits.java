package io.zandloper.protocol;

/** Every limit of the binary protocol. FORMAT.md repeats them, and hello tells those that a client must know. */
public final class ProtocolLimits {
    /** A request: the largest profile document (64 KiB) many times over, and small enough to hold one per connection. */
    public static final int REQUEST_FRAME_BYTES_MAX = 1024 * 1024;

    /**
     * A response: a decision may carry 100 payloads of 64 KiB, and an explanation lists every offer of the catalog for
     * every placement.
     */
    public static final int RESPONSE_FRAME_BYTES_MAX = 16 * 1024 * 1024;

    /**
     * A longer request up to this length is read over and answered, so that the connection goes on; what claims to be
     * longer still is no frame of ours, and the connection is closed.
     */
    public static final int SKIPPED_FRAME_BYTES_MAX = 64 * 1024 * 1024;

    /** Requests of one connection that have not been answered; more are answered {@link Status#BUSY}. */
    public static final int REQUESTS_IN_FLIGHT_MAX = 4096;

    /** What a request waits at most for its minimum sequence where it names no deadline. */
    public static final long SEQUENCE_WAIT_MICROS = 1_000_000;

    /** The largest deadline: an unsigned 32-bit number of microseconds, 71 minutes. */
    public static final long DEADLINE_MICROS_MAX = 0xFFFF_FFFFL;

    /** Tables within tables; the deepest message of ours has 4 levels. */
    public static final int BODY_DEPTH_MAX = 16;

    /**
     * What a body refers to, counted as often as it is referred to, may be this many times its length: bodies may share
     * strings, but a small body must not unfold into a huge one.
     */
    public static final int BODY_UNFOLDING_MAX = 4;

    /** Segment ids in one test: as many as a catalog may have. */
    public static final int TESTED_SEGMENTS_MAX = 4096;

    /** Profiles in one batch: more would not be cheaper for each, and keep others of the same event loop waiting. */
    public static final int BATCH_PROFILES_MAX = 1024;

    /** Name and version a client gives in hello, in bytes. */
    public static final int CLIENT_NAME_BYTES_MAX = 256;

    /** Errors that one response lists. */
    public static final int ERRORS_MAX = 100;

    /** Types from here to {@link #SERVER_TYPE_MAX} are what servers say to each other: {@code REPLICATION.md}. */
    public static final int SERVER_TYPE_MIN = 64;

    public static final int SERVER_TYPE_MAX = 79;

    static {
        if (RESPONSE_FRAME_BYTES_MAX < REQUEST_FRAME_BYTES_MAX || SKIPPED_FRAME_BYTES_MAX < REQUEST_FRAME_BYTES_MAX) {
            throw new AssertionError("limits contradict each other");
        }
    }

    private ProtocolLimits() {}
}
