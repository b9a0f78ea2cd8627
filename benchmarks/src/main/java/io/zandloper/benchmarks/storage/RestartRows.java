package io.zandloper.benchmarks.storage;

import io.zandloper.benchmarks.measure.Comparison;
import io.zandloper.benchmarks.measure.Rounds;
import io.zandloper.benchmarks.subject.BenchFolder;
import io.zandloper.benchmarks.subject.BenchProfiles;
import io.zandloper.benchmarks.subject.BenchStorage;
import io.zandloper.benchmarks.subject.RedisServer;
import io.zandloper.loadtest.demo.ServerProcess;
import io.zandloper.loadtest.generate.DataSet;
import io.zandloper.protocol.client.ZandloperClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * P10: from the start of the process to its first right answer, after a clean stop and after a kill, against the same with
 * few profiles and against Redis loading its file. Real processes, started as a user would.
 */
final class RestartRows {
    private static final int SMALL_PROFILES = 10_000;
    private static final Duration START_MAX = Duration.ofMinutes(8);
    /** Files that were written may have to go to the disk first. */
    private static final Duration STOP_MAX = Duration.ofMinutes(3);

    private static final Duration ANSWER_MAX = Duration.ofSeconds(30);
    private static final String CLEAN = "start after a clean stop to the first right answer";
    private static final String KILLED = "start after a kill to the first right answer";

    private final BenchFolder folder;
    private final BenchFolder small;
    private final long profiles;
    private final int runs;
    private final PrintWriter out;

    /**
     * @param folder with that many profiles in it, closed
     * @param small an empty one
     */
    RestartRows(BenchFolder folder, BenchFolder small, long profiles, int runs, PrintWriter out) {
        this.folder = folder;
        this.small = small;
        this.profiles = profiles;
        this.runs = runs;
        this.out = out;
    }

    /** @param redisProfiles how many Redis has to load */
    List<Comparison> run(long redisProfiles) throws IOException, InterruptedException {
        final int smallProfiles = (int) Math.min(SMALL_PROFILES, profiles);
        try (BenchStorage storage = BenchStorage.open(small)) {
            storage.putCatalog();
            storage.putProfiles(smallProfiles, 0, done -> {});
        }
        // The first start of all brings the program itself into memory.
        seconds(small, smallProfiles, false);
        final double[] clean = new double[runs];
        final double[] cleanSmall = new double[runs];
        for (int i = 0; i < runs; i++) {
            // The last start of each ends in a kill.
            cleanSmall[i] = seconds(small, smallProfiles, false);
            clean[i] = seconds(folder, profiles, i == runs - 1);
        }
        final double[] killed = {seconds(folder, profiles, false)};
        out.printf(Locale.ROOT, "start after a kill: %.1f s%n", killed[0]);
        final List<Comparison> rows = new ArrayList<>();
        rows.add(Rounds.of(
                "P10",
                CLEAN,
                clean,
                String.format(Locale.ROOT, "the same with %,d profiles", smallProfiles),
                cleanSmall,
                "s"));
        if (RedisServer.isInstalled()) {
            final double[] redis = redisSeconds(redisProfiles);
            final String against = String.format(Locale.ROOT, "Redis loading its RDB file of %,d keys", redisProfiles);
            rows.add(Rounds.of("P10", CLEAN, clean, against, redis, "s"));
            rows.add(Rounds.of("P10", KILLED, killed, against, new double[] {redis[0]}, "s"));
        } else {
            out.println("P10: redis-server is not installed, so there is nothing to compare with");
        }
        return rows;
    }

    private double seconds(BenchFolder where, long rows, boolean kill) throws IOException, InterruptedException {
        final long row = rows / 2;
        final List<String> segments = IntStream.range(0, BenchProfiles.SEGMENTS)
                .mapToObj(BenchProfiles::segmentId)
                .toList();
        final long start = System.nanoTime();
        final ServerProcess server = ServerProcess.spawn(
                where.file("server.log"),
                List.of(
                        "--data",
                        where.data().toString(),
                        "--journal",
                        where.journal().toString()));
        boolean killed = false;
        try {
            server.awaitReady(START_MAX);
            try (ZandloperClient client = ZandloperClient.builder(server.host("binary"), server.port("binary"))
                    .deadline(ANSWER_MAX)
                    .connect()) {
                final var test = client.testSegments(DataSet.crm(row), segments).join();
                final double seconds = (System.nanoTime() - start) / 1e9;
                for (int segment = 0; segment < segments.size(); segment++) {
                    if (test.isMember(segment) != BenchProfiles.isMember(row, segment)) {
                        throw new IOException("a wrong answer after a start, row=" + row + " segment=" + segment);
                    }
                }
                if (kill) {
                    server.kill();
                    killed = true;
                }
                return seconds;
            }
        } finally {
            if (!killed) {
                server.stop(STOP_MAX);
            }
        }
    }

    private double[] redisSeconds(long rows) throws IOException {
        final double[] seconds = new double[runs];
        final var redisFolder = folder.journalRoot().resolve("redis");
        try {
            try (RedisServer redis = RedisServer.start(redisFolder, "--appendonly", "no")) {
                redis.awaitRow(-1);
                redis.put(rows, done -> {});
                redis.save();
            }
            for (int i = 0; i < runs; i++) {
                final long start = System.nanoTime();
                try (RedisServer redis = RedisServer.start(redisFolder, "--appendonly", "no")) {
                    redis.awaitRow(rows / 2);
                    seconds[i] = (System.nanoTime() - start) / 1e9;
                }
            }
        } finally {
            BenchFolder.delete(redisFolder);
        }
        return seconds;
    }
}
