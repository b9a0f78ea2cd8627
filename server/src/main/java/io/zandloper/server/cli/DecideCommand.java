package io.zandloper.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
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

    @Mixin
    private DecisionOptions asked = new DecisionOptions();

    @Option(names = "--explain", description = "Lists every offer with its reasons.")
    private boolean explain;

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
        asked.addTo(request);
        if (!asked.namesPlacements()) {
            final ArrayNode named = request.putArray("placements");
            allPlacements(client).forEach(id -> named.addObject().put("id", id));
        }
        request.put("explain", explain);
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
}
