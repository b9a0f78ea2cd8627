package io.zandloper.server.decisionlog;

import java.util.concurrent.TimeUnit;

/** What the log may cost. */
public final class DecisionLogLimits {
    public static final long FILE_BYTES_DEFAULT = 64L * 1024 * 1024;
    /** Smaller files are rolled more often than they are worth. */
    public static final long FILE_BYTES_MIN = 64 * 1024;
    /** A file is read as a whole. */
    public static final long FILE_BYTES_MAX = 1024L * 1024 * 1024;

    public static final int FILES_DEFAULT = 16;
    public static final int FILES_MAX = 100_000;

    /** Of a decision: hundreds of offers and a context of some kilobytes; what is larger is dropped and counted. */
    static final int PAYLOAD_BYTES_MAX = 64 * 1024 - 16;

    /** Entries on their way to the files: a tenth of a second and more at the full rate of two processors. */
    static final int RING_BYTES = 8 * 1024 * 1024;

    /** What is written at once at most. */
    static final int WRITE_BYTES = 1024 * 1024;

    /** Between two looks at an empty ring. */
    static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /** After the disk refused, before it is asked again; entries are dropped meanwhile. */
    static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** Of the erasure bound: after this part of it an erased person is taken out of the files. */
    static final int ERASURE_BOUND_PART = 4;

    /** An erased person may be decided for by who looked just before, and that be logged this much later at most. */
    static final long LATE_ENTRY_MICROS = TimeUnit.SECONDS.toMicros(10);

    private DecisionLogLimits() {}
}
