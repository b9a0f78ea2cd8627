package io.zandloper.server.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.zandloper.storage.StorageException;
import io.zandloper.storage.StorageVerifier;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code verify}: proves that files are whole, without a server. */
@Command(
        name = "verify",
        description = "Proves that a snapshot, or all that must survive of a data folder, is whole: reads every byte of"
                + " it and changes none. A server may be using the folder.",
        footer = {
            "Exit code 1 where something is damaged, with the file and the offset.%n",
        })
final class VerifyCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Parameters(
            arity = "1",
            paramLabel = "DIR",
            description = "A snapshot, a data folder, or the folder that was given as --journal.")
    private Path folder = Path.of("");

    @Option(names = "--json", description = "Prints what was found as JSON.")
    private boolean asJson;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        final StorageVerifier.Report report;
        try {
            report = StorageVerifier.verify(folder);
        } catch (StorageException e) {
            throw new CommandException(String.valueOf(e.getMessage()));
        }
        final PrintWriter out = spec.commandLine().getOut();
        if (asJson) {
            out.println(json(report));
        } else {
            report.checked().forEach(line -> out.println("whole    " + line));
            report.damage().forEach(line -> out.println("damaged  " + line));
        }
        out.flush();
        if (!report.isWhole()) {
            final int more = report.damage().size() - 1;
            throw new CommandException(report.damage().get(0)
                    + (more == 0 ? "" : ", and " + more + " more that is listed")
                    + "; restore a snapshot that is whole");
        }
        return ZandloperCommands.DONE;
    }

    private static String json(StorageVerifier.Report report) {
        final ObjectNode document = JSON.createObjectNode();
        document.put("whole", report.isWhole());
        addAll(document, "checked", report.checked());
        addAll(document, "damage", report.damage());
        return document.toString();
    }

    private static void addAll(ObjectNode document, String name, List<String> lines) {
        lines.forEach(document.putArray(name)::add);
    }
}
