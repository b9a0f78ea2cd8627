package io.zandloper.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code event}: records that something happened. */
@Command(
        name = "event",
        description = "Records that something happened to people: event crm:10042 --type convert --offer loan.")
final class EventCommand extends IdentityCommand {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NUMBER = "-?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?";

    @Parameters(
            arity = "1..*",
            paramLabel = "ID",
            description = "Identities, such as crm:10042; one that nobody has creates the profile.")
    private List<String> identities = new ArrayList<>();

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description = "What happened: impression, click, convert, reject or any other name. May also stand among"
                    + " the IDs, as it has no colon.")
    private @Nullable String type;

    @Option(names = "--offer", paramLabel = "OFFER", description = "The offer it is about.")
    private @Nullable String offer;

    @Option(names = "--placement", paramLabel = "PLACEMENT", description = "Where it was shown.")
    private @Nullable String placement;

    @Option(names = "--product", paramLabel = "PRODUCT", description = "The product it is about. Default: the offer's.")
    private @Nullable String product;

    @Option(names = "--value", paramLabel = "NUMBER", description = "What it was worth.")
    private @Nullable String value;

    @Option(names = "--at", paramLabel = "TIME", description = "When, such as 2026-11-01T12:00:00Z. Default: now.")
    private @Nullable String at;

    @Option(names = "--id", paramLabel = "TEXT", description = "The event's own id: sent again, it changes nothing.")
    private @Nullable String id;

    @Option(
            names = "--context",
            paramLabel = "KEY=VALUE",
            description = "A fact of the moment; a value that reads as a JSON number, boolean or quoted string is one,"
                    + " any other a string.")
    private Map<String, String> context = new LinkedHashMap<>();

    @Override
    List<String> identities() {
        if (type == null) {
            final List<String> types =
                    identities.stream().filter(word -> word.indexOf(':') < 0).toList();
            if (types.size() != 1) {
                throw usage("--type is missing; say what happened, such as --type convert");
            }
            type = types.get(0);
            identities.remove(type);
        }
        if (identities.isEmpty()) {
            throw usage("no ID is named; say to whom it happened, such as crm:10042");
        }
        if (value != null && !value.matches(NUMBER)) {
            throw usage("--value is a number, not '" + value + "'");
        }
        return identities;
    }

    @Override
    ServerClient.Answer call(ServerClient client, String identity) {
        final ObjectNode event = JSON.createObjectNode();
        event.put("profile", identity).put("type", type);
        putIfGiven(event, "id", id);
        putIfGiven(event, "offer", offer);
        putIfGiven(event, "placement", placement);
        putIfGiven(event, "at", at);
        putIfGiven(event, "product", product);
        if (value != null) {
            event.set("value", ContextValues.number(value));
        }
        if (!context.isEmpty()) {
            final ObjectNode facts = event.putObject("context");
            context.forEach((key, fact) -> facts.set(key, ContextValues.read(fact)));
        }
        return client.postJson("/v1/events", event);
    }

    @Override
    String forPeople(ServerClient.Answer answer) {
        final JsonNode document = answer.json();
        return (document.path("duplicates").asLong() > 0 ? "recorded before" : "recorded") + " (sequence "
                + document.path("sequence").asText() + ")";
    }

    private static void putIfGiven(ObjectNode event, String name, @Nullable String text) {
        if (text != null) {
            event.put(name, text);
        }
    }
}
