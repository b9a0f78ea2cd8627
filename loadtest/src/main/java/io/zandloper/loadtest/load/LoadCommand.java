package io.zandloper.loadtest.load;

import io.zandloper.loadtest.dialect.Protocol;
import io.zandloper.loadtest.peer.EchoCommand;
import io.zandloper.loadtest.peer.NullServer;
import io.zandloper.loadtest.plot.PlotCommand;
import io.zandloper.loadtest.report.LatencyTable;
import io.zandloper.loadtest.report.RunContext;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code load}: puts load on a running server. */
@Command(
        name = "load",
        description = "Puts load on a server's binary port and shows the latencies.",
        subcommands = {PlotCommand.class, EchoCommand.class},
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class LoadCommand implements Callable<Integer> {
    private static final double RAMP_RATE_DEFAULT = 1_000;
    /** What the generator has to be able to offer, of what is reported with it. */
    private static final int SELF_TEST_FACTOR = 2;

    @Mixin
    private LoadOptions options = new LoadOptions();

    @Option(
            names = "--ramp",
            description = "look for saturation: doubles the rate, " + (long) RAMP_RATE_DEFAULT
                    + " at first unless given, until it is missed, then closes in; --seconds for each")
    private boolean ramp;

    @Option(
            names = "--ramp-p99",
            paramLabel = "MS",
            defaultValue = "10",
            description = "a rate counts as missed where the 99th percentile is above this (${DEFAULT-VALUE})")
    private double rampLatencyMillis;

    @Option(
            names = "--self-test",
            description =
                    "put the load on a server in this process that does nothing, at twice the rate: proves that the"
                            + " generator can offer it")
    private boolean selfTest;

    @Option(names = "--out", paramLabel = "DIR", description = "keep latency.hlog and summary.json there")
    private @Nullable Path out;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (ramp && selfTest) {
            throw new ParameterException(spec.commandLine(), "one of --ramp and --self-test");
        }
        final LoadPlan plan = options.plan(ramp ? RAMP_RATE_DEFAULT : 0);
        if (ramp) {
            ramp(plan);
        } else if (selfTest) {
            selfTest(plan);
        } else {
            final ConsoleReport report = new ConsoleReport(spec.commandLine().getOut());
            report.start(plan);
            final LoadResult result = run(plan, out, report);
            report.finish(result);
            requireRight(result);
        }
        return 0;
    }

    private LoadResult run(LoadPlan plan, @Nullable Path directory, LoadListener listener)
            throws IOException, InterruptedException {
        if (directory == null) {
            return new LoadRun(plan, listener).run();
        }
        try (ResultFiles files = new ResultFiles(directory, command(), RunContext.current(), listener)) {
            final LoadResult result = new LoadRun(plan, files).run();
            files.writeSummary(result);
            return result;
        }
    }

    private static void requireRight(LoadResult result) throws IOException {
        if (result.count() == 0 || result.errors() > 0) {
            throw new IOException(
                    result.count() == 0 ? "nothing was answered" : "some requests were not answered as they should be");
        }
    }

    private void ramp(LoadPlan plan) throws IOException, InterruptedException {
        final PrintWriter console = spec.commandLine().getOut();
        console.println("looking for saturation: " + plan.summary());
        console.printf(Locale.ROOT, "%12s %12s %10s %10s %10s  (µs)%n", "due/s", "answered/s", "p50", "p99", "p99.9");
        final Path directory = out;
        final double saturation = new Ramp(
                        plan,
                        Duration.ofNanos((long) (rampLatencyMillis * 1e6)),
                        step -> run(
                                step,
                                directory == null
                                        ? null
                                        : directory.resolve(String.format(
                                                Locale.ROOT,
                                                "rate-%.0f",
                                                step.loop().ratePerSecond())),
                                progress -> {}),
                        step -> print(step, console))
                .run();
        if (saturation == 0) {
            throw new IOException("the first rate was missed already; begin with a lower --rate");
        }
        console.printf(Locale.ROOT, "saturation: %,.0f requests a second%n", saturation);
        console.flush();
    }

    private static void print(Ramp.Step step, PrintWriter console) {
        final Histogram latencies = step.result().latenciesNanos();
        console.printf(
                Locale.ROOT,
                "%,12.0f %,12.0f %10s %10s %10s  %s%n",
                step.ratePerSecond(),
                step.result().throughput(),
                LatencyTable.micros(latencies.getValueAtPercentile(50)),
                LatencyTable.micros(latencies.getValueAtPercentile(99)),
                LatencyTable.micros(latencies.getValueAtPercentile(99.9)),
                step.sustained() ? "" : "missed");
        console.flush();
    }

    private void selfTest(LoadPlan plan) throws IOException, InterruptedException {
        try (NullServer server = NullServer.start(plan.asking().questions())) {
            final LoadPlan doubled = plan.isOpenLoop()
                    ? plan.with(
                            plan.loop().withRate(SELF_TEST_FACTOR * plan.loop().ratePerSecond()))
                    : plan;
            final LoadPlan self =
                    doubled.with(new LoadPlan.Target(Endpoint.tcp("127.0.0.1", server.port()), Protocol.ZANDLOPER));
            final ConsoleReport report = new ConsoleReport(spec.commandLine().getOut());
            report.start(self);
            final LoadResult result = run(self, out, report);
            report.finish(result);
            requireRight(result);
            if (result.isRateMissed()) {
                throw new IOException(String.format(
                        Locale.ROOT,
                        "this generator cannot offer twice %,.0f requests a second here: no figure at that rate is the"
                                + " server's alone",
                        plan.loop().ratePerSecond()));
            }
        }
    }

    private String command() {
        return "./zandloper load "
                + String.join(" ", spec.commandLine().getParseResult().originalArgs());
    }
}
