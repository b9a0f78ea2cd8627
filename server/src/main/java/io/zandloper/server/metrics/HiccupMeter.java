package io.zandloper.server.metrics;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;
import org.jspecify.annotations.Nullable;

/**
 * Shows what the machine and the JVM did to everybody: a thread that asks to sleep a millisecond and records by how
 * much it overslept. A latency that stands in this histogram too was not the server's own doing.
 *
 * <p>After Gil Tene's jHiccup; an oversleep of several intervals counts for each of them.
 */
public final class HiccupMeter implements AutoCloseable {
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final SingleWriterRecorder recorder =
            new SingleWriterRecorder(MetricsLimits.LATENCY_MAX_NANOS, MetricsLimits.SIGNIFICANT_DIGITS);
    private final LongSupplier nanoTime;
    private final Thread thread;
    private volatile boolean running = true;

    /** Guarded by this. */
    private final LatencyHistory history = new LatencyHistory();

    private @Nullable Histogram drained;

    private HiccupMeter(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.thread = Thread.ofPlatform().name("zandloper-hiccups").daemon().unstarted(this::run);
    }

    /** Starts the thread. */
    public static HiccupMeter start(LongSupplier nanoTime) {
        final HiccupMeter meter = new HiccupMeter(nanoTime);
        meter.thread.start();
        return meter;
    }

    private void run() {
        while (running) {
            final long beforeNanos = nanoTime.getAsLong();
            LockSupport.parkNanos(INTERVAL_NANOS);
            final long oversleptNanos = Math.max(0, nanoTime.getAsLong() - beforeNanos - INTERVAL_NANOS);
            recorder.recordValueWithExpectedInterval(
                    Math.min(oversleptNanos, MetricsLimits.LATENCY_MAX_NANOS), INTERVAL_NANOS);
        }
    }

    /** Moves the ten-second window on by a second. */
    public synchronized void tick() {
        drain();
        history.rotate();
    }

    public synchronized LatencySummary sinceStart() {
        drain();
        return history.sinceStart();
    }

    /** Of the last ten seconds. */
    public synchronized LatencySummary window() {
        drain();
        return history.window();
    }

    /** A copy of everything since the start. */
    public synchronized Histogram histogram() {
        drain();
        return history.sinceStartHistogram();
    }

    private void drain() {
        final Histogram interval = recorder.getIntervalHistogram(drained);
        drained = interval;
        history.add(interval);
    }

    /** Ends the thread. */
    @Override
    public void close() {
        running = false;
        LockSupport.unpark(thread);
    }
}
