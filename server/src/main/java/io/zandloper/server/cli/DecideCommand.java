package io.zandloper.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code decide}: asks for a decision. */
@Command(name = "decide", description = "Shows which offers win for profiles, and with --explain why.")
final class DecideCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    private ServerOption server = new ServerOption();

    @Parameters(arity = "0..*", paramLabel = "ID", description = "Identities; none decides for an anonymous visitor.")
    private List<String> identities = new ArrayList<>();

    @Option(
            names = "--placement",
            paramLabel = "ID[:COUNT]",
            description = "Placements in their order, with how many offers each; digits after the last colon are the"
                    + " count. Default: all of the catalog.")
    private List<String> placements = new ArrayList<>();

    @Option(
            names = "--context",
            paramLabel = "KEY=VALUE",
            description = "The request's context; a value that reads as a JSON number, boolean or quoted string is"
                    + " one, any other a string.")
    private Map<String, String> context = new LinkedHashMap<>();

    @Option(names = "--explain", description = "Lists every offer with its reasons.")
    private boolean explain;

    @Option(names = "--at", paramLabel = "TIME", description = "Decides as of this time, such as 2026-11-01T12:00:00Z.")
    private @Nullable String at;

    @Option(names = "--exclude", split = ",", paramLabel = "OFFER", description = "Offers to leave out.")
    private List<String> exclude = new ArrayList<>();

    @Option(names = "--json", description = "Prints the server's answer as it is.")
    private boolean asJson;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        final PrintWriter out = spec.commandLine().getOut();
        try (ServerClient client = server.connect()) {
            final ObjectNode request = request(client);
            if (identities.isEmpty()) {
                out.println(decide(client, request));
            }
            for (String identity : identities) {
                request.put("profile", identity);
                out.println(decide(client, request));
            }
        }
        out.flush();
        return ZandloperCommands.DONE;
    }

    private String decide(ServerClient client, JsonNode request) {
        final ServerClient.Answer answer = client.postJson("/v1/decisions", request);
        if (!answer.isOk()) {
            throw new CommandException("the server refuses to decide: " + answer.problem());
        }
        return asJson ? answer.body() : DecisionText.of(answer.json());
    }

    private ObjectNode request(ServerClient client) {
        final ObjectNode request = JSON.createObjectNode();
        final ArrayNode named = request.putArray("placements");
        if (placements.isEmpty()) {
            allPlacements(client).forEach(id -> named.addObject().put("id", id));
        }
        placements.forEach(text -> named.add(placement(text)));
        final ObjectNode fields = request.putObject("context");
        context.forEach((key, value) -> fields.set(key, ContextValues.read(value)));
        request.put("explain", explain);
        if (at != null) {
            request.put("at", at);
        }
        if (!exclude.isEmpty()) {
            exclude.forEach(request.putArray("exclude")::add);
        }
        return request;
    }

    private static List<String> allPlacements(ServerClient client) {
        final ServerClient.Answer catalog = client.get("/v1/catalog");
        if (!catalog.isOk()) {
            throw new CommandException("the server does not show its catalog: " + catalog.problem());
        }
        final List<String> ids = new ArrayList<>();
        catalog.json()
                .path("placements")
                .forEach(placement -> ids.add(placement.path("id").asText()));
        if (ids.isEmpty()) {
            throw new CommandException("the catalog has no placements; give the server one that has");
        }
        return ids;
    }

    /** {@code ID} or {@code ID:COUNT}, as requests have it. */
    static ObjectNode placement(String text) {
        final int colon = text.lastIndexOf(':');
        final ObjectNode placement = JSON.createObjectNode();
        if (colon > 0 && text.substring(colon + 1).matches("[0-9]{1,9}")) {
            return placement
                    .put("id", text.substring(0, colon))
                    .put("count", Integer.parseInt(text.substring(colon + 1)));
        }
        return placement.put("id", text);
    }
}
