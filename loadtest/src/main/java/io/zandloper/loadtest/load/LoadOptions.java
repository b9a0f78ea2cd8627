package io.zandloper.loadtest.load;

import io.zandloper.loadtest.dialect.Protocol;
import io.zandloper.loadtest.dialect.Questions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say what a run does, and the plan they make. */
final class LoadOptions {
    private static final int CONNECTIONS_MAX = 10_000;
    private static final int THREADS_MAX = 256;
    private static final int PIPELINE_MAX = 4_096;
    private static final int PIPELINE_OPEN_DEFAULT = 1_024;
    private static final int BATCH_MAX = 1_024;
    /** What a string attribute has at most. */
    private static final int VALUE_BYTES_MAX = 4_096;

    private static final double RATE_MAX = 100_000_000;
    private static final double SECONDS_MAX = 7 * 24 * 3_600;

    @Option(
            names = "--to",
            paramLabel = "H:P|unix:PATH",
            defaultValue = "127.0.0.1:7400",
            description = "the server's binary port or socket (${DEFAULT-VALUE})")
    private String to = "";

    @Option(
            names = "--protocol",
            paramLabel = "zandloper|resp|memcached|echo",
            defaultValue = "zandloper",
            description =
                    "what is spoken there: ours, Redis's, memcached's, or frames that come back (${DEFAULT-VALUE})")
    private Protocol protocol = Protocol.ZANDLOPER;

    @Option(
            names = "--mode",
            paramLabel = "open|closed",
            description = "open: requests are due at --rate, and latencies count from when they were due;"
                    + " closed: the next request when one is answered (open where there is a rate, else closed)")
    private LoadPlan.@Nullable Mode mode;

    @Option(names = "--rate", paramLabel = "R", description = "requests a second in sum, for the open loop")
    private @Nullable Double rate;

    @Option(
            names = "--arrivals",
            paramLabel = "even|poisson",
            defaultValue = "even",
            description = "how the due times lie (${DEFAULT-VALUE})")
    private LoadPlan.Arrivals arrivals = LoadPlan.Arrivals.EVEN;

