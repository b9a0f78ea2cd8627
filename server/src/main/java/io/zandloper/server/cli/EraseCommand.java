package io.zandloper.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code erase}: erases people. */
@Command(
        name = "erase",
        description = "Erases the people whom identities name, with everything that is held of them.",
        footer = {
            "Gone from every read at once; from every file after the catalog's policies.erasureBound,",
            "a day by default. There is no way back: export first what has to be kept.%n"
        })
final class EraseCommand extends IdentityCommand {
    @Parameters(arity = "1..*", paramLabel = "ID", description = "Identities; all others of the same people go too.")
    private List<String> identities = new ArrayList<>();

    @Override
    List<String> identities() {
        return identities;
    }

    @Override
    ServerClient.Answer call(ServerClient client, String identity) {
        return client.delete(ServerClient.profilePath(identity));
    }

    @Override
    String forPeople(ServerClient.Answer answer) {
        final JsonNode document = answer.json();
        final List<String> erased = new ArrayList<>();
        document.path("erased").forEach(identity -> erased.add(identity.asText()));
        return "erased " + String.join(", ", erased) + " at "
                + document.path("at").asText() + " (sequence "
                + document.path("sequence").asText() + ")";
    }
}
