package io.zandloper.benchmarks.wire;

import io.zandloper.benchmarks.measure.Comparison;
import io.zandloper.benchmarks.subject.BenchFolder;
import io.zandloper.benchmarks.subject.MemcachedServer;
import io.zandloper.benchmarks.subject.RedisServer;
import io.zandloper.loadtest.dialect.Protocol;
import io.zandloper.loadtest.report.ProgressLine;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * {@code bench peers}: the same generator, machine, number of profiles and bytes of each, on our server and on Redis and
 * memcached where they are installed. One peer after the other, each in turns with ours.
 */
public final class PeersBenchmark {
    /** So many profiles are kept as Redis hashes too; whole profiles are asked about among these. */
    private static final int HASHES_MAX = 1_000_000;

    private static final String NOT_COMPARABLE = """
            What is not comparable: Redis and memcached hand out the bytes that stand under a key, and whoever asked has to
            find the segment in them; they know neither consent nor expiry. A segment test answers yes or no, by what is
            visible now. Redis answers from one thread, memcached from four, ours from one for each core. Writes: ours are
            handed to the operating system's journal file before they are acknowledged and replace one attribute of 256
            bytes, Redis (append-only file, no fsync) and memcached (nothing kept at all) replace the whole value of 384.
            """;

    /** @see WireBenchmark.Setup */
    public record Setup(
            int profiles,
            boolean smoke,
            @Nullable Path dataOn,
            @Nullable Path journalOn) {}

    private final Setup setup;
    private final PrintWriter out;
    private final PeerRows rows;
    private final Kept kept = new Kept();

    public PeersBenchmark(Setup setup, PrintWriter out) {
        this.setup = setup;
        this.out = out;
        this.rows = new PeerRows(setup.smoke() ? Pace.SMOKE : Pace.REAL, kept, out);
    }

    public List<Comparison> run() throws IOException, InterruptedException {
        final List<Comparison> all = new ArrayList<>();
        try (BenchFolder folder = BenchFolder.create(setup.dataOn(), setup.journalOn());
                FilledServer server = FilledServer.start(folder, setup.profiles(), 0, out, "--durability", "os")) {
            final PeerRows.Subject ours = new PeerRows.Subject(
                    Loads.ours("Zandloper", server.endpoint(), setup.profiles(), out), server::cpu);
            all.addAll(redis(folder, ours));
            all.addAll(memcached(folder, ours));
        }
        out.print(NOT_COMPARABLE);
        out.flush();
        return all;
    }

    private List<Comparison> redis(BenchFolder folder, PeerRows.Subject ours) throws IOException, InterruptedException {
        if (!RedisServer.isInstalled()) {
            out.println("redis-server is not installed, so nothing is compared with it");
            return List.of();
        }
        final List<Comparison> all = new ArrayList<>();
        // What it appends to lies where our journal does: never on memory.
        final Path files = folder.journalRoot().resolve("redis");
        try (RedisServer redis = RedisServer.start(files, "--appendonly", "no")) {
            redis.awaitRow(-1);
            final int hashes = Math.min(HASHES_MAX, setup.profiles());
            final ProgressLine progress = ProgressLine.onConsole(out, "filling Redis", setup.profiles());
            redis.put(setup.profiles(), progress::update);
            redis.putHashes(hashes, done -> {});
            progress.finish();
            final Loads loads = Loads.values("Redis", redis.port(), Protocol.RESP, setup.profiles(), out);
            final PeerRows.Subject theirs = new PeerRows.Subject(loads, redis::cpu);
            all.addAll(rows.reads(ours, theirs, "Redis GET", "Redis GET, pipelines of " + Loads.BATCH));
            all.addAll(rows.profiles(
                    ours.about("crm:{row}", hashes), theirs.about(RedisServer.HASHES, hashes), "Redis HGETALL"));
            redis.appendToFile();
            all.addAll(rows.writes(ours, theirs, "Redis, appended to a file without fsync"));
        } finally {
            BenchFolder.delete(files);
        }
        return all;
    }

    private List<Comparison> memcached(BenchFolder folder, PeerRows.Subject ours)
            throws IOException, InterruptedException {
        if (!MemcachedServer.isInstalled()) {
            out.println("memcached is not installed, so nothing is compared with it");
            return List.of();
        }
        try (MemcachedServer memcached = MemcachedServer.start(folder.file("memcached.log"), setup.profiles())) {
            final ProgressLine progress = ProgressLine.onConsole(out, "filling memcached", setup.profiles());
            memcached.put(setup.profiles(), progress::update);
            progress.finish();
            final PeerRows.Subject theirs = new PeerRows.Subject(
                    Loads.values("memcached", memcached.port(), Protocol.MEMCACHED, setup.profiles(), out),
                    memcached::cpu);
            final List<Comparison> all = new ArrayList<>(
                    rows.reads(ours, theirs, "memcached get", "memcached get of " + Loads.BATCH + " keys"));
            all.addAll(rows.writes(ours, theirs, "memcached, nothing kept"));
            return all;
        }
    }

    /** Latencies that were measured, by plot and line; after {@link #run}. */
    public Map<String, Map<String, Histogram>> latenciesNanos() {
        return kept.groups();
    }
}
