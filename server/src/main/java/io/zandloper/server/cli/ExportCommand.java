package io.zandloper.server.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code export}: shows all that is held of people. */
@Command(
        name = "export",
        description = "Shows all that is held of people, events and memberships that nobody sees included.")
final class ExportCommand extends IdentityCommand {
    @Parameters(arity = "1..*", paramLabel = "ID", description = "Identities, such as crm:10042.")
    private List<String> identities = new ArrayList<>();

    @Override
    List<String> identities() {
        return identities;
    }

    @Override
    ServerClient.Answer call(ServerClient client, String identity) {
        return client.get(ServerClient.profilePath(identity) + "/export");
    }

    @Override
    String forPeople(ServerClient.Answer answer) {
        return ExportText.of(answer.json());
    }
}
