package io.zandloper.loadtest.load;

import io.zandloper.loadtest.report.RunContext;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code load}: puts load on a running server. */
@Command(
        name = "load",
        description = "Puts load on a server's binary port and shows the latencies.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class LoadCommand implements Callable<Integer> {
    private static final int CONNECTIONS_MAX = 10_000;
    private static final int THREADS_MAX = 256;
    private static final int PIPELINE_MAX = 4_096;
    private static final int PIPELINE_OPEN_DEFAULT = 1_024;
    private static final double RATE_MAX = 100_000_000;
    private static final double SECONDS_MAX = 7 * 24 * 3_600;

    @Option(
            names = "--to",
            paramLabel = "H:P",
            defaultValue = "127.0.0.1:7400",
            description = "the server's binary port (${DEFAULT-VALUE})")
    private String to = "";

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
            paramLabel = "segments|nbo|mixed",
            defaultValue = "segments",
            description = "segment tests, decisions, or nine to one (${DEFAULT-VALUE})")
    private Workload workload = Workload.SEGMENTS;

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

    @Option(names = "--out", paramLabel = "DIR", description = "keep latency.hlog and summary.json there")
    private @Nullable Path out;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        final LoadPlan plan = plan();
        final PrintWriter console = spec.commandLine().getOut();
        final ConsoleReport report = new ConsoleReport(console);
        final Path directory = out;
        report.start(plan);
        final LoadResult result;
        if (directory == null) {
            result = new LoadRun(plan, report).run();
        } else {
            try (ResultFiles files = new ResultFiles(directory, command(), RunContext.current(), report)) {
                result = new LoadRun(plan, files).run();
                files.writeSummary(result);
            }
        }
        report.finish(result);
        if (result.count() == 0 || result.errors() > 0) {
            throw new IOException(
                    result.count() == 0 ? "nothing was answered" : "some requests were not answered as they should be");
        }
        return 0;
    }

    private String command() {
        return "./zandloper load "
                + String.join(" ", spec.commandLine().getParseResult().originalArgs());
    }

    private LoadPlan plan() {
        final int colon = to.lastIndexOf(':');
        require(colon > 0 && to.substring(colon + 1).matches("\\d{1,5}"), "must be HOST:PORT", "--to", to);
        final int port = Integer.parseInt(to.substring(colon + 1));
        require(port > 0 && port < 1 << 16, "must have a port from 1 to 65535", "--to", to);
        final LoadPlan.Mode loop = mode != null ? mode : rate == null ? LoadPlan.Mode.CLOSED : LoadPlan.Mode.OPEN;
        final boolean open = loop == LoadPlan.Mode.OPEN;
        require(open || rate == null, "only the open loop has a rate", "--rate", rate);
        final double ratePerSecond = rate == null ? 0 : rate;
        require(
                !open || (ratePerSecond >= 1 && ratePerSecond <= RATE_MAX),
                "the open loop needs a rate of 1 to " + (long) RATE_MAX + " requests a second",
                "--rate",
                rate);
        requireWithin(connections, CONNECTIONS_MAX, "--connections");
        requireWithin(threads, Math.min(THREADS_MAX, connections), "--threads");
        final int depth = pipeline != null ? pipeline : open ? PIPELINE_OPEN_DEFAULT : 1;
        requireWithin(depth, PIPELINE_MAX, "--pipeline");
        requireWithin(profiles, Integer.MAX_VALUE, "--profiles");
        require(seconds > 0 && seconds <= SECONDS_MAX, "must be above 0 and at most a week", "--seconds", seconds);
        require(warmupSeconds >= 0 && warmupSeconds <= SECONDS_MAX, "must be 0 to a week", "--warmup", warmupSeconds);
        require(
                graceSeconds > 0 && graceSeconds <= SECONDS_MAX,
                "must be above 0 and at most a week",
                "--grace",
                graceSeconds);
        final long requestsMax = requests == null ? Long.MAX_VALUE : requests;
        require(requestsMax > 0, "must be above 0", "--requests", requests);
        final boolean spins = open && Runtime.getRuntime().availableProcessors() > 1;
        try {
            return new LoadPlan(
                    to.substring(0, colon),
                    port,
                    loop,
                    arrivals,
                    waiting != null ? waiting : spins ? LoadPlan.Waiting.SPIN : LoadPlan.Waiting.BLOCK,
                    ratePerSecond,
                    connections,
                    threads,
                    depth,
                    workload,
                    KeyDistribution.parse(keys),
                    IdPattern.parse(id),
                    profiles,
                    segments,
                    placements,
                    Duration.ofNanos((long) (warmupSeconds * 1e9)),
                    Duration.ofNanos((long) (seconds * 1e9)),
                    Duration.ofNanos((long) (graceSeconds * 1e9)),
                    requestsMax,
                    seed);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
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
