package io.zandloper.loadtest.generate;

import io.zandloper.loadtest.report.ProgressLine;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code generate}: writes a data set to a folder. */
@Command(
        name = "generate",
        description = "Writes catalog.json and profiles.jsonl of a made-up bank; the same seed gives the same bytes.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class GenerateCommand implements Callable<Integer> {
    @Option(
            names = "--profiles",
            paramLabel = "N",
            defaultValue = "100000",
            description = "profiles (${DEFAULT-VALUE})")
    private long profiles;

    @Option(names = "--offers", paramLabel = "M", defaultValue = "200", description = "offers (${DEFAULT-VALUE})")
    private int offers;

    @Option(names = "--segments", paramLabel = "K", defaultValue = "64", description = "segments (${DEFAULT-VALUE})")
    private int segments;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "1", description = "seed (${DEFAULT-VALUE})")
    private long seed;

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "folder, made where there is none")
    private Path out = Path.of(".");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        final DataSet data;
        try {
            data = new DataSet(profiles, offers, segments, seed);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        final PrintWriter console = spec.commandLine().getOut();
        final ProgressLine progress = ProgressLine.onConsole(console, "writing profiles", profiles);
        data.writeTo(out, progress::update);
        progress.finish();
        console.printf(
                Locale.ROOT, "wrote %,d profiles, %,d offers, %,d segments to %s%n", profiles, offers, segments, out);
        return 0;
    }
}
