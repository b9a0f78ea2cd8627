package io.zandloper.server.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.zandloper.server.catalog.StoredCatalogs;
import io.zandloper.server.decisionlog.DecisionLogReader;
import io.zandloper.server.decisionlog.DecisionReplay;
import io.zandloper.server.decisionlog.DecisionReplay.Outcome;
import io.zandloper.server.decisionlog.DecisionReplay.Replayed;
import io.zandloper.server.decisionlog.LoggedDecision;
import io.zandloper.storage.StorageException;
import io.zandloper.storage.format.StoredFileException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code replay}: decides logged decisions again, without a server. */
@Command(
        name = "replay",
        description = "Decides each decision of a log again from a snapshot, and reports every difference.",
        footer = {
            "A decision can be decided again where the snapshot has the catalog and the profile as they were then;",
            "the others are counted by what has changed. Exit code 1 where there is a difference.%n"
        })
final class ReplayCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int DIFFERENCES_SHOWN = 20;

    @Parameters(arity = "1", paramLabel = "FILE", description = "A file of a log, or its folder for all of them.")
    private Path file = Path.of("");

    @Option(names = "--snapshot", paramLabel = "DIR", required = true, description = "The snapshot's folder.")
    private Path snapshot = Path.of("");

    @Option(
            names = "--work",
            paramLabel = "DIR",
            description =
                    "Where the snapshot is restored for the time being, which takes as much room as it and the data"
                            + " folder have. Default: the system's folder for temporary files.")
    private @Nullable Path work;

    @Option(
            names = "--reference",
            description =
                    "Decides by the plain decider, which shares no code with the one that serves and is much slower.")
    private boolean byReference;

    @Option(names = "--json", description = "Prints what was found as JSON.")
    private boolean asJson;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        try {
            final Path folder = work == null
                    ? Files.createTempDirectory("zandloper-replay")
                    : Files.createTempDirectory(Files.createDirectories(work), "zandloper-replay");
            try {
                return replay(folder);
            } finally {
                delete(folder);
            }
        } catch (StorageException | StoredFileException | UncheckedIOException e) {
            throw new CommandException(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new CommandException("the snapshot cannot be restored for the time being: " + e.getMessage()
                    + "; name another folder with --work");
        }
    }

    private int replay(Path folder) {
        final List<Path> files = DecisionLogReader.files(file);
        if (files.isEmpty()) {
            throw new CommandException("the folder " + file + " holds no decision log");
        }
        final List<DecisionLogReader.Header> headers =
                files.stream().map(DecisionLogReader::header).toList();
        try (DecisionReplay replay =
                DecisionReplay.of(snapshot, folder.resolve("data"), new StoredCatalogs(), byReference)) {
            for (int i = 0; i < files.size(); i++) {
                if (!replay.isOfTheSamePeople(headers.get(i))) {
                    throw new CommandException(files.get(i) + " and the snapshot are of different data folders; name a"
                            + " snapshot of the folder that the log was written beside");
                }
            }
            final Tally tally = new Tally(replay);
            files.forEach(one -> DecisionLogReader.read(one, tally));
            final PrintWriter out = spec.commandLine().getOut();
            out.print(asJson ? tally.json() : tally.text());
            out.flush();
            final long different = tally.count(Outcome.DIFFERENT);
            if (different > 0) {
                throw new CommandException(different + " of " + tally.decisions + " decisions come out differently");
            }
        }
        return ZandloperCommands.DONE;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (final Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static final class Tally implements DecisionLogReader.Handler {
        private final DecisionReplay replay;
        private final Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
        private final List<String> differences = new ArrayList<>();
        private long decisions;
        private long erased;
        private long damaged;

        Tally(DecisionReplay replay) {
            this.replay = replay;
        }

        @Override
        public void onDecision(LoggedDecision decision) {
            decisions++;
            final Replayed replayed = replay.replay(decision);
            outcomes.merge(replayed.outcome(), 1L, Long::sum);
            if (replayed.outcome() == Outcome.DIFFERENT && differences.size() < DIFFERENCES_SHOWN) {
                differences.add(LoggedDecisionText.line(decision) + ": " + replayed.difference());
            }
        }

        @Override
        public void onErased() {
            erased++;
        }

        @Override
        public void onDamage(Path file, long offset, long lengthBytes, boolean atEnd) {
            damaged += atEnd ? 0 : 1;
        }

        long count(Outcome outcome) {
            return outcomes.getOrDefault(outcome, 0L);
        }

        String text() {
            final StringBuilder text = new StringBuilder();
            differences.forEach(
                    difference -> text.append("different  ").append(difference).append('\n'));
            final long more = count(Outcome.DIFFERENT) - differences.size();
            if (more > 0) {
                text.append("different  and ").append(more).append(" more\n");
            }
            line(text, decisions, "decisions in the log");
            line(text, count(Outcome.SAME), "decided again, the same");
            line(text, count(Outcome.DIFFERENT), "decided again, different");
            line(text, count(Outcome.PROFILE_CHANGED), "not decided: the profile has another version in the snapshot");
            line(text, count(Outcome.PROFILE_UNKNOWN), "not decided: the profile is not in the snapshot");
            line(
                    text,
                    count(Outcome.OTHER_CATALOG),
                    "not decided: made by another catalog than the snapshot's, which is version "
                            + replay.catalogVersion());
            line(text, count(Outcome.NOT_LOGGED), "not decided: the log does not say for whom, or with which document");
            line(text, erased, "entries of people who are erased");
            line(text, damaged, "damaged places");
            return text.toString();
        }

        private static void line(StringBuilder text, long count, String what) {
            text.append(String.format(Locale.ROOT, "%12d  %s%n", count, what));
        }

        String json() {
            final ObjectNode document = JSON.createObjectNode();
            document.put("decisions", decisions);
            document.put("same", count(Outcome.SAME));
            document.put("different", count(Outcome.DIFFERENT));
            document.put("profileChanged", count(Outcome.PROFILE_CHANGED));
            document.put("profileUnknown", count(Outcome.PROFILE_UNKNOWN));
            document.put("otherCatalog", count(Outcome.OTHER_CATALOG));
            document.put("notLogged", count(Outcome.NOT_LOGGED));
            document.put("erased", erased);
            document.put("damaged", damaged);
            document.put("snapshotCatalogVersion", replay.catalogVersion());
            differences.forEach(document.putArray("differences")::add);
            return document + "\n";
        }
    }
}
