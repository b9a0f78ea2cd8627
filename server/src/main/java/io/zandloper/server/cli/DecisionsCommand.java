package io.zandloper.server.cli;

import io.zandloper.server.decisionlog.DecisionLogReader;
import io.zandloper.server.decisionlog.LoggedDecision;
import io.zandloper.server.json.LoggedDecisionWriter;
import io.zandloper.storage.format.StoredFileException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code decisions}: prints a decision log, without a server. */
@Command(
        name = "decisions",
        description = "Prints the decisions of a log, one a line. A server may be writing it.",
        footer = {
            "People are shown as the hash that the log has of them, visitors who are not stored as what they are.",
            "Exit code 1 where something of a file is damaged; what is behind it is printed all the same.%n"
        })
final class DecisionsCommand implements Callable<Integer> {
    @Parameters(arity = "1", paramLabel = "FILE", description = "A file of a log, or its folder for all of them.")
    private Path file = Path.of("");

    @Option(names = "--json", description = "Prints an object of JSON for each decision.")
    private boolean asJson;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        final PrintWriter out = spec.commandLine().getOut();
        final Printing printing = new Printing(out, spec.commandLine().getErr(), asJson);
        try {
            final List<Path> files = DecisionLogReader.files(file);
            if (files.isEmpty()) {
                throw new CommandException("the folder " + file + " holds no decision log");
            }
            files.forEach(one -> DecisionLogReader.read(one, printing));
        } catch (StoredFileException | UncheckedIOException e) {
            out.flush();
            throw new CommandException(String.valueOf(e.getMessage()));
        }
        out.flush();
        if (printing.damaged > 0) {
            throw new CommandException(printing.damaged + " damaged places are in the log; they are named above");
        }
        return ZandloperCommands.DONE;
    }

    private static final class Printing implements DecisionLogReader.Handler {
        private final PrintWriter out;
        private final PrintWriter err;
        private final boolean asJson;
        private int damaged;

        Printing(PrintWriter out, PrintWriter err, boolean asJson) {
            this.out = out;
            this.err = err;
            this.asJson = asJson;
        }

        @Override
        public void onDecision(LoggedDecision decision) {
            out.println(
                    asJson
                            ? new String(LoggedDecisionWriter.document(decision).toUtf8(), StandardCharsets.UTF_8)
                            : LoggedDecisionText.line(decision));
        }

        @Override
        public void onErased() {
            if (!asJson) {
                out.println("erased");
            }
        }

        @Override
        public void onDamage(Path file, long offset, long lengthBytes, boolean atEnd) {
            if (atEnd) {
                err.println(file + ": its last " + lengthBytes
                        + " bytes are no whole entry: it is being written, or the" + " server was killed");
            } else {
                err.println(file + ": " + lengthBytes + " bytes at offset " + offset + " are damaged");
                damaged++;
            }
        }
    }
}
