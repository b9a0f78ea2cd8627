package io.zandloper.server.cli;

import io.zandloper.server.files.FileLines;
import io.zandloper.server.files.IdTemplate;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code import}: sends files to a server. It goes on past lines that are refused, shows the first of them and then
 * fails, so that a script notices.
 */
@Command(
        name = "import",
        description = "Sends profiles, or with --events events, from files to a server.",
        footer = {
            "Cells of a CSV file that read as JSON numbers or booleans become such, blank ones",
            "absent attributes, others strings. Refused lines are shown, and the exit code is 1.%n"
        })
final class ImportCommand implements Callable<Integer> {
    @Mixin
    private ServerOption server = new ServerOption();

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description = "Files: .jsonl, .ndjson or .csv, each also compressed as .gz.")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--events", description = "The files hold events, not profiles.")
    private boolean events;

    @Option(
            names = "--id",
            paramLabel = "TEMPLATE",
            description = "The identity of a CSV row: 'customer:{row}' (its number, from 1) or 'customer:{column}'.")
    private @Nullable String id;

    @Option(
            names = "--delimiter",
            paramLabel = "C",
            description = "What separates the cells of a CSV row; \\t is a tab. Default: a comma.")
    private @Nullable String delimiter;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        final IdTemplate template = idTemplate();
        final char separator = separator();
        files.forEach(file -> checkKind(file, template));
        final PrintWriter out = spec.commandLine().getOut();
        final ImportReport report = new ImportReport();
        try (ServerClient client = server.connect()) {
            for (Path file : files) {
                try (FileLines lines = template != null && !FileLines.isJson(file)
                        ? FileLines.openCsv(file, template, separator)
                        : FileLines.openJson(file)) {
                    final ImportProgress progress =
                            new ImportProgress(spec.commandLine().getErr(), file, events ? "events" : "profiles");
                    new Importer(client, events ? "/v1/events" : "/v1/bulk", report, progress).send(file, lines);
                }
            }
        } finally {
            // Also where a file or the connection broke: what was taken until then stays.
            report.print(out, events);
            out.flush();
        }
        if (report.rejected() > 0) {
            throw new CommandException(report.rejected() + (report.rejected() == 1 ? " line was" : " lines were")
                    + " refused; correct what is listed and import it again");
        }
        return ZandloperCommands.DONE;
    }

    private @Nullable IdTemplate idTemplate() {
        if (id == null) {
            return null;
        }
        try {
            return IdTemplate.parse(id);
        } catch (IllegalArgumentException e) {
            throw usage("--id " + e.getMessage());
        }
    }

    private char separator() {
        if (delimiter == null) {
            return ',';
        }
        final String text = delimiter.equals("\\t") ? "\t" : delimiter;
        final boolean isOneCharacter = text.length() == 1 && text.charAt(0) < 128 && "\"\r\n".indexOf(text) < 0;
        if (!isOneCharacter) {
            throw usage("--delimiter is one ASCII character, such as ';', not '" + delimiter + "'");
        }
        return text.charAt(0);
    }

    private void checkKind(Path file, @Nullable IdTemplate template) {
        final boolean isCsv = FileLines.isCsv(file);
        if (events && !FileLines.isJson(file)) {
            throw usage("events come from .jsonl or .ndjson files, not from " + file);
        }
        if (isCsv && template == null) {
            throw usage("--id is missing; say what identifies a row of " + file + ", such as --id 'customer:{row}'");
        }
        if (!isCsv && !FileLines.isJson(file) && template == null) {
            throw usage("cannot tell what " + file + " holds; name it .jsonl, .ndjson or .csv");
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
