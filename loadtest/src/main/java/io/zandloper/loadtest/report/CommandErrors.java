package io.zandloper.loadtest.report;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** One line on the error stream, whatever went wrong, and the exit code that belongs to it. */
public final class CommandErrors {
    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;

    private CommandErrors() {}

    /** For picocli's handler of the same shape. */
    public static int onWrongUsage(ParameterException failure, String[] arguments) {
        final CommandLine command = failure.getCommandLine();
        command.getErr()
                .println(oneLine(failure) + "; see " + command.getCommandSpec().qualifiedName() + " --help");
        return WRONG_USAGE;
    }

    /** For picocli's handler of the same shape. */
    public static int onFailure(Exception failure, CommandLine command, ParseResult parsed) {
        command.getErr().println(command.getCommandName() + ": " + oneLine(failure));
        return FAILED;
    }

    private static String oneLine(Exception failure) {
        final String message = failure.getMessage();
        if (failure instanceof FileSystemException file) {
            return reasonOf(file) + ": " + file.getFile();
        }
        return message == null
                ? failure.getClass().getSimpleName()
                : message.lines().findFirst().orElse(message);
    }

    /** The common ones carry no reason but their class. */
    private static String reasonOf(FileSystemException failure) {
        final String reason = failure.getReason();
        if (reason != null) {
            return reason;
        } else if (failure instanceof NoSuchFileException) {
            return "no such file or folder";
        } else if (failure instanceof AccessDeniedException) {
            return "access denied";
        }
        return failure instanceof FileAlreadyExistsException ? "is there already, and no folder" : "cannot be used";
    }
}
