package io.zandloper.server.metrics;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * All recorders of a server, and what they say together. Thread-safe; {@link #tick()} has to be called once a second.
 */
public final class Metrics {
    private final InstantSource clock;
    private final List<OperationRecorder> recorders = new CopyOnWriteArrayList<>();
    /** Guarded by this, as is draining: a recorder has one reader at a time. */
    private final Map<Operation, LatencyHistory> histories = new EnumMap<>(Operation.class);

    /** Guarded likewise. */
    private final LatencyHistory waits = new LatencyHistory();

    /** @param clock tells the time of the slowest requests */
    public Metrics(InstantSource clock) {
        this.clock = clock;
    }

    /** A recorder for one event loop, kept as long as this: loops are created once. */
    public OperationRecorder newRecorder(Port port) {
        final OperationRecorder recorder = new OperationRecorder(port, clock);
        recorders.add(recorder);
        return recorder;
    }

    /** Takes in what the loops recorded and moves the ten-second window on by a second. */
    public synchronized void tick() {
        drain();
        histories.values().forEach(LatencyHistory::rotate);
        waits.rotate();
    }

    /**
     * Latencies of an operation.
     *
     * @param window of the last ten seconds
     * @param sumNanos of all since the start
     */
    public record OperationLatency(
            Operation operation, LatencySummary sinceStart, LatencySummary window, long sumNanos) {}

    /** The operations seen so far, in the order of {@link Operation}; includes what was recorded just now. */
    public synchronized List<OperationLatency> latencies() {
        drain();
        final List<OperationLatency> latencies = new ArrayList<>();
        histories.forEach((operation, history) -> latencies.add(new OperationLatency(
                operation,
                history.sinceStart(),
                history.window(),
                sum(operation.port(), recorder -> recorder.latencySumNanos(operation)))));
        return latencies;
    }

    /** For how long the last request of a turn of a binary connection may have waited, since the start. */
    public synchronized LatencySummary waitsSinceStart() {
        drain();
        return waits.sinceStart();
    }

    /** The same of the last ten seconds. */
    public synchronized LatencySummary waitsOfWindow() {
        drain();
        return waits.window();
    }

    /** The slowest requests of all loops since the start, slowest first. */
    public List<SlowRequest> slowestRequests() {
        final List<SlowRequest> requests = new ArrayList<>();
        recorders.forEach(recorder -> requests.addAll(recorder.slowest().copy()));
        requests.sort(Comparator.comparingLong(SlowRequest::latencyNanos).reversed());
        return List.copyOf(requests.subList(0, Math.min(requests.size(), MetricsLimits.SLOWEST_REQUESTS)));
    }

    /** Profiles that batches asked for. */
    public long batchProfiles(Operation operation) {
        return sum(operation.port(), recorder -> recorder.batchProfiles(operation));
    }

    public long refused(Port port, Refusal reason) {
        return sum(port, recorder -> recorder.refused(reason));
    }

    /** Connections that the server ended. */
    public long cutOff(Port port, Cutoff reason) {
        return sum(port, recorder -> recorder.cutOffs(reason));
    }

    public long connectionsOpen(Port port) {
        return sum(port, OperationRecorder::connectionsOpen);
    }

    public long connectionsOpened(Port port) {
        return sum(port, OperationRecorder::connectionsOpened);
    }

    public long bytesRead(Port port) {
        return sum(port, OperationRecorder::bytesRead);
    }

    public long bytesWritten(Port port) {
        return sum(port, OperationRecorder::bytesWritten);
    }

    private void drain() {
        for (OperationRecorder recorder : recorders) {
            for (Operation operation : Operation.values()) {
                drain(recorder, operation);
            }
            final @Nullable Histogram waited = recorder.drainWaits();
            if (waited != null) {
                waits.add(waited);
            }
        }
    }

    private void drain(OperationRecorder recorder, Operation operation) {
        final @Nullable Histogram interval = recorder.drain(operation);
        if (interval != null) {
            histories.computeIfAbsent(operation, seen -> new LatencyHistory()).add(interval);
        }
    }

    private long sum(Port port, ToLongFunction<OperationRecorder> count) {
        return recorders.stream()
                .filter(recorder -> recorder.port() == port)
                .mapToLong(count)
                .sum();
    }
}
