package io.zandloper.benchmarks.wire;

import io.zandloper.benchmarks.measure.Comparison;
import io.zandloper.benchmarks.subject.BenchFolder;
import io.zandloper.benchmarks.subject.EchoProcess;
import io.zandloper.benchmarks.subject.RedisServer;
import io.zandloper.loadtest.dialect.Protocol;
import io.zandloper.loadtest.load.Endpoint;
import io.zandloper.loadtest.report.ProgressLine;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * {@code bench wire}: P3, P4, P5, P7 and overload on one set of profiles, all processes there all the time, one busy at a
 * time; before them the transports, each with a server of its own, and in this process what looking ahead gains.
 */
public final class WireBenchmark {
    private static final String TRANSPORT = "transport";
    private static final String LOOK_AHEAD = "lookahead";
    private static final String OVERLOAD = "overload";

    /** What can be asked for; P3 and P7 are measured in the same rounds. */
    public static final List<String> GOALS = List.of("P3", "P4", "P5", "P7", OVERLOAD, TRANSPORT, LOOK_AHEAD);

    static final int OFFERS = 1_000;

    private static final String SOCKET = "s";

    /**
     * What is measured, and where.
     *
     * @param smoke only shows that it works
     * @param goals of {@link #GOALS}
     * @param dataOn folder for mapped files; null for that of temporary files
     * @param journalOn folder for journals; null for {@code dataOn}
     * @param recordingsTo folder for a recording of the server's JVM during each goal; null for none
     */
    public record Setup(
            int profiles,
            boolean smoke,
            Set<String> goals,
            @Nullable Path dataOn,
            @Nullable Path journalOn,
            @Nullable Path recordingsTo) {}

    private final Setup setup;
    private final Pace pace;
    private final PrintWriter out;
    private final Kept kept = new Kept();

    public WireBenchmark(Setup setup, PrintWriter out) {
        this.setup = setup;
        this.pace = setup.smoke() ? Pace.SMOKE : Pace.REAL;
        this.out = out;
    }

    public List<Comparison> run() throws IOException, InterruptedException {
        final List<Comparison> rows = new ArrayList<>();
        if (asked(TRANSPORT)) {
            rows.addAll(new TransportRows(pace, kept, out).run(setup.profiles(), setup.dataOn(), setup.journalOn()));
        }
        if (!Set.of(TRANSPORT).containsAll(setup.goals())) {
            try (BenchFolder folder = BenchFolder.create(setup.dataOn(), setup.journalOn())) {
                FilledServer.fill(folder, setup.profiles(), OFFERS, out, storage -> {
                    if (asked(LOOK_AHEAD)) {
                        rows.addAll(new LookAheadRows(pace, out).run(storage, setup.profiles()));
                    }
                });
                if (!Set.of(TRANSPORT, LOOK_AHEAD).containsAll(setup.goals())) {
                    rows.addAll(beside(folder));
                }
            }
        }
        return rows;
    }

    private List<Comparison> beside(BenchFolder folder) throws IOException, InterruptedException {
        try (FilledServer server = FilledServer.open(
                        folder, "--socket", folder.file(SOCKET).toString());
                EchoProcess echo = EchoProcess.start(folder.file("echo.log"))) {
            if (Set.of(TRANSPORT, LOOK_AHEAD, OVERLOAD).containsAll(setup.goals())) {
                return measure(folder, server, echo, null);
            }
            if (!RedisServer.isInstalled()) {
                out.println("redis-server is not installed, so nothing is compared with it");
                return measure(folder, server, echo, null);
            }
            try (RedisServer redis = RedisServer.start(folder.file("redis"), "--appendonly", "no")) {
                redis.awaitRow(-1);
                final ProgressLine progress = ProgressLine.onConsole(out, "filling Redis", setup.profiles());
                redis.put(setup.profiles(), progress::update);
                progress.finish();
                return measure(folder, server, echo, redis);
            }
        }
    }

    private List<Comparison> measure(
            BenchFolder folder, FilledServer server, EchoProcess echo, @Nullable RedisServer redis)
            throws IOException, InterruptedException {
        final int profiles = setup.profiles();
        final Loads ours = Loads.ours("Zandloper", server.endpoint(), profiles, out);
        final Loads theirs = redis == null ? null : Loads.values("Redis", redis.port(), Protocol.RESP, profiles, out);
        final List<Comparison> rows = new ArrayList<>();
        if (asked("P3") || asked("P7")) {
            final Loads beside =
                    Loads.ours("Zandloper, Unix socket", Endpoint.unix(folder.file(SOCKET)), profiles, out);
            final Loads bare = Loads.empty("the echo", echo.port(), Protocol.ECHO, profiles, out);
            rows.addAll(
                    recorded(server, "P3", () -> new RoundTripRows(pace, kept).run(ours, beside, bare, theirs)).stream()
                            .filter(row -> asked(row.goal()))
                            .toList());
        }
        final BatchRows batches = new BatchRows(pace, out);
        if (asked("P4") && redis != null && theirs != null) {
            rows.addAll(recorded(server, "P4", () -> batches.run(ours, server::cpu, theirs, redis::cpu)));
        }
        final TailRows tails = new TailRows(pace, kept, out);
        if (asked("P5")) {
            try (ServerJvm jvm = ServerJvm.attach(server.pid())) {
                rows.addAll(recorded(server, "P5", () -> tails.run(ours, jvm, theirs)));
            }
        }
        final OverloadRows overload = new OverloadRows(pace, kept, out);
        if (asked(OVERLOAD)) {
            rows.addAll(recorded(server, OVERLOAD, () -> overload.run(ours)));
        }
        rows.addAll(GeneratorRows.run(profiles, batches, tails, overload, out));
        return rows;
    }

    private interface Measurement {
        List<Comparison> run() throws IOException, InterruptedException;
    }

    private List<Comparison> recorded(FilledServer server, String goal, Measurement measurement)
            throws IOException, InterruptedException {
        final Path folder = setup.recordingsTo();
        if (folder == null) {
            return measurement.run();
        }
        try (ServerJvm jvm = ServerJvm.attach(server.pid())) {
            final ServerRecording recording = ServerRecording.start(jvm, folder.resolve(goal + ".jfr"));
            try {
                return measurement.run();
            } finally {
                recording.close();
            }
        }
    }

    private boolean asked(String goal) {
        return setup.goals().contains(goal);
    }

    /** Latencies that were measured, by plot and line; after {@link #run}. */
    public Map<String, Map<String, Histogram>> latenciesNanos() {
        return kept.groups();
    }
}
