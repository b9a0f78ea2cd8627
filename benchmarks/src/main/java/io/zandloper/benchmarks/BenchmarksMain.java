package io.zandloper.benchmarks;

import io.zandloper.loadtest.report.CommandErrors;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Entry of {@code bench}. Exit codes: 0 done, 1 failed, 2 wrong usage. */
@Command(
        name = "zandloper",
        description = "Recorded benchmarks of Zandloper.",
        subcommands = {BenchCommand.class},
        synopsisSubcommandLabel = "COMMAND")
public final class BenchmarksMain {
    private BenchmarksMain() {}

    /** @param arguments the command's name, then its options */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** As {@link #main}, but returns the exit code. */
    static int run(String... arguments) {
        return new CommandLine(new BenchmarksMain())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(CommandErrors::onWrongUsage)
                .setExecutionExceptionHandler(CommandErrors::onFailure)
                .execute(arguments);
    }
}
