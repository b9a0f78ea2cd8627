package io.zandloper.benchmarks.replication;

import io.zandloper.benchmarks.measure.Comparison;
import io.zandloper.benchmarks.measure.Rounds;
import io.zandloper.loadtest.demo.ServerProcess;
import io.zandloper.loadtest.generate.DataSet;
import io.zandloper.protocol.client.ProfileChange;
import io.zandloper.protocol.client.UpsertResult;
import io.zandloper.protocol.client.ZandloperClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * P11: a full sync against a bare {@code sendfile} of the same bytes, reads beside one, how fast a replica follows, and how
 * far behind it is meanwhile. Real processes, interleaved runs.
 */
public final class ReplicationBenchmark {
    private static final String GOAL = "P11";
    private static final Duration START_MAX = Duration.ofMinutes(30);
    private static final int IN_FLIGHT = 64;
    private static final int OFFERS = 50;
    private static final int SEGMENTS = 64;
    private static final long SEED = 1;
    private static final int FIFTH = 5;
    private static final Duration DEADLINE = Duration.ofMinutes(5);
    private static final double BYTES_PER_MEGABYTE = 1e6;

    /** @param duration of each run that is as long as one wants */
    public record Setup(int profiles, int runs, Duration duration) {}

    private final Setup setup;
    private final PrintWriter out;
    /** So that each write changes something. */
    private long changed;

    public ReplicationBenchmark(Setup setup, PrintWriter out) {
        this.setup = setup;
        this.out = out;
    }

    public List<Comparison> run() throws IOException, InterruptedException {
        final Path root = Files.createTempDirectory("zandloper-bench-");
        try {
            new DataSet(setup.profiles(), OFFERS, SEGMENTS, SEED).writeTo(root, rows -> {});
            final List<Comparison> rows = new ArrayList<>();
            final double rate;
            try (ServerProcess primary = primary(
                    root,
                    "--catalog",
                    root.resolve(DataSet.CATALOG_FILE).toString(),
                    "--import",
                    root.resolve(DataSet.PROFILES_FILE).toString())) {
                rate = fullSync(primary, root, rows);
                stream(primary, root, rows);
                primary.stop(START_MAX);
            }
            final long limit = (long) (rate * BYTES_PER_MEGABYTE / FIFTH);
            try (ServerProcess primary = primary(root, "--sync-bytes-per-second", Long.toString(limit))) {
                rows.add(readsBesideASync(primary, root));
                primary.stop(START_MAX);
            }
            return rows;
        } finally {
            delete(root);
        }
    }

    private static ServerProcess primary(Path root, String... options) throws IOException, InterruptedException {
        return start(root, "primary", options);
    }

    private static ServerProcess start(Path root, String name, String... options)
            throws IOException, InterruptedException {
        final List<String> all = new ArrayList<>(
                List.of("--data", root.resolve(name).toString(), "--durability", "os", "--snapshot-interval", "PT0S"));
        all.addAll(List.of(options));
        final ServerProcess server = ServerProcess.spawn(root.resolve(name + ".log"), all);
        server.awaitReady(START_MAX);
        return server;
    }

    /** Megabytes a second of a full sync. */
    private double fullSync(ServerProcess primary, Path root, List<Comparison> rows) throws IOException {
        final Path into = root.resolve("received");
        final double[] ours = new double[setup.runs()];
        final double[] theirs = new double[setup.runs()];
        out.println("P11: receiving snapshots");
        out.flush();
        SnapshotReceiver.fromServer(primary.port("binary"), into);
        final Path snapshot = newest(root.resolve("primary/journal/snapshots"));
        SnapshotReceiver.bySendfile(snapshot, into);
        for (int run = 0; run < setup.runs(); run++) {
            ours[run] =
                    SnapshotReceiver.fromServer(primary.port("binary"), into).megabytesPerSecond();
            theirs[run] = SnapshotReceiver.bySendfile(snapshot, into).megabytesPerSecond();
        }
        Files.delete(into);
        final Comparison row = Rounds.of(
                GOAL, "full sync, onto a disk", ours, "sendfile of the same files, onto a disk", theirs, "MB/s");
        rows.add(row);
        return row.ours();
    }

