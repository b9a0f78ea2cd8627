package io.zandloper.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.zandloper.benchmarks.measure.Comparison;
import io.zandloper.benchmarks.profile.ProfileCommand;
import io.zandloper.benchmarks.replication.ReplicationBenchmark;
import io.zandloper.benchmarks.storage.StorageBenchmark;
import io.zandloper.benchmarks.wire.PeersBenchmark;
import io.zandloper.benchmarks.wire.WireBenchmark;
import io.zandloper.loadtest.report.ProgressLine;
import io.zandloper.loadtest.report.RunContext;
import io.zandloper.storage.catalog.CatalogLimits;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bench}: runs one benchmark and prints its table. */
@Command(
        name = "bench",
        description = "Measures Zandloper against something else in the same run; a ratio is ours by theirs.",
        subcommands = ProfileCommand.class,
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class BenchCommand implements Callable<Integer> {
    private static final int PROFILES_MAX = 50_000_000;

    /** What can be measured. */
    enum Name {
        STORAGE,
        DECIDE,
        WIRE,
        PEERS,
        REPLICATION
    }

    /** {@code SMOKE} only shows that it works. */
    enum Size {
        SMOKE,
        REAL
    }

    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            description = "storage: look-ups, memory, restart, durable writes; decide: decisions; wire: round trips,"
                    + " batches and tails over the binary protocol; peers: the same loads on Redis and memcached;"
                    + " replication: full sync, following, reads beside")
    private @Nullable Name name;

    @Option(names = "--size", paramLabel = "smoke|real", defaultValue = "real", description = "${DEFAULT-VALUE}")
    private Size size = Size.REAL;

    @Option(
            names = "--profiles",
            paramLabel = "N",
            description = "storage, wire, peers, replication: 20,000 or 10,000,000; decide: 50 or 1,000")
    private @Nullable Integer profiles;

    @Option(
            names = "--goals",
            paramLabel = "GOAL,…",
            split = ",",
            description =
                    "only these; storage: layout, records, growth, P1, P2, P8, snapshot, P9, P10, P12, catalog; wire:"
                            + " P3, P4, P5, P7, overload, transport, lookahead; replication: sync, reads, stream")
    private List<String> goals = List.of();

    @Option(
            names = "--offers",
            paramLabel = "N,…",
            split = ",",
            description = "decide: only catalogs of so many offers, ascending; 100,000 need a heap of 6 GB")
    private List<Integer> offers = List.of();

    @Option(
            names = "--data-on",
            paramLabel = "DIR",
            description = "mapped files go there, such as on a tmpfs mounted huge=always")
    private @Nullable Path dataOn;

    @Option(
            names = "--journal-on",
            paramLabel = "DIR",
            description = "journals and Redis's files go there, on a disk; default: as --data-on")
    private @Nullable Path journalOn;

    @Option(names = "--json", paramLabel = "FILE", description = "write the rows there as a JSON array")
    private @Nullable Path json;

    @Option(names = "--record", description = "add them to benchmarks/results, with commit and machine")
    private boolean record;

    @Option(
            names = "--jfr",
            paramLabel = "DIR",
            description = "wire: have the JDK's Flight Recorder record the server there while a goal is measured, for"
                    + " bench profile; not with --record")
    private @Nullable Path recordingsTo;

    /** For plots: by plot, then by line. */
    private Map<String, Map<String, Histogram>> latenciesNanos = Map.of();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        final Name measured = name;
        if (measured == null) {
            throw new ParameterException(spec.commandLine(), "one of " + List.of(Name.values()) + " is missing");
        }
        if (record && recordingsTo != null) {
            throw new ParameterException(spec.commandLine(), "one of --record and --jfr: recording takes time itself");
        }
        final Integer asked = profiles;
        if (asked != null && (asked < 1 || asked > PROFILES_MAX)) {
            throw new ParameterException(spec.commandLine(), "must be 1 to " + PROFILES_MAX + ": --profiles=" + asked);
        }
        for (final int count : offers) {
            if (count < 1 || count > CatalogLimits.OFFERS_MAX) {
                throw new ParameterException(
                        spec.commandLine(), "must be 1 to " + CatalogLimits.OFFERS_MAX + ": --offers=" + count);
            }
        }
        for (final String goal : goals) {
            if (!goalsOf(measured).contains(goal)) {
                throw new ParameterException(spec.commandLine(), "none of " + goalsOf(measured) + ": --goals=" + goal);
            }
        }
        final PrintWriter out = spec.commandLine().getOut();
        final double loadBefore = loadAverage();
        final List<Comparison> rows = run(measured, out, asked);
        print(rows, out);
        final ArrayNode array = JsonNodeFactory.instance.arrayNode();
        rows.forEach(row -> array.add(row.toJson()));
        final Path file = json;
        if (file != null) {
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), array);
        }
        if (record) {
            append(measured, array, loadBefore);
        }
        return 0;
    }

    private List<Comparison> run(Name measured, PrintWriter out, @Nullable Integer asked) throws Exception {
        return switch (measured) {
            case STORAGE -> storage(out, asked);
            case DECIDE -> decide(out, asked);
            case WIRE -> wire(out, asked);
            case PEERS -> peers(out, asked);
            case REPLICATION -> replication(out, asked);
        };
    }

    private static List<String> goalsOf(Name measured) {
        return switch (measured) {
            case STORAGE -> StorageBenchmark.GOALS;
            case DECIDE, PEERS -> List.of();
            case WIRE -> WireBenchmark.GOALS;
            case REPLICATION -> ReplicationBenchmark.GOALS;
        };
    }

    private Set<String> goalsAsked(Name measured) {
        return Set.copyOf(goals.isEmpty() ? goalsOf(measured) : goals);
    }

    private List<Comparison> wire(PrintWriter out, @Nullable Integer asked) throws Exception {
        final WireBenchmark benchmark = new WireBenchmark(
                new WireBenchmark.Setup(
                        profilesOf(asked), size == Size.SMOKE, goalsAsked(Name.WIRE), dataOn, journalOn, recordingsTo),
                out);
        final List<Comparison> rows = benchmark.run();
        latenciesNanos = benchmark.latenciesNanos();
        return rows;
    }

    private List<Comparison> peers(PrintWriter out, @Nullable Integer asked) throws Exception {
        final PeersBenchmark benchmark = new PeersBenchmark(
                new PeersBenchmark.Setup(profilesOf(asked), size == Size.SMOKE, dataOn, journalOn), out);
        final List<Comparison> rows = benchmark.run();
        latenciesNanos = benchmark.latenciesNanos();
        return rows;
    }

    private List<Comparison> replication(PrintWriter out, @Nullable Integer asked) throws Exception {
        return new ReplicationBenchmark(
                        new ReplicationBenchmark.Setup(
                                profilesOf(asked), size == Size.SMOKE, goalsAsked(Name.REPLICATION), dataOn, journalOn),
                        out)
                .run();
    }

    /** Of the benchmarks that have a server's load of them. */
    private int profilesOf(@Nullable Integer asked) {
        return asked != null ? asked : size == Size.REAL ? 10_000_000 : 20_000;
    }

    private List<Comparison> storage(PrintWriter out, @Nullable Integer asked) throws Exception {
        final boolean real = size == Size.REAL;
        return new StorageBenchmark(
                        new StorageBenchmark.Setup(
                                profilesOf(asked),
                                real ? 1_000_000 : 20_000,
                                real ? 5 : 3,
                                real ? Duration.ofSeconds(5) : Duration.ofMillis(200),
                                goalsAsked(Name.STORAGE),
                                dataOn,
                                journalOn),
                        out)
                .run();
    }

    private List<Comparison> decide(PrintWriter out, @Nullable Integer asked) {
        final boolean real = size == Size.REAL;
        final int profiles = asked != null ? asked : real ? 1_000 : 50;
        final ProgressLine progress = ProgressLine.onConsole(out, "deciding", profiles);
        final List<Integer> counts = real ? DecideBenchmark.OFFERS : DecideBenchmark.OFFERS.subList(0, 1);
        final List<Comparison> rows =
                new DecideBenchmark(profiles, offers.isEmpty() ? counts : offers, real ? 7 : 3).run(progress::update);
        progress.finish();
        return rows;
    }

    /** As it was given, but for folders, which only mean something on this machine. */
    private String command() {
        String command = "./zandloper "
                + String.join(" ", spec.commandLine().getParseResult().originalArgs());
        for (final Path path : Arrays.asList(dataOn, journalOn, json)) {
            if (path != null) {
                command = command.replace(" " + path, " …");
            }
        }
        return command;
    }

    /** Processes that wanted a core, over the last minute; negative where the system does not tell. */
    private static double loadAverage() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    private static void print(List<Comparison> rows, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%n%-5s %-50s %10s  %-62s %10s %-10s %7s  %s%n",
                "goal",
                "ours",
                "",
                "against",
                "",
                "",
                "ratio",
                "of single runs");
        for (final Comparison row : rows) {
            out.printf(
                    Locale.ROOT,
                    "%-5s %-50s %10.1f  %-62s %10.1f %-10s %7.3f  %.3f to %.3f, %d runs%n",
                    row.goal(),
                    row.what(),
                    row.ours(),
                    row.against(),
                    row.theirs(),
                    row.unit(),
                    row.ratio(),
                    row.ratioMin(),
                    row.ratioMax(),
                    row.runs());
        }
        out.flush();
    }

    /** One line a run of the benchmark, in the file of its name. */
    private void append(Name measured, ArrayNode rows, double loadBefore) throws IOException {
        final RunContext context = RunContext.current();
        final ObjectNode line = JsonNodeFactory.instance.objectNode();
        line.put("benchmark", measured.name().toLowerCase(Locale.ROOT))
                .put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString())
                .put("commit", context.commit())
                .put("machine", context.machine())
                .put("loadBefore", loadBefore)
                .put("loadAfter", loadAverage())
                .put("command", command());
        line.set("rows", rows);
        final Path results = RunContext.root().resolve("benchmarks/results");
        final String fileName = measured.name().toLowerCase(Locale.ROOT);
        ResultPlots.write(results.resolve(fileName), latenciesNanos, "commit " + context.commit() + ", " + command());
        Files.writeString(
                results.resolve(fileName + ".jsonl"),
                line + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.APPEND);
    }
}
