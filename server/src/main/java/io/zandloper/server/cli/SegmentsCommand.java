package io.zandloper.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code segments}: shows what segments profiles are in. */
@Command(name = "segments", description = "Shows the visible segments of profiles.")
final class SegmentsCommand extends IdentityCommand {
    @Parameters(arity = "1..*", paramLabel = "ID", description = "Identities, such as crm:10042.")
    private List<String> identities = new ArrayList<>();

    @Option(names = "--test", split = ",", paramLabel = "SEGMENT", description = "Tests these segments only.")
    private List<String> test = new ArrayList<>();

    @Override
    List<String> identities() {
        return identities;
    }

    @Override
    ServerClient.Answer call(ServerClient client, String identity) {
        final String path = ServerClient.profilePath(identity) + "/segments";
        return client.get(test.isEmpty() ? path : path + "?test=" + ServerClient.encode(String.join(",", test)));
    }

    @Override
    String forPeople(ServerClient.Answer answer) {
        final JsonNode document = answer.json();
        final List<String> lines = new ArrayList<>();
        lines.add(document.path("profile").asText());
        document.path("segments").forEach(segment -> lines.add("  " + segment.asText()));
        for (Map.Entry<String, JsonNode> entry : document.path("test").properties()) {
            lines.add("  " + (entry.getValue().asBoolean() ? "in      " : "not in  ") + entry.getKey());
        }
        if (lines.size() == 1) {
            lines.add("  in no segment");
        }
        return String.join(System.lineSeparator(), lines);
    }
}
