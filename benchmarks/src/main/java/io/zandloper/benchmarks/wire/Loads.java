package io.zandloper.benchmarks.wire;

import io.zandloper.benchmarks.subject.BenchProfiles;
import io.zandloper.benchmarks.subject.RedisServer;
import io.zandloper.loadtest.dialect.Checksum;
import io.zandloper.loadtest.dialect.Protocol;
import io.zandloper.loadtest.dialect.Questions;
import io.zandloper.loadtest.load.Endpoint;
import io.zandloper.loadtest.load.IdPattern;
import io.zandloper.loadtest.load.KeyDistribution;
import io.zandloper.loadtest.load.LoadPlan;
import io.zandloper.loadtest.load.LoadResult;
import io.zandloper.loadtest.load.LoadRun;
import io.zandloper.loadtest.load.Workload;
import io.zandloper.protocol.Status;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Loads on one of those that are compared, and whether they were answered as they should be. Immutable. */
public final class Loads {
    /** Profiles of one frame, or requests of one pipeline. */
    static final int BATCH = 50;

    /** What is asked about a profile: whether it is in this one. */
    private static final int SEGMENT = 0;

    private static final String ROWS = "crm:{row}";
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final long SEED = 1;

    private final String name;
    private final LoadPlan.Target target;
    private final Questions questions;
    private final IdPattern id;
    private final int profiles;
    private final @Nullable LongUnaryOperator contents;
    private final PrintWriter out;

    private Loads(
            String name,
            LoadPlan.Target target,
            Questions questions,
            IdPattern id,
            int profiles,
            @Nullable LongUnaryOperator contents,
            PrintWriter out) {
        this.name = name;
        this.target = target;
        this.questions = questions;
        this.id = id;
        this.profiles = profiles;
        this.contents = contents;
        this.out = out;
    }

    /** On our own server. */
    public static Loads ours(String name, Endpoint endpoint, int profiles, PrintWriter out) {
        return new Loads(
                name,
                new LoadPlan.Target(endpoint, Protocol.ZANDLOPER),
                questions(BenchProfiles.VALUE_BYTES),
                IdPattern.parse(ROWS),
                profiles,
                row -> Checksum.ofMembers(0, BenchProfiles.isMember(row, SEGMENT)),
                out);
    }

    /** On one that has the values of {@link RedisServer#value} under the same keys. */
    static Loads values(String name, int port, Protocol protocol, int profiles, PrintWriter out) {
        return new Loads(
                name,
                new LoadPlan.Target(loopback(port), protocol),
                questions(BenchProfiles.PAYLOAD_BYTES),
                IdPattern.parse(ROWS),
                profiles,
                row -> {
                    final byte[] value = RedisServer.value(row);
                    return Checksum.ofBytes(ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN), 0, value.length);
                },
                out);
    }

    /** On one that sends back what comes, or has an answer ready for everything. */
    static Loads empty(String name, int port, Protocol protocol, int profiles, PrintWriter out) {
        return new Loads(
                name,
                new LoadPlan.Target(loopback(port), protocol),
                questions(BenchProfiles.VALUE_BYTES),
                IdPattern.parse(ROWS),
                profiles,
                null,
                out);
    }

    private static Endpoint loopback(int port) {
        return Endpoint.tcp("127.0.0.1", port);
    }

    /** @param valueBytes that a write writes */
    public static Questions questions(int valueBytes) {
        return new Questions(
                List.of(BenchProfiles.segmentId(SEGMENT)), List.of(BenchProfiles.PLACEMENT), BATCH, valueBytes);
    }

    /** The same about others, whose answers are not known beforehand. */
    Loads about(String pattern, int count) {
        return new Loads(name, target, questions, IdPattern.parse(pattern), count, null, out);
    }

    public LoadPlan plan(Workload workload, LoadPlan.Loop loop, LoadPlan.Extent extent) {
        return new LoadPlan(
                target,
                loop,
                new LoadPlan.Asking(workload, questions, new KeyDistribution(0), id, profiles, null),
                extent,
                SEED);
    }

    public static LoadPlan.Extent during(Duration warmup, Duration duration) {
        return new LoadPlan.Extent(warmup, duration, GRACE, Long.MAX_VALUE);
    }

    /** Always the same requests, for as long as they take, within bounds. */
    static LoadPlan.Extent requests(Duration warmup, Duration durationMax, long requests) {
        return new LoadPlan.Extent(warmup, durationMax, GRACE, requests);
    }

    /**
     * Runs to the end. Where a server refuses some because it has too much to do, as ours does, that is said, and they are
     * errors of the result.
     *
     * @throws IOException where anything else was not answered, or wrongly
     */
    public LoadResult run(LoadPlan plan) throws IOException, InterruptedException {
        final LoadRun run = new LoadRun(plan, progress -> {});
        final LoadResult result = answered(run);
        if (result.errors() > 0) {
            out.printf(Locale.ROOT, "OVERLOAD: %s was too busy for %,d requests%n", name, result.errors());
            out.flush();
            return result;
        }
        final LongUnaryOperator known = contents;
        final Workload workload = plan.asking().workload();
        if (known != null
                && (workload == Workload.SEGMENTS || workload == Workload.BATCH)
                && result.checksum() != run.expectedChecksum(known)) {
            throw new IOException(name + " gave wrong answers");
        }
        return result;
    }

    /** The same where it is meant to have too much to do. */
    LoadResult runBeyond(LoadPlan plan) throws IOException, InterruptedException {
        return answered(new LoadRun(plan, progress -> {}));
    }

    /** Whose only errors are refusals of one that is too busy. */
    private LoadResult answered(LoadRun run) throws IOException, InterruptedException {
        final LoadResult result = run.run();
        final long busy = result.errorsByName().entrySet().stream()
                .filter(error -> error.getKey().startsWith(Status.BUSY.name()))
                .mapToLong(Map.Entry::getValue)
                .sum();
        if (result.errors() > busy || result.count() == 0) {
            throw new IOException(name + " did not answer everything as it should: " + result.errorsByName());
        }
        return result;
    }

    @Override
    public String toString() {
        return name;
    }
}
