package io.zandloper.loadtest;

import io.zandloper.loadtest.demo.DemoCommand;
import io.zandloper.loadtest.generate.GenerateCommand;
import io.zandloper.loadtest.load.LoadCommand;
import io.zandloper.loadtest.report.CommandErrors;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Entry of {@code demo}, {@code generate} and {@code load}. Exit codes: 0 done, 1 failed, 2 wrong usage. */
@Command(
        name = "zandloper",
        description = "Data generator, load generator and demo of Zandloper.",
        subcommands = {DemoCommand.class, GenerateCommand.class, LoadCommand.class},
        synopsisSubcommandLabel = "COMMAND")
public final class LoadtestMain {
    private LoadtestMain() {}

    /** @param arguments the command's name, then its options */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** As {@link #main}, but returns the exit code. */
    static int run(String... arguments) {
        return new CommandLine(new LoadtestMain())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(CommandErrors::onWrongUsage)
                .setExecutionExceptionHandler(CommandErrors::onFailure)
                .execute(arguments);
    }
}
