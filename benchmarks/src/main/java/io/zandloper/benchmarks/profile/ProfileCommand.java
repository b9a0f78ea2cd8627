package io.zandloper.benchmarks.profile;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bench profile}: the tables and the flame graph of a recording. */
@Command(
        name = "profile",
        description =
                "Shows where processor time and allocated memory went, of a recording of the JDK's Flight Recorder,"
                        + " such as bench wire makes with --jfr.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class ProfileCommand implements Callable<Integer> {
    private static final String OURS = "io.zandloper.";

    @Parameters(paramLabel = "FILE.jfr")
    private Path file = Path.of("");

    @Option(
            names = "--threads",
            paramLabel = "PREFIX",
            defaultValue = "zandloper-binary",
            description = "only threads whose names begin so; the event loops of the binary port unless given")
    private String threads = "";

    @Option(
            names = "--top",
            paramLabel = "N",
            defaultValue = "20",
            description = "lines of each table (${DEFAULT-VALUE})")
    private int top;

    @Option(names = "--flame", paramLabel = "FILE.svg", description = "draw the stacks of processor time there")
    private @Nullable Path flame;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        final Recording recording = Recording.read(file, threads);
        final PrintWriter out = spec.commandLine().getOut();
        final StackCounts cpu = recording.cpu();
        final String what = recording.isCpuTime() ? "processor time" : "samples of running threads";
        final long all = recording.samplesByThread().values().stream()
                .mapToLong(Long::longValue)
                .sum();
        print(out, what + " by thread", recording.samplesByThread(), all, "");
        print(out, what + " of " + threads + "*, by innermost method", cpu.self(), cpu.total(), "");
        print(
                out,
                what + " of " + threads + "*, by method of ours with all that it calls",
                cpu.withCallees(frame -> frame.startsWith(OURS)),
                cpu.total(),
                "");
        final StackCounts allocated = recording.allocatedBytes();
        print(out, "bytes allocated by " + threads + "*, by class", allocated.self(), allocated.total(), " bytes");
        print(
                out,
                "bytes allocated by " + threads + "*, by method of ours with all that it calls",
                allocated.withCallees(frame -> frame.startsWith(OURS)),
                allocated.total(),
                " bytes");
        if (flame != null) {
            Files.writeString(flame, FlameGraph.svg(what + " of " + threads, cpu));
        }
        return 0;
    }

    private void print(PrintWriter out, String title, Map<String, Long> amounts, long total, String unit) {
        out.printf(Locale.ROOT, "%n%s: %,d%s%n", title, total, unit.isEmpty() ? " samples" : unit);
        for (final Map.Entry<String, Long> line : StackCounts.largest(amounts, top)) {
            out.printf(
                    Locale.ROOT,
                    "%6.1f %% %,12d  %s%n",
                    100.0 * line.getValue() / total,
                    line.getValue(),
                    line.getKey());
        }
        out.flush();
    }
}