    @Option(
            names = "--trace",
            paramLabel = "FILE",
            description = "send what was recorded, at its times: lines of microseconds, operation, identity")
    private @Nullable Path traceFile;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "4",
            description = "connections (${DEFAULT-VALUE})")
    private int connections;

    @Option(
            names = {"--pipeline", "--in-flight"},
            paramLabel = "N",
            description = "requests in flight on a connection (closed: 1; open: at most " + PIPELINE_OPEN_DEFAULT + ")")
    private @Nullable Integer pipeline;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "1",
            description = "sending threads (${DEFAULT-VALUE})")
    private int threads;

    @Option(
            names = "--wait",
            paramLabel = "spin|block",
            description = "spin: see answers at once and take a core; block: sleep in between"
                    + " (open: spin where there are at least two cores; closed: block)")
    private LoadPlan.@Nullable Waiting waiting;

    @Option(
            names = "--workload",
            paramLabel = "NAME",
            defaultValue = "segments",
            description = "segments: segment tests; nbo: decisions; page: nine to one of these; mixed: the same with a"
                    + " write in twenty; readwrite: tests and writes, 95 to 5; writes: these alone; batch: tests of"
                    + " many profiles in a frame; profiles: whole profiles (${DEFAULT-VALUE})")
    private Workload workload = Workload.SEGMENTS;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "" + LoadPlan.BATCH_DEFAULT,
            description = "profiles in one frame of a batch (${DEFAULT-VALUE})")
    private int batch;

    @Option(
            names = "--value-bytes",
            paramLabel = "N",
            defaultValue = "" + LoadPlan.VALUE_BYTES_DEFAULT,
            description = "of the attribute that a write replaces (${DEFAULT-VALUE})")
    private int valueBytes;

    @Option(
            names = "--keys",
            paramLabel = "uniform|zipf[:E]",
            defaultValue = "uniform",
            description = "who is asked about how often; E is 0.99 unless given (${DEFAULT-VALUE})")
    private String keys = "";

    @Option(
            names = "--profiles",
            paramLabel = "N",
            defaultValue = "100000",
            description = "how many profiles the server has (${DEFAULT-VALUE})")
    private int profiles;

    @Option(
            names = "--id",
            paramLabel = "PATTERN",
            defaultValue = "crm:{row}",
            description = "how they are named; {row} counts from 1 (${DEFAULT-VALUE})")
    private String id = "";

    @Option(
            names = "--segments",
            paramLabel = "IDS",
            split = ",",
            defaultValue = LoadPlan.SEGMENTS_DEFAULT,
            description = "segments of one test (${DEFAULT-VALUE})")
    private List<String> segments = List.of();

    @Option(
            names = "--placements",
            paramLabel = "IDS",
            split = ",",
            defaultValue = LoadPlan.PLACEMENTS_DEFAULT,
            description = "placements of one decision (${DEFAULT-VALUE})")
    private List<String> placements = List.of();

    @Option(
            names = "--warmup",
            paramLabel = "S",
            defaultValue = "2",
            description = "seconds that do not count (${DEFAULT-VALUE})")
    private double warmupSeconds;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "10",
            description = "seconds that count (${DEFAULT-VALUE})")
    private double seconds;

    @Option(
            names = "--grace",
            paramLabel = "S",
            defaultValue = "5",
            description = "seconds to wait for the last answers (${DEFAULT-VALUE})")
    private double graceSeconds;

    @Option(names = "--requests", paramLabel = "N", description = "stop after this many requests, warm-up included")
    private @Nullable Long requests;

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "1",
            description = "of the keys and due times (${DEFAULT-VALUE})")
    private long seed;

    @Option(names = "--far", description = "allow an address that is neither on this machine nor in a private network")
    private boolean far;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    /** @param rateDefault of the open loop where none is given; 0 for none */
    LoadPlan plan(double rateDefault) throws IOException {
        if (rate == null && rateDefault > 0) {
            rate = rateDefault;
        }
        try {
            final Endpoint endpoint = Endpoint.parse(to);
            final Trace trace = traceFile == null ? null : Trace.read(traceFile);
            final LoadPlan plan = new LoadPlan(
                    new LoadPlan.Target(endpoint, protocol), loop(trace), asking(trace), extent(trace), seed);
            require(
                    far || endpoint.isNear(),
                    "is neither on this machine nor in a private network; load there has to be asked for with --far",
                    "--to",
                    to);
            return plan;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private LoadPlan.Loop loop(@Nullable Trace trace) {
        final LoadPlan.Mode loop = trace != null
                ? LoadPlan.Mode.OPEN
                : mode != null ? mode : rate == null ? LoadPlan.Mode.CLOSED : LoadPlan.Mode.OPEN;
        final boolean open = loop == LoadPlan.Mode.OPEN;
        require(
                trace == null || (rate == null && mode != LoadPlan.Mode.CLOSED),
                "a trace has its own times",
                "--trace",
                traceFile);
        require(open || rate == null, "only the open loop has a rate", "--rate", rate);
        final double ratePerSecond = trace != null ? trace.ratePerSecond() : rate == null ? 0 : rate;
        require(
                !open || trace != null || (ratePerSecond >= 1 && ratePerSecond <= RATE_MAX),
                "the open loop needs a rate of 1 to " + (long) RATE_MAX + " requests a second",
                "--rate",
                rate);
        require(arrivals != LoadPlan.Arrivals.TRACE, "that is what --trace is for", "--arrivals", "trace");
        requireWithin(connections, CONNECTIONS_MAX, "--connections");
        requireWithin(threads, Math.min(THREADS_MAX, connections), "--threads");
        final int depth = pipeline != null ? pipeline : open ? PIPELINE_OPEN_DEFAULT : 1;
        requireWithin(depth, PIPELINE_MAX, "--pipeline");
        final boolean spins = open && Runtime.getRuntime().availableProcessors() > 1;
        return new LoadPlan.Loop(
                loop,
                trace != null ? LoadPlan.Arrivals.TRACE : arrivals,
                waiting != null ? waiting : spins ? LoadPlan.Waiting.SPIN : LoadPlan.Waiting.BLOCK,
                ratePerSecond,
                connections,
                threads,
                depth);
    }

    private LoadPlan.Asking asking(@Nullable Trace trace) {
        requireWithin(profiles, Integer.MAX_VALUE, "--profiles");
        requireWithin(batch, BATCH_MAX, "--batch");
        require(
                valueBytes >= Questions.STAMP_BYTES && valueBytes <= VALUE_BYTES_MAX,
                "must be " + Questions.STAMP_BYTES + " to " + VALUE_BYTES_MAX,
                "--value-bytes",
                valueBytes);
        return new LoadPlan.Asking(
                workload,
                new Questions(segments, placements, batch, valueBytes),
                KeyDistribution.parse(keys),
                IdPattern.parse(id),
                profiles,
                trace);
    }

    private LoadPlan.Extent extent(@Nullable Trace trace) {
        require(seconds > 0 && seconds <= SECONDS_MAX, "must be above 0 and at most a week", "--seconds", seconds);
        require(warmupSeconds >= 0 && warmupSeconds <= SECONDS_MAX, "must be 0 to a week", "--warmup", warmupSeconds);
        require(
                graceSeconds > 0 && graceSeconds <= SECONDS_MAX,
                "must be above 0 and at most a week",
                "--grace",
                graceSeconds);
        final long requestsMax = requests == null ? Long.MAX_VALUE : requests;
        require(requestsMax > 0, "must be above 0", "--requests", requests);
        final Duration warmup = nanos(warmupSeconds);
        if (trace == null) {
            return new LoadPlan.Extent(warmup, nanos(seconds), nanos(graceSeconds), requestsMax);
        }
        // The last request is due within it.
        final Duration whole = trace.duration().plusNanos(1);
        require(
                warmup.compareTo(whole) < 0,
                String.format(Locale.ROOT, "the trace takes %.3f s only", whole.toNanos() / 1e9),
                "--warmup",
                warmupSeconds);
        return new LoadPlan.Extent(warmup, whole.minus(warmup), nanos(graceSeconds), requestsMax);
    }

    private static Duration nanos(double seconds) {
        return Duration.ofNanos((long) (seconds * 1e9));
    }

    private void requireWithin(int value, int max, String option) {
        require(value >= 1 && value <= max, "must be 1 to " + max, option, value);
    }

    private void require(boolean holds, String complaint, String option, @Nullable Object value) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), complaint + ": " + option + "=" + value);
        }
    }
}
