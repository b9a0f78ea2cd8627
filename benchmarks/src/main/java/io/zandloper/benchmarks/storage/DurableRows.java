package io.zandloper.benchmarks.storage;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.zandloper.benchmarks.measure.Comparison;
import io.zandloper.benchmarks.measure.Rounds;
import io.zandloper.benchmarks.subject.BenchFolder;
import io.zandloper.benchmarks.subject.BenchProfiles;
import io.zandloper.benchmarks.subject.RedisServer;
import io.zandloper.loadtest.demo.ServerProcess;
import io.zandloper.loadtest.generate.DataSet;
import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.client.ProfileChange;
import io.zandloper.protocol.client.RequestEncoder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * P12: writes that are on the disk before they are acknowledged, 64 at a time, against Redis with {@code appendfsync
 * always}: two real processes, both there all the time, one of them busy at a time.
 */
final class DurableRows {
    private static final int CONNECTIONS = 64;
    private static final long ROWS = 100_000;
    private static final Duration START_MAX = Duration.ofMinutes(2);

    private final BenchFolder folder;
    private final int runs;
    private final Duration duration;
    private final PrintWriter out;

    DurableRows(BenchFolder folder, int runs, Duration duration, PrintWriter out) {
        this.folder = folder;
        this.runs = runs;
        this.duration = duration;
        this.out = out;
    }

    List<Comparison> run() throws IOException, InterruptedException {
        if (!RedisServer.isInstalled()) {
            out.println("P12: redis-server is not installed, so there is nothing to compare with");
            return List.of();
        }
        final Path catalog = folder.file("catalog.json");
        Files.write(catalog, BenchProfiles.catalogSource());
        // Both where the journal is: never on memory.
        final Path redisFolder = folder.journalRoot().resolve("redis");
        try (ServerProcess server = ServerProcess.spawn(
                        folder.file("server.log"),
                        List.of(
                                "--data",
                                folder.data().toString(),
                                "--journal",
                                folder.journal().toString(),
                                "--durability",
                                "fsync",
                                "--catalog",
                                catalog.toString()));
                RedisServer redis = RedisServer.start(redisFolder, "--appendonly", "yes", "--appendfsync", "always")) {
            server.awaitReady(START_MAX);
            redis.awaitRow(-1);
            try (ClosedLoop ours = new ClosedLoop(server.port("binary"), CONNECTIONS, new Binary());
                    ClosedLoop theirs = new ClosedLoop(redis.port(), CONNECTIONS, new Resp())) {
                return List.of(measure(ours, theirs));
            }
        } finally {
            BenchFolder.delete(redisFolder);
        }
    }

    private Comparison measure(ClosedLoop ours, ClosedLoop theirs) throws IOException {
        final double[] oursRates = new double[runs];
        final double[] theirsRates = new double[runs];
        ours.run(duration);
        theirs.run(duration);
        for (int i = 0; i < runs; i++) {
            oursRates[i] = ours.run(duration);
            theirsRates[i] = theirs.run(duration);
        }
        return Rounds.of(
                "P12",
                "upserts on the disk, 64 connections, one request on each",
                oursRates,
                "Redis SET, appendfsync always",
                theirsRates,
                "writes/s");
    }

    /** Upserts of new values, among so many profiles. */
    private static final class Binary implements ClosedLoop.Dialect {
        private final RequestEncoder encoder = new RequestEncoder();

        @Override
        public byte[] request(long number) {
            final long row = number % ROWS;
            final ProfileChange change = ProfileChange.merge(DataSet.crm(row))
                    .attribute("value", new String(BenchProfiles.value(row, (int) (number / ROWS)), ISO_8859_1));
            return RequestEncoder.frame(MessageType.UPSERT, number, 0, 0, encoder.upsert(change));
        }

        @Override
        public int answerLength(ByteBuffer received) throws IOException {
            if (received.remaining() < FrameDescriptor.HEADER_LENGTH_BYTES) {
                return 0;
            }
            final int start = received.position();
            final int length = received.getInt(start + FrameDescriptor.LENGTH_OFFSET);
            if (received.remaining() < length) {
                return 0;
            }
            final int status = received.getShort(start + FrameDescriptor.STATUS_OFFSET);
            if (status != Status.OK.number()) {
                throw new IOException("an upsert was refused, status=" + status);
            }
            return length;
        }
    }

    private static final class Resp implements ClosedLoop.Dialect {
        private static final int OK_LENGTH = "+OK\r\n".length();

        @Override
        public byte[] request(long number) {
            return RedisServer.set(number % ROWS);
        }

        @Override
        public int answerLength(ByteBuffer received) throws IOException {
            if (received.remaining() < OK_LENGTH) {
                return 0;
            }
            if (received.get(received.position()) != '+') {
                throw new IOException("a SET was refused");
            }
            return OK_LENGTH;
        }
    }
}
