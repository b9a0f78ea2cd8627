package io.zandloper.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.zandloper.server.json.MalformedBodyException;
import io.zandloper.server.json.Problem;
import io.zandloper.server.json.StrictJson;
import io.zandloper.storage.profile.InvalidInputException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
import picocli.CommandLine.Spec;

/** {@code simulate}: what a new catalog would show to the stored profiles. */
@Command(
        name = "simulate",
        description = "Decides for the stored profiles by a new catalog and by the one in force, and shows the"
                + " difference. Changes nothing.",
        footer = {"The server works on it in its spare time, one simulation at a time; breaking it off ends it there.%n"
        })
final class SimulateCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String OFFERS_DEFAULT = "20";

    @Mixin
    private ServerOption server = new ServerOption();

    @Option(names = "--catalog", required = true, paramLabel = "FILE", description = "The new catalog.")
    private Path catalog = Path.of("");

    @Option(names = "--sample", paramLabel = "N", description = "Decides for N profiles only, chosen at random.")
    private @Nullable Integer sample;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "Of the sample: the same seed chooses the same profiles. Default: 1.")
    private @Nullable Long seed;

    @Mixin
    private DecisionOptions asked = new DecisionOptions();

    @Option(
            names = "--offers",
            paramLabel = "N",
            defaultValue = OFFERS_DEFAULT,
            description = "Shows so many offers of each placement. Default: ${DEFAULT-VALUE}.")
    private int offers;

    @Option(names = "--json", description = "Prints the server's report as it is, with all offers.")
    private boolean asJson;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        if (sample != null && sample < 1) {
            throw new ParameterException(spec.commandLine(), "--sample is at least 1, not " + sample);
        }
        final JsonNode report = simulate(request());
        final PrintWriter out = spec.commandLine().getOut();
        out.println(asJson ? report : SimulationText.of(report, offers));
        out.flush();
        return ZandloperCommands.DONE;
    }

    private JsonNode simulate(ObjectNode request) {
        final ProgressBar bar = new ProgressBar(spec.commandLine().getErr(), "simulate", "profiles");
        final List<JsonNode> last = new ArrayList<>();
        try (ServerClient client = server.connect()) {
            final ServerClient.Answer answer = client.postJsonForLines("/v1/simulations", request, line -> {
                final long done = line.path("progress").path("done").asLong();
                if (line.has("progress")) {
                    bar.show(
                            (double) done
                                    / Math.max(
                                            1, line.path("progress").path("of").asLong()),
                            done);
                } else {
                    last.add(line);
                }
            });
            if (!answer.isOk()) {
                throw new CommandException("there is no simulation: "
                        + answer.problem().replace("catalog.", catalog.getFileName() + ": "));
            }
        } finally {
            bar.end();
        }
        if (last.isEmpty() || !last.get(0).has("report")) {
            throw new CommandException("the simulation ended early"
                    + (last.isEmpty() ? "" : ", " + last.get(0).path("stopped").asText()) + "; try again");
        }
        return last.get(0).get("report");
    }

    private ObjectNode request() {
        final ObjectNode request = JSON.createObjectNode();
        request.putRawValue("catalog", new RawValue(readCatalog()));
        asked.addTo(request);
        if (sample != null) {
            request.put("sample", sample);
        }
        if (seed != null) {
            request.put("seed", seed);
        }
        return request;
    }

    /** As it is written, so that the server sees what the file says. */
    private String readCatalog() {
        try {
            final byte[] json = Files.readAllBytes(catalog);
            StrictJson.parse(json);
            return new String(json, StandardCharsets.UTF_8).strip().replaceFirst("^\uFEFF", "");
        } catch (NoSuchFileException e) {
            throw new CommandException("there is no catalog " + catalog + "; check --catalog");
        } catch (MalformedBodyException e) {
            throw new CommandException(
                    "the catalog " + catalog + " is not usable: " + e.getMessage() + "; correct the file");
        } catch (InvalidInputException e) {
            throw new CommandException(
                    "the catalog " + catalog + " is not usable: " + Problem.summary(e.errors()) + "; correct the file");
        } catch (IOException e) {
            throw new CommandException(
                    "cannot read the catalog " + catalog + "; check --catalog and the file's permissions");
        }
    }
}
