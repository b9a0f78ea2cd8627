package io.zandloper.server.cli;

import io.zandloper.server.config.ConfigException;
import io.zandloper.server.files.FileException;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** All commands of the server's module, and what becomes of their errors. */
public final class ZandloperCommands {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int WRONG_USAGE = 2;

    private ZandloperCommands() {}

    /**
     * Runs the command that the arguments name.
     *
     * @param serve what {@code serve} does
     * @param environment the process's variables
     * @return the exit code
     */
    public static int run(
            ServeAction serve, Map<String, String> environment, PrintWriter out, PrintWriter err, String... arguments) {
        final CommandLine commands = new CommandLine(CommandSpec.create().name("zandloper"))
                .addSubcommand(new CommandLine(ServeCommand.spec(serve, environment)))
                .addSubcommand(new ImportCommand())
                .addSubcommand(new GetCommand())
                .addSubcommand(new SegmentsCommand())
                .addSubcommand(new DecideCommand())
                .addSubcommand(new EventCommand())
                .addSubcommand(new EraseCommand())
                .addSubcommand(new ExportCommand())
                .addSubcommand(new SimulateCommand())
                .addSubcommand(new SnapshotCommand())
                .addSubcommand(new VerifyCommand())
                .addSubcommand(new RestoreCommand())
                .addSubcommand(new PromoteCommand())
                .addSubcommand(new DecisionsCommand())
                .addSubcommand(new ReplayCommand());
        commands.getSubcommands()
                .values()
                .forEach(command -> command.getCommandSpec().addOption(help()));
        commands.getCommandSpec().usageMessage().description("Low-latency server for customer profiles.");
        commands.setOut(out)
                .setErr(err)
                .setUnmatchedOptionsArePositionalParams(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(ZandloperCommands::onWrongUsage)
                .setExecutionExceptionHandler(ZandloperCommands::onFailure);
        if (arguments.length == 0) {
            err.println("zandloper: name a command: "
                    + String.join(", ", commands.getSubcommands().keySet()));
            return WRONG_USAGE;
        }
        return commands.execute(arguments);
    }

    private static OptionSpec help() {
        return OptionSpec.builder("-h", "--help")
                .type(boolean.class)
                .usageHelp(true)
                .description("Shows this and ends.")
                .build();
    }

    private static int onWrongUsage(ParameterException failure, String[] arguments) {
        final CommandLine command = failure.getCommandLine();
        final String name = command.getCommandSpec().qualifiedName();
        command.getErr().println("zandloper: " + oneLine(failure) + "; ./" + name + " --help shows the options");
        return WRONG_USAGE;
    }

    private static int onFailure(Exception failure, CommandLine command, ParseResult parsed) {
        command.getErr().println("zandloper: " + sentence(failure));
        return failure instanceof ConfigException ? WRONG_USAGE : FAILED;
    }

    private static String sentence(Exception failure) {
        if (failure instanceof CommandException
                || failure instanceof FileException
                || failure instanceof ConfigException) {
            return oneLine(failure);
        }
        final StackTraceElement[] trace = failure.getStackTrace();
        return "internal error, please report it: " + failure.getClass().getName() + ": " + oneLine(failure)
                + (trace.length == 0 ? "" : " at " + trace[0]);
    }

    private static String oneLine(Exception failure) {
        final String message = failure.getMessage();
        return message == null ? "no further details" : message.replaceAll("\\s*\\R\\s*", " ");
    }
}
