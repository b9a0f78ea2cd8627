package io.zandloper.server.http;

/** Every limit of the HTTP port, but for {@link HttpTimeouts}. */
final class HttpLimits {
    /** Of a body that is not streamed; the contract's number. */
    static final int BODY_BYTES_MAX = 8 * 1024 * 1024;
    /** Of all bodies that are being collected, together: what senders cannot agree to exceed. */
    static final long BODIES_BYTES_MAX = 8L * BODY_BYTES_MAX;
    /** Of a line of a streamed body; the contract's number. */
    static final int LINE_BYTES_MAX = 1024 * 1024;

    /** Of the request line: room for a segment test of some hundred ids. */
    static final int REQUEST_LINE_BYTES_MAX = 32 * 1024;
    /** Of all headers of a request. */
    static final int HEADERS_BYTES_MAX = 16 * 1024;
    /** Of a piece of a body, as the codec hands it on. */
    static final int CONTENT_BYTES_MAX = 64 * 1024;

    /** As many as one read can hold: no more is read before these are answered. */
    static final int PIPELINED_REQUESTS_MAX = CONTENT_BYTES_MAX / 16;

    /** Beyond it a new connection is closed at once. */
    static final int CONNECTIONS_MAX = 4_096;
    /** Connections that wait to be accepted. */
    static final int ACCEPT_BACKLOG = 1_024;

    /** How long a request waits for its {@code Zandloper-Min-Sequence}, unless it says {@code Prefer: wait}. */
    static final int SEQUENCE_WAIT_MILLIS_DEFAULT = 1_000;

    static final int SEQUENCE_WAIT_MILLIS_MAX = 10_000;
    /** Between two looks at the sequence. */
    static final int SEQUENCE_POLL_MILLIS = 1;

    /**
     * Changes of one stream that wait for the writer. They become durable together: the more there are, the less one costs.
     */
    static final int STREAM_CHANGES_IN_FLIGHT_MAX = 4_096;
    /** And the bytes of their lines, of which the heap holds ten to twenty times as much. */
    static final int STREAM_BYTES_IN_FLIGHT_MAX = 512 * 1024;
    /** Streamed bodies at a time. */
    static final int STREAMS_MAX = 16;
    /** Before a change is offered again to a writer whose queue was full. */
    static final int QUEUE_RETRY_MILLIS = 1;
    /** Rejected lines that an answer lists; the contract's number. */
    static final int LINE_ERRORS_MAX = 100;

    /** Catalogs that wait to be compiled. */
    static final int CATALOGS_WAITING_MAX = 4;

    /** Audiences that are counted at a time, waiting ones included. */
    static final int AUDIENCE_COUNTS_MAX = 32;
    /** Audiences that are listed at a time; a slow receiver holds its place. */
    static final int AUDIENCE_LISTS_MAX = 16;
    /** What counts and lists; more would take the processors from decisions. */
    static final int AUDIENCE_THREADS = 2;
    /** For the writer to come between two changes: it may be laying out a new catalog. */
    static final long AUDIENCE_WAIT_MILLIS_MAX = 30_000;
    /**
     * For the evaluation of an audience: set algebra takes milliseconds for ten millions of profiles, and what the
     * interpreter is at for longer than this keeps others from being counted.
     */
    static final long AUDIENCE_EVALUATION_MILLIS_MAX = 30_000;
    /** Reports that are made or sent at a time; a slow receiver holds its place. */
    static final int REPORTS_MAX = 8;
    /** Of an answer that is made piece by piece, each a little longer. */
    static final int ANSWER_PIECE_BYTES = 32 * 1024;
    /** Lines of a list that replaces a segment's members. */
    static final int MEMBERS_MAX = 1_000_000;
    /** Such lists at a time: a million members take 16 MB until they are one change. */
    static final int MEMBER_LISTS_MAX = 2;

    /** What is read and dropped of a body whose request is answered already, so that the sender sees the answer. */
    static final long DISCARDED_BYTES_MAX = 64L * 1024 * 1024;
    /** And for how long. */
    static final long DISCARD_MILLIS_MAX = 10_000;

    /** How long a connection that is out of step stays half open, so that its sender sees why. */
    static final long LINGER_MILLIS = 2_000;

    /** For requests under way when the server stops. */
    static final long DRAIN_MILLIS_MAX = 10_000;
    /** Told to callers that find a queue full. */
    static final int RETRY_AFTER_SECONDS = 1;

    static {
        if (STREAM_BYTES_IN_FLIGHT_MAX > LINE_BYTES_MAX || BODIES_BYTES_MAX < BODY_BYTES_MAX) {
            throw new AssertionError("limits contradict each other");
        }
    }

    private HttpLimits() {}
}
