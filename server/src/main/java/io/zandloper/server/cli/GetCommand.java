package io.zandloper.server.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code get}: shows profiles. */
@Command(name = "get", description = "Shows the profiles that identities name.")
final class GetCommand extends IdentityCommand {
    @Parameters(arity = "1..*", paramLabel = "ID", description = "Identities, such as crm:10042.")
    private List<String> identities = new ArrayList<>();

    @Override
    List<String> identities() {
        return identities;
    }

    @Override
    ServerClient.Answer call(ServerClient client, String identity) {
        return client.get(ServerClient.profilePath(identity));
    }

    @Override
    String forPeople(ServerClient.Answer answer) {
        return ProfileText.of(answer.json());
    }
}
