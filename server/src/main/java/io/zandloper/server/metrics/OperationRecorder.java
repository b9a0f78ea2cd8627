package io.zandloper.server.metrics;

import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;
import org.jspecify.annotations.Nullable;

/**
 * What one event loop records. All public methods belong to that loop's thread and allocate nothing after the first
 * request of each operation; the admin side reads beside it without making it wait.
 */
public final class OperationRecorder {
    private static final int OPERATIONS = Operation.values().length;
    private static final int REFUSALS = Refusal.values().length;
    private static final int CUTOFFS = Cutoff.values().length;

    /** Places in {@link #totals}, which only the loop writes. */
    private static final int CONNECTIONS_OPENED = 0;

    private static final int CONNECTIONS_CLOSED = 1;
    private static final int BYTES_READ = 2;
    private static final int BYTES_WRITTEN = 3;
    private static final int TOTALS = 4;

    private final Port port;
    /** Created when an operation is first seen: most loops see few of them, and each costs half a megabyte. */
    private final AtomicReferenceArray<@Nullable SingleWriterRecorder> latencies =
            new AtomicReferenceArray<>(OPERATIONS);

    private final AtomicLongArray latencySumsNanos = new AtomicLongArray(OPERATIONS);
    private final AtomicLongArray batchProfiles = new AtomicLongArray(OPERATIONS);
    private final AtomicLongArray refusals = new AtomicLongArray(REFUSALS);
    private final AtomicLongArray cutoffs = new AtomicLongArray(CUTOFFS);
    private final AtomicLongArray totals = new AtomicLongArray(TOTALS);
    /** Of turns; created when one is first seen: HTTP has none. */
    private final AtomicReference<@Nullable SingleWriterRecorder> waits = new AtomicReference<>();

    private final SlowestRequests slowest;
    /** The reader's own, handed back at the next drain, so that draining allocates nothing either. */
    private final @Nullable Histogram[] drained = new Histogram[OPERATIONS];

    private @Nullable Histogram drainedWaits;

    OperationRecorder(Port port, InstantSource clock) {
        this.port = port;
        this.slowest = new SlowestRequests(clock);
    }

    /** The port of the loop. */
    public Port port() {
        return port;
    }

    /**
     * Counts a request that was answered, refused or not.
     *
     * @param latencyNanos from the last byte of the request to the answer being handed to the socket
     */
    public void record(Operation operation, long latencyNanos) {
        final long boundedNanos = Math.max(0, Math.min(latencyNanos, MetricsLimits.LATENCY_MAX_NANOS));
        final int index = operation.ordinal();
        SingleWriterRecorder recorder = latencies.getPlain(index);
        if (recorder == null) {
            recorder = newRecorder(index);
        }
        recorder.recordValue(boundedNanos);
        add(latencySumsNanos, index, boundedNanos);
        slowest.offer(operation, boundedNanos);
    }

    /**
     * Counts a turn of a connection, in which all that lay in its socket was handled, or as much as is at a time.
     *
     * @param nanos for which the last request of it may have waited
     */
    public void waited(long nanos) {
        SingleWriterRecorder recorder = waits.getPlain();
        if (recorder == null) {
            recorder = newRecorder();
            waits.setRelease(recorder);
        }
        recorder.recordValue(Math.clamp(nanos, 0, MetricsLimits.LATENCY_MAX_NANOS));
    }

    /** Counts the profiles of a batch. */
    public void batchOf(Operation operation, int profiles) {
        add(batchProfiles, operation.ordinal(), profiles);
    }

    /** Counts a request that was not done, one whose operation could not even be read included. */
    public void refuse(Refusal reason) {
        add(refusals, reason.ordinal(), 1);
    }

    /** Counts a connection that the server ended. */
    public void cutOff(Cutoff reason) {
        add(cutoffs, reason.ordinal(), 1);
    }

    public void connectionOpened() {
        add(totals, CONNECTIONS_OPENED, 1);
    }

    public void connectionClosed() {
        add(totals, CONNECTIONS_CLOSED, 1);
    }

    public void bytesRead(long lengthBytes) {
        add(totals, BYTES_READ, lengthBytes);
    }

    public void bytesWritten(long lengthBytes) {
        add(totals, BYTES_WRITTEN, lengthBytes);
    }

    private SingleWriterRecorder newRecorder(int index) {
        final SingleWriterRecorder recorder = newRecorder();
        latencies.setRelease(index, recorder);
        return recorder;
    }

    private static SingleWriterRecorder newRecorder() {
        return new SingleWriterRecorder(MetricsLimits.LATENCY_MAX_NANOS, MetricsLimits.SIGNIFICANT_DIGITS);
    }

    /** One writer, so a plain read and an ordered store are enough: no locked instruction. */
    private static void add(AtomicLongArray counters, int index, long amount) {
        counters.setRelease(index, counters.getPlain(index) + amount);
    }

    // Read by the admin side.

    /** What was recorded since the last call, or null where the operation was never seen; one reader at a time. */
    @Nullable
    Histogram drain(Operation operation) {
        final int index = operation.ordinal();
        final SingleWriterRecorder recorder = latencies.getAcquire(index);
        if (recorder == null) {
            return null;
        }
        final Histogram interval = recorder.getIntervalHistogram(drained[index]);
        drained[index] = interval;
        return interval;
    }

    /** The same of the waits. */
    @Nullable
    Histogram drainWaits() {
        final SingleWriterRecorder recorder = waits.getAcquire();
        if (recorder != null) {
            drainedWaits = recorder.getIntervalHistogram(drainedWaits);
        }
        return recorder == null ? null : drainedWaits;
    }

    long latencySumNanos(Operation operation) {
        return latencySumsNanos.getAcquire(operation.ordinal());
    }

    long batchProfiles(Operation operation) {
        return batchProfiles.getAcquire(operation.ordinal());
    }

    long refused(Refusal reason) {
        return refusals.getAcquire(reason.ordinal());
    }

    long cutOffs(Cutoff reason) {
        return cutoffs.getAcquire(reason.ordinal());
    }

    /** Closed is read first: the difference is never negative. */
    long connectionsOpen() {
        final long closed = totals.getAcquire(CONNECTIONS_CLOSED);
        return totals.getAcquire(CONNECTIONS_OPENED) - closed;
    }

    long connectionsOpened() {
        return totals.getAcquire(CONNECTIONS_OPENED);
    }

    long bytesRead() {
        return totals.getAcquire(BYTES_READ);
    }

    long bytesWritten() {
        return totals.getAcquire(BYTES_WRITTEN);
    }

    SlowestRequests slowest() {
        return slowest;
    }
}
