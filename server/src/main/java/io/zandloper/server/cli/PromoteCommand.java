package io.zandloper.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code promote}: makes a replica the primary, and waits for it. */
@Command(
        name = "promote",
        description = "Makes a replica the primary of a new term, and waits for it.",
        footer = {
            "Where the old primary can be reached, it ends its writes first and nothing is lost. Where it cannot,",
            "the other replicas are asked; a promotion that could lose a write which replicas had confirmed is",
            "refused unless --force is given. The other replicas then follow the new primary by themselves.%n"
        })
final class PromoteCommand implements Callable<Integer> {
    @Mixin
    private AdminOption server = new AdminOption();

    @Option(names = "--force", description = "Also where an acknowledged write could be lost.")
    private boolean force;

    @Option(names = "--json", description = "Prints the server's answer as it is.")
    private boolean asJson;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        final ServerClient.Answer answer =
                server.post("/admin/promote" + (force ? "?force=true" : ""), "it was not promoted");
        spec.commandLine().getOut().println(asJson ? answer.body().strip() : forPeople(answer.json()));
        spec.commandLine().getOut().flush();
        return ZandloperCommands.DONE;
    }

    private static String forPeople(JsonNode promoted) {
        final String where = "term " + promoted.path("term").asText() + ", sequence "
                + promoted.path("sequence").asText();
        if (!promoted.path("changed").asBoolean()) {
            return "it is the primary already, " + where;
        }
        return "it is the primary now, " + where
                + (promoted.path("handedOver").asBoolean()
                        ? "; the old one has handed over"
                        : "; the old one could not be reached");
    }
}
