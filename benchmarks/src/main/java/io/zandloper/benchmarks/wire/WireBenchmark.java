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

/** {@code bench wire}: P3, P4, P5 and P7 on one set of profiles, all processes there all the time, one busy at a time. */
public final class WireBenchmark {
    /** What can be asked for; P3 and P7 are measured in the same rounds. */
    public static final List<String> GOALS = List.of("P3", "P4", "P5", "P7");

    static final int OFFERS = 1_000;

    private static final String SOCKET = "s";

    /**
     * What is measured, and where.
     *
     * @param smoke only shows that it works
     * @param goals of {@link #GOALS}
     * @param dataOn folder for mapped files; null for that of temporary files
     * @param journalOn folder for journals; null for {@code dataOn}
     */
    public record Setup(
            int profiles,
            boolean smoke,
            Set<String> goals,
            @Nullable Path dataOn,
            @Nullable Path journalOn) {}

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
        try (BenchFolder folder = BenchFolder.create(setup.dataOn(), setup.journalOn());
                FilledServer server = FilledServer.start(
                        folder,
                        setup.profiles(),
                        OFFERS,
                        out,
                        "--socket",
                        folder.file(SOCKET).toString());
                EchoProcess echo = EchoProcess.start(folder.file("echo.log"))) {
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
            rows.addAll(new RoundTripRows(pace, kept)
                    .run(ours, beside, bare, theirs).stream()
                            .filter(row -> asked(row.goal()))
                            .toList());
        }
        final BatchRows batches = new BatchRows(pace, out);
        if (asked("P4") && redis != null && theirs != null) {
            rows.addAll(batches.run(ours, server::cpu, theirs, redis::cpu));
        }
        final TailRows tails = new TailRows(pace, kept, out);
        if (asked("P5")) {
            try (ServerJvm jvm = ServerJvm.attach(server.pid())) {
                rows.addAll(tails.run(ours, jvm, theirs));
            }
        }
        rows.addAll(GeneratorRows.run(profiles, batches, tails, out));
        return rows;
    }

    private boolean asked(String goal) {
        return setup.goals().contains(goal);
    }

    /** Latencies that were measured, by plot and line; after {@link #run}. */
    public Map<String, Map<String, Histogram>> latenciesNanos() {
        return kept.groups();
    }
}
