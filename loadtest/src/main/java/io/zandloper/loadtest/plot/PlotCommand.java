package io.zandloper.loadtest.plot;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code load plot}: the latencies of recorded runs over each other. */
@Command(
        name = "plot",
        description = "Draws the latencies of recorded runs, one over the other, by percentile.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class PlotCommand implements Callable<Integer> {
    private static final int SERIES_MAX = 16;

    @Parameters(
            paramLabel = "RUN",
            arity = "1..*",
            description = "an .hlog file, or the folder that load --out has written; NAME=RUN gives it a name")
    private List<String> runs = List.of();

    @Option(
            names = "--out",
            paramLabel = "FILE",
            defaultValue = "latency.html",
            description = "an .html page that needs nothing else, or an .svg picture (${DEFAULT-VALUE})")
    private Path out = Path.of("latency.html");

    @Option(
            names = "--title",
            paramLabel = "TEXT",
            defaultValue = "Latency by percentile",
            description = "above the picture (${DEFAULT-VALUE})")
    private String title = "";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        final String ending = out.toString().toLowerCase(Locale.ROOT);
        if (!ending.endsWith(".html") && !ending.endsWith(".svg")) {
            throw new ParameterException(spec.commandLine(), "must end in .html or .svg: --out=" + out);
        }
        final List<Series> series = new ArrayList<>();
        for (final String run : runs) {
            series.addAll(read(run));
        }
        if (series.size() > SERIES_MAX) {
            throw new ParameterException(
                    spec.commandLine(), "more than " + SERIES_MAX + " lines cannot be told apart: " + series.size());
        }
        Files.writeString(
                out, ending.endsWith(".svg") ? PercentilePlot.svg(title, series) : PlotPage.html(title, series), UTF_8);
        spec.commandLine().getOut().println(out);
        spec.commandLine().getOut().flush();
        return 0;
    }

    private static List<Series> read(String run) throws IOException {
        final int equals = run.indexOf('=');
        if (equals < 1 || Files.exists(Path.of(run))) {
            return HistogramLogs.read(Path.of(run));
        }
        final String name = run.substring(0, equals);
        final List<Series> read = HistogramLogs.read(Path.of(run.substring(equals + 1)));
        return read.size() == 1
                ? List.of(new Series(name, read.get(0).latenciesNanos()))
                : read.stream()
                        .map(one -> new Series(name + ", " + one.name(), one.latenciesNanos()))
                        .toList();
    }
}
