package io.zandloper.benchmarks.replication;

import io.zandloper.benchmarks.measure.Comparison;
import io.zandloper.benchmarks.measure.Rounds;
import io.zandloper.benchmarks.wire.Loads;
import io.zandloper.loadtest.load.LoadPlan;
import io.zandloper.loadtest.load.LoadResult;
import io.zandloper.loadtest.load.Workload;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/** What reads on the primary notice of a sync that is bounded, and of nothing, in turns. */
final class ReadRows {
    private static final int CONNECTIONS = 8;
    private static final int PIPELINE = 256;
    private static final long PAUSE_NANOS = 1_000_000;

    private final Loads primary;
    private final int port;
    private final Pace pace;
    private final PrintWriter out;

    /** @param port the primary's binary one */
    ReadRows(Loads primary, int port, Pace pace, PrintWriter out) {
        this.primary = primary;
        this.port = port;
        this.pace = pace;
        this.out = out;
    }

    List<Comparison> run() throws IOException, InterruptedException {
        final int runs = pace.runs();
        final double[][] beside = new double[2][runs];
        final double[][] idle = new double[2][runs];
        besideASync();
        for (int run = 0; run < runs; run++) {
            keep("idle", reads(), idle, run);
            keep("beside a sync", besideASync(), beside, run);
        }
        final String what = String.format(
                Locale.ROOT, "segment tests at %,.0f/s beside a sync at a fifth of its rate, ", pace.readsPerSecond());
        return List.of(
                Rounds.of(ReplicationBenchmark.GOAL, what + "p99.9", beside[0], "without it", idle[0], "µs"),
                Rounds.of(ReplicationBenchmark.GOAL, what + "p50", beside[1], "without it", idle[1], "µs"));
    }

    private void keep(String name, Histogram latenciesNanos, double[][] micros, int run) {
        micros[0][run] = latenciesNanos.getValueAtPercentile(99.9) / 1e3;
        micros[1][run] = latenciesNanos.getValueAtPercentile(50) / 1e3;
        out.printf(
                Locale.ROOT,
                "reads, %s: %,d, p50 %.1f µs, p99 %.1f, p99.9 %.1f, max %.1f%n",
                name,
                latenciesNanos.getTotalCount(),
                micros[1][run],
                latenciesNanos.getValueAtPercentile(99) / 1e3,
                micros[0][run],
                latenciesNanos.getMaxValue() / 1e3);
        out.flush();
    }

    private Histogram reads() throws IOException, InterruptedException {
        final LoadPlan.Loop loop = new LoadPlan.Loop(
                LoadPlan.Mode.OPEN,
                LoadPlan.Arrivals.POISSON,
                LoadPlan.Waiting.BLOCK,
                pace.readsPerSecond(),
                CONNECTIONS,
                1,
                PIPELINE);
        final LoadResult result =
                primary.run(primary.plan(Workload.SEGMENTS, loop, Loads.during(pace.warmup(), pace.reads())));
        if (result.isRateMissed()) {
            out.printf(Locale.ROOT, "RATE MISSED: %,.0f a second were answered%n", result.throughput());
        }
        return result.latenciesNanos();
    }

    /** One snapshot after the other is received meanwhile, checked and dropped: a replica's disk is its own. */
    private Histogram besideASync() throws IOException, InterruptedException {
        final AtomicBoolean wanted = new AtomicBoolean(true);
        try (SnapshotSink sink = SnapshotSink.nothing()) {
            final CompletableFuture<Void> receiving = CompletableFuture.runAsync(() -> receive(sink, wanted));
            final Histogram latencies;
            final long bytes;
            try {
                // The server may have to take the snapshot first.
                while (sink.bytes() == 0 && !receiving.isDone()) {
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
                final long before = sink.bytes();
                latencies = reads();
                bytes = sink.bytes() - before;
            } finally {
                wanted.set(false);
            }
            receiving.get();
            if (bytes == 0) {
                throw new IOException("nothing came of the snapshot meanwhile");
            }
            return latencies;
        } catch (ExecutionException e) {
            throw new IOException("the sync beside the reads failed", e.getCause());
        }
    }

    private void receive(SnapshotSink sink, AtomicBoolean wanted) {
        try {
            while (wanted.get()) {
                SnapshotReceiver.receive(port, sink, wanted::get);
            }
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }
}
