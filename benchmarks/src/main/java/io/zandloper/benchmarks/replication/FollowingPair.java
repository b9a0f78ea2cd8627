package io.zandloper.benchmarks.replication;

import io.zandloper.benchmarks.subject.BenchFolder;
import io.zandloper.benchmarks.wire.FilledServer;
import io.zandloper.loadtest.demo.ServerProcess;
import io.zandloper.loadtest.generate.DataSet;
import io.zandloper.protocol.client.ProfileChange;
import io.zandloper.protocol.client.ZandloperClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A primary and a replica that began with an empty folder, processes both. For one thread. */
final class FollowingPair implements AutoCloseable {
    private static final Duration START_MAX = Duration.ofMinutes(30);
    private static final Duration STOP_MAX = Duration.ofMinutes(3);
    private static final Duration CATCH_UP_MAX = Duration.ofMinutes(10);
    private static final String MARKER = DataSet.crm(0);
    private static final String SENT = "zandloper_replication_sent_bytes_total{contents=\"changes\"} ";

    private final FilledServer primary;
    private final ServerProcess replica;
    private final BenchFolder folder;
    private final ZandloperClient writer;
    private final HttpClient http = HttpClient.newHttpClient();
    private final double startSeconds;
    private long markers;

    private FollowingPair(FilledServer primary, ServerProcess replica, BenchFolder folder, long beganNanos) {
        this.primary = primary;
        this.replica = replica;
        this.folder = folder;
        this.writer = client(primary.port("binary"));
        // Where that takes long it says that it is ready before it has the snapshot.
        awaitCaughtUp();
        this.startSeconds = (System.nanoTime() - beganNanos) / 1e9;
    }

    /** Returns when the replica has everything. */
    static FollowingPair start(FilledServer primary, BenchFolder folder) throws IOException, InterruptedException {
        final long beganNanos = System.nanoTime();
        final ServerProcess replica = ServerProcess.spawn(
                folder.file("replica.log"),
                List.of(
                        "--data",
                        folder.file("replica").toString(),
                        "--journal",
                        folder.journalRoot().resolve("replica-journal").toString(),
                        "--replica-of",
                        "127.0.0.1:" + primary.port("binary"),
                        "--durability",
                        "os",
                        "--snapshot-journal-bytes",
                        "0"));
        boolean started = false;
        try {
            replica.awaitReady(START_MAX);
            final FollowingPair pair = new FollowingPair(primary, replica, folder, beganNanos);
            started = true;
            return pair;
        } finally {
            if (!started) {
                replica.stop(STOP_MAX);
            }
        }
    }

    /** From the start of the replica's process until it had everything. */
    double startSeconds() {
        return startSeconds;
    }

    ZandloperClient writer() {
        return writer;
    }

    /** To the replica. */
    ZandloperClient newReader() {
        return client(replica.port("binary"));
    }

    /** Makes one change more, and returns its sequence when the replica has everything up to it. */
    long awaitCaughtUp() {
        final long sequence = writer.blocking()
                .upsert(ProfileChange.merge(MARKER).attribute("marker", ++markers))
                .sequence();
        // A connection that was there while the replica stood still may have been given up.
        try (ZandloperClient reader = newReader()) {
            reader.withMinSequence(sequence).blocking().ping();
        }
        return sequence;
    }

    /** Has the replica stand still, as if it were not there. */
    void pauseReplica() throws IOException, InterruptedException {
        replica.pause();
    }

    void resumeReplica() throws IOException, InterruptedException {
        replica.resume();
    }

    /** Frames with changes that the primary has sent since its start. */
    long changeBytesSent() throws IOException, InterruptedException {
        final String page = http.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + primary.port("admin") + "/metrics"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
        return page.lines()
                .filter(line -> line.startsWith(SENT))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(SENT.length())))
                .findFirst()
                .orElseThrow(() -> new IOException("the metrics do not say what was sent"));
    }

    /** Of the primary's journal, as long as no snapshot is taken. */
    long journalBytes() throws IOException {
        try (Stream<Path> files = Files.list(folder.journal())) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    private static ZandloperClient client(int port) {
        return ZandloperClient.builder("127.0.0.1", port).deadline(CATCH_UP_MAX).connect();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        writer.close();
        http.close();
        try {
            resumeReplica();
        } finally {
            replica.stop(STOP_MAX);
        }
    }
}