    private static Path newest(Path snapshots) throws IOException {
        try (Stream<Path> all = Files.list(snapshots)) {
            return all.filter(path -> path.getFileName().toString().matches("\\d+"))
                    .max(Comparator.naturalOrder())
                    .orElseThrow(() -> new IOException("there is no snapshot in " + snapshots));
        }
    }

    /** What a replica follows, against what the primary takes alone; and how far behind it is at half of it. */
    private void stream(ServerProcess primary, Path root, List<Comparison> rows)
            throws IOException, InterruptedException {
        final double[] alone = new double[setup.runs()];
        final double[] followed = new double[setup.runs()];
        try (ZandloperClient writer = client(primary)) {
            writes(writer, Double.MAX_VALUE, null);
            for (int run = 0; run < setup.runs(); run++) {
                alone[run] = writes(writer, Double.MAX_VALUE, null).perSecond();
            }
            out.println("P11: following");
            out.flush();
            try (ServerProcess replica = start(root, "replica", "--replica-of", "127.0.0.1:" + primary.port("binary"));
                    ZandloperClient reader = client(replica)) {
                reader.withMinSequence(writes(writer, Double.MAX_VALUE, null).lastSequence())
                        .blocking()
                        .ping();
                for (int run = 0; run < setup.runs(); run++) {
                    final long startNanos = System.nanoTime();
                    final Written written = writes(writer, Double.MAX_VALUE, null);
                    reader.withMinSequence(written.lastSequence()).blocking().ping();
                    followed[run] = written.count() * 1e9 / (System.nanoTime() - startNanos);
                }
                final Comparison row = Rounds.of(
                        GOAL,
                        "changes/s until the replica has them all",
                        followed,
                        "changes/s of the primary alone",
                        alone,
                        "changes/s");
                rows.add(row);
                final Histogram lag = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);
                writes(writer, row.ours() / 2, new LagProbe(reader, lag));
                for (final double percentile : new double[] {50, 99, 99.9}) {
                    final double millis = lag.getValueAtPercentile(percentile) / 1e6;
                    rows.add(Rounds.of(
                            GOAL,
                            "lag p" + percentile + " at half of it, acknowledged to readable",
                            new double[] {millis},
                            "nothing",
                            new double[] {1},
                            "ms"));
                }
                replica.stop(START_MAX);
            }
        }
    }

    private record Written(long count, long nanos, long lastSequence) {
        double perSecond() {
            return count * 1e9 / nanos;
        }
    }

    /** Sees now and then when a write can be read from the replica. */
    private static final class LagProbe {
        private final ZandloperClient reader;
        private final Histogram lag;
        private final AtomicBoolean waiting = new AtomicBoolean();

        LagProbe(ZandloperClient reader, Histogram lag) {
            this.reader = reader;
            this.lag = lag;
        }

        void onAcknowledged(long sequence) {
            if (waiting.compareAndSet(false, true)) {
                final long startNanos = System.nanoTime();
                reader.withMinSequence(sequence).ping().whenComplete((there, failure) -> {
                    if (failure == null) {
                        lag.recordValue(Math.min(lag.getHighestTrackableValue(), System.nanoTime() - startNanos));
                    }
                    waiting.set(false);
                });
            }
        }
    }

    /**
     * Writes for as long as a run lasts, so many on their way at a time.
     *
     * @param perSecond at most
     */
    private Written writes(ZandloperClient writer, double perSecond, @Nullable LagProbe probe)
            throws InterruptedException {
        final Semaphore free = new Semaphore(IN_FLIGHT);
        final AtomicLong lastSequence = new AtomicLong();
        final AtomicReference<@Nullable Throwable> failed = new AtomicReference<>();
        final long startNanos = System.nanoTime();
        final long endNanos = startNanos + setup.duration().toNanos();
        long count = 0;
        while (System.nanoTime() < endNanos) {
            final long aheadNanos = startNanos + (long) (count * 1e9 / perSecond) - System.nanoTime();
            if (aheadNanos > 0) {
                LockSupport.parkNanos(aheadNanos);
                continue;
            }
            free.acquire();
            changed++;
            writer.upsert(ProfileChange.merge(DataSet.crm(changed % setup.profiles()))
                            .attribute("bench", changed))
                    .whenComplete((done, failure) -> {
                        if (done == null) {
                            failed.set(failure);
                        } else {
                            onWritten(done, lastSequence, probe);
                        }
                        free.release();
                    });
            count++;
        }
        free.acquire(IN_FLIGHT);
        final Throwable failure = failed.get();
        if (failure != null) {
            throw new IllegalStateException("a write was refused", failure);
        }
        return new Written(count, System.nanoTime() - startNanos, lastSequence.get());
    }

    private static void onWritten(UpsertResult done, AtomicLong lastSequence, @Nullable LagProbe probe) {
        lastSequence.accumulateAndGet(done.sequence(), Math::max);
        if (probe != null) {
            probe.onAcknowledged(done.sequence());
        }
    }

    private Comparison readsBesideASync(ServerProcess primary, Path root) throws IOException, InterruptedException {
        final double[] beside = new double[setup.runs()];
        final double[] idle = new double[setup.runs()];
        out.println("P11: reads beside a sync");
        out.flush();
        final int port = primary.port("binary");
        final AtomicBoolean syncing = new AtomicBoolean();
        final AtomicBoolean ended = new AtomicBoolean();
        final Thread receiver = Thread.ofPlatform().daemon().start(() -> receive(port, root, syncing, ended));
        try (ZandloperClient client = client(primary)) {
            reads(client);
            for (int run = 0; run < setup.runs(); run++) {
                idle[run] = reads(client);
                syncing.set(true);
                beside[run] = reads(client);
                syncing.set(false);
            }
        } finally {
            ended.set(true);
            receiver.interrupt();
            receiver.join();
        }
        return Rounds.of(
                GOAL,
                "segment test p99.9 beside a sync at a fifth of its rate",
                beside,
                "segment test p99.9 alone",
                idle,
                "us");
    }

    /** One snapshot after the other, while it is wanted; each read that is interrupted ends its connection. */
    private static void receive(int port, Path root, AtomicBoolean syncing, AtomicBoolean ended) {
        while (!ended.get()) {
            if (!syncing.get()) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                continue;
            }
            try {
                SnapshotReceiver.fromServer(port, root.resolve("received"), syncing::get);
            } catch (IOException closed) {
                if (!ended.get()) {
                    throw new UncheckedIOException(closed);
                }
            }
        }
    }

    /** The 99.9th percentile of a round trip after the other, in microseconds. */
    private double reads(ZandloperClient client) {
        final Histogram latencies = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);
        final List<String> segments = List.of("segment-1", "segment-2");
        final long endNanos = System.nanoTime() + setup.duration().toNanos();
        long row = 0;
        for (long startNanos = System.nanoTime(); startNanos < endNanos; startNanos = System.nanoTime()) {
            row = (row + 7_919) % setup.profiles();
            client.blocking().testSegments(DataSet.crm(row), segments);
            latencies.recordValue(System.nanoTime() - startNanos);
        }
        return latencies.getValueAtPercentile(99.9) / 1e3;
    }

    private static ZandloperClient client(ServerProcess server) {
        return ZandloperClient.builder("127.0.0.1", server.port("binary"))
                .deadline(DEADLINE)
                .connect();
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (final Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
