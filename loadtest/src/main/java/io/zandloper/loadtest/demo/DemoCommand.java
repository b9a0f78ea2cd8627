package io.zandloper.loadtest.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.zandloper.loadtest.generate.DataSet;
import io.zandloper.loadtest.load.ConsoleReport;
import io.zandloper.loadtest.load.LoadPlan;
import io.zandloper.loadtest.load.LoadResult;
import io.zandloper.loadtest.load.LoadRun;
import io.zandloper.loadtest.report.ProgressLine;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code demo}: the main job in one go, on a server of its own that leaves nothing behind. */
@Command(
        name = "demo",
        description = "Generates a bank's customers, starts a server, imports them, shows three explained decisions,"
                + " and measures the server. Leaves nothing behind.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class DemoCommand implements Callable<Integer> {
    private static final int OFFERS = 200;
    private static final int SEGMENTS = 64;
    private static final int CONNECTIONS = 4;
    private static final int PROFILES_MIN = 500;
    private static final int PROFILES_MAX = 100_000_000;
    private static final int SECONDS_MAX = 86_400;
    private static final Duration WARMUP = Duration.ofSeconds(3);

    @Option(
            names = "--profiles",
            paramLabel = "N",
            defaultValue = "200000",
            description = "customers (${DEFAULT-VALUE})")
    private int profiles;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "10",
            description = "seconds of load (${DEFAULT-VALUE})")
    private int seconds;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "1", description = "of the customers (${DEFAULT-VALUE})")
    private long seed;

    @Option(names = "--stay", description = "keep serving until Ctrl-C")
    private boolean stay;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        require(
                profiles >= PROFILES_MIN && profiles <= PROFILES_MAX,
                "--profiles must be " + PROFILES_MIN + " to " + PROFILES_MAX);
        require(seconds >= 1 && seconds <= SECONDS_MAX, "--seconds must be 1 to " + SECONDS_MAX);
        try (Workplace workplace = Workplace.create()) {
            show(workplace);
        }
        return 0;
    }

    private void show(Workplace workplace) throws IOException, InterruptedException {
        final PrintWriter out = spec.commandLine().getOut();
        final DataSet data = new DataSet(profiles, OFFERS, SEGMENTS, seed);
        final Path catalog = workplace.folder().resolve(DataSet.CATALOG_FILE);
        try (OutputStream file = Files.newOutputStream(catalog)) {
            data.writeCatalog(file);
        }
        out.printf(
                Locale.ROOT,
                "a made-up bank: %,d customers, %d offers, %d segments (seed %d)%n",
                profiles,
                OFFERS,
                SEGMENTS,
                seed);
        out.println("starting a server ...");
        out.flush();
        final ServerProcess server = workplace.start(catalog);
        out.printf(
                Locale.ROOT,
                "serving: binary %s, HTTP %s, admin %s%n%n",
                server.address("binary"),
                server.address("http"),
                server.address("admin"));
        try (DemoClient client = new DemoClient(server.address("http"))) {
            importCustomers(data, client, out);
            new DemoStory(data, client, out).tell();
        }
        measure(server, out);
        if (stay) {
            stay(server, out);
        }
    }

    private void importCustomers(DataSet data, DemoClient client, PrintWriter out)
            throws IOException, InterruptedException {
        final ProgressLine progress = ProgressLine.onConsole(out, "importing", profiles);
        final JsonNode result = client.importProfiles(data, progress::update);
        progress.finish();
        if (result.path("accepted").asLong() != profiles) {
            throw new IOException("the server did not take all customers: " + result);
        }
    }

    private void measure(ServerProcess server, PrintWriter out) throws IOException, InterruptedException {
        final LoadPlan plan = LoadPlan.pages(
                server.host("binary"),
                server.port("binary"),
                CONNECTIONS,
                profiles,
                WARMUP,
                Duration.ofSeconds(seconds));
        out.printf(Locale.ROOT, "%nLoad over the binary protocol, server and load on this machine: ");
        final ConsoleReport report = new ConsoleReport(out);
        report.start(plan);
        final LoadResult result = new LoadRun(plan, report).run();
        report.finish(result);
        out.printf(
                Locale.ROOT, "throughput: %,.0f requests a second, %,d errors%n", result.throughput(), result.errors());
        out.flush();
        if (result.count() == 0 || result.errors() > 0) {
            throw new IOException("the server did not answer everything as it should");
        }
    }

    private static void stay(ServerProcess server, PrintWriter out) throws IOException, InterruptedException {
        out.printf(
                Locale.ROOT,
                "%nserving until Ctrl-C:%n  HTTP    http://%s%n  admin   http://%s%n  binary  %s%n",
                server.address("http"),
                server.address("admin"),
                server.address("binary"));
        out.flush();
        throw new IOException("the server ended by itself, with exit code " + server.await());
    }

    private void require(boolean holds, String complaint) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), complaint);
        }
    }
}
