package io.zandloper.server.replication;

/** Limits of replication that are nobody's but the code's. */
public final class ReplicationLimits {
    /** What this build speaks. */
    public static final int VERSION = 1;

    /** Large enough for a system call each to cost nothing, small enough to resume at and to pace by. */
    public static final int CHUNK_BYTES = 256 * 1024;

    /** A chunk or a batch, and the little around it; a single entry of a journal may need more. */
    public static final int BATCH_BYTES = 256 * 1024;

    /** The longest entry of a journal and what is around it. */
    public static final int FRAME_BYTES_MAX = 260 * 1024 * 1024;

    /** All that a follower sends, so that no stranger makes a source hold more. */
    public static final int SHORT_FRAME_BYTES_MAX = 64 * 1024;

    /** For what was sent last, before a connection is closed whether it was taken or not. */
    public static final long FAREWELL_MILLIS = 1_000;

    public static final int TEXT_BYTES_MAX = 4 * 1024;

    public static final int PARTS_MAX = 32;

    public static final int MEMBERS_MAX = 32;

    /** Of one history: starts after a kill and promotions since the oldest journal file. */
    public static final int TERMS_MAX = 1_024;

    /** Batches that a follower has handed to its writer and not had back; more stay in the socket. */
    public static final int BATCHES_IN_FLIGHT_MAX = 32;

    /** Of the source, while nothing else goes out; the follower acknowledges as often. */
    public static final int HEARTBEAT_MILLIS = 50;

    /** Who says nothing for as long is taken for gone. */
    public static final long SILENCE_MILLIS_MAX = 5_000;

    /** A follower so long without a word tells a lag. */
    public static final long SILENCE_FOR_LAG_MILLIS = 1_000;

    private ReplicationLimits() {}
}
