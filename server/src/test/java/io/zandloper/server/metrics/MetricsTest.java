package io.zandloper.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class MetricsTest {
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");

    private final Metrics metrics = new Metrics(InstantSource.fixed(NOW));

    @Test
    void latenciesOfAllLoopsAreSummed() {
        final OperationRecorder first = metrics.newRecorder(Port.BINARY);
        final OperationRecorder second = metrics.newRecorder(Port.BINARY);
        IntStream.rangeClosed(1, 500).forEach(i -> first.record(Operation.BINARY_DECIDE, i));
        IntStream.rangeClosed(501, 1000).forEach(i -> second.record(Operation.BINARY_DECIDE, i));

        final Metrics.OperationLatency latency = only(metrics.latencies());
        assertThat(latency.operation()).isEqualTo(Operation.BINARY_DECIDE);
        assertThat(latency.sinceStart()).isEqualTo(new LatencySummary(1000, 1, 500, 900, 990, 999, 1000, 1000, 500.5));
        assertThat(latency.window()).isEqualTo(latency.sinceStart());
        assertThat(latency.sumNanos()).isEqualTo(500_500);
    }

    @Test
    void theWindowForgetsAfterTenSeconds() {
        final OperationRecorder recorder = metrics.newRecorder(Port.HTTP);
        recorder.record(Operation.HTTP_DECIDE, 100);
        for (int second = 0; second < 9; second++) {
            metrics.tick();
        }
        recorder.record(Operation.HTTP_DECIDE, 200);
        assertThat(only(metrics.latencies()).window().count()).isEqualTo(2);

        metrics.tick();
        assertThat(only(metrics.latencies()).window().count()).isEqualTo(1);
        assertThat(only(metrics.latencies()).window().min()).isEqualTo(200);
        assertThat(only(metrics.latencies()).sinceStart().count()).isEqualTo(2);
    }

    @Test
    void latenciesOutsideTheRangeCountAsItsEnds() {
        final OperationRecorder recorder = metrics.newRecorder(Port.HTTP);
        recorder.record(Operation.HTTP_BULK, -5);
        recorder.record(Operation.HTTP_BULK, Long.MAX_VALUE);
        final LatencySummary summary = only(metrics.latencies()).sinceStart();
        assertThat(summary.min()).isZero();
        assertThat(summary.max()).isGreaterThanOrEqualTo(MetricsLimits.LATENCY_MAX_NANOS);
    }

    @Test
    void theSlowestRequestsOfAllLoopsAreKeptSlowestFirst() {
        final OperationRecorder first = metrics.newRecorder(Port.BINARY);
        final OperationRecorder second = metrics.newRecorder(Port.HTTP);
        for (int i = 1; i <= 1000; i++) {
            first.record(Operation.BINARY_PING, 2L * i);
            second.record(Operation.HTTP_OTHER, 2L * i + 1);
        }
        final List<SlowRequest> slowest = metrics.slowestRequests();
        assertThat(slowest).hasSize(MetricsLimits.SLOWEST_REQUESTS);
        assertThat(slowest.get(0)).isEqualTo(new SlowRequest(Operation.HTTP_OTHER, 2001, NOW));
        assertThat(slowest.stream().mapToLong(SlowRequest::latencyNanos))
                .containsExactlyElementsOf(
                        IntStream.range(0, 100).mapToObj(i -> 2001L - i).toList());
    }

    @Test
    void countsAreKeptByPort() {
        final OperationRecorder binary = metrics.newRecorder(Port.BINARY);
        final OperationRecorder http = metrics.newRecorder(Port.HTTP);
        binary.connectionOpened();
        binary.connectionOpened();
        binary.connectionClosed();
        binary.bytesRead(10);
        binary.bytesWritten(20);
        http.refuse(Refusal.NOT_FOUND);

        assertThat(metrics.connectionsOpen(Port.BINARY)).isEqualTo(1);
        assertThat(metrics.connectionsOpened(Port.BINARY)).isEqualTo(2);
        assertThat(metrics.connectionsOpened(Port.HTTP)).isZero();
        assertThat(metrics.bytesRead(Port.BINARY)).isEqualTo(10);
        assertThat(metrics.bytesWritten(Port.BINARY)).isEqualTo(20);
        assertThat(metrics.refused(Port.HTTP, Refusal.NOT_FOUND)).isEqualTo(1);
        assertThat(metrics.refused(Port.BINARY, Refusal.NOT_FOUND)).isZero();
    }

    @Test
    void nothingIsLostWhileItIsDrained() throws InterruptedException {
        final int perLoop = 200_000;
        final List<Thread> loops = new ArrayList<>();
        for (int loop = 0; loop < 2; loop++) {
            final OperationRecorder recorder = metrics.newRecorder(Port.BINARY);
            loops.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < perLoop; i++) {
                    recorder.record(Operation.BINARY_SEGMENT_TEST, i);
                }
            }));
        }
        while (loops.stream().anyMatch(Thread::isAlive)) {
            metrics.tick();
        }
        for (Thread loop : loops) {
            loop.join();
        }
        assertThat(only(metrics.latencies()).sinceStart().count()).isEqualTo(2L * perLoop);
    }

    @Test
    void recordingAllocatesNothing() {
        final OperationRecorder recorder = metrics.newRecorder(Port.BINARY);
        record(recorder, 20_000);
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        // The least of several rounds: the JVM itself now and then allocates in a thread, to link or to recompile.
        long leastBytes = Long.MAX_VALUE;
        for (int round = 0; round < 10 && leastBytes > 0; round++) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            record(recorder, 20_000);
            leastBytes = Math.min(leastBytes, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(leastBytes).isZero();
    }

    private static void record(OperationRecorder recorder, int times) {
        for (int i = 0; i < times; i++) {
            recorder.record(Operation.BINARY_DECIDE, 1000 + i % 100);
            recorder.refuse(Refusal.BUSY);
            recorder.bytesRead(64);
        }
    }

    private static Metrics.OperationLatency only(List<Metrics.OperationLatency> latencies) {
        assertThat(latencies).hasSize(1);
        return latencies.get(0);
    }
}
