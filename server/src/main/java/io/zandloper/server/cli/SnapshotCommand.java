package io.zandloper.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code snapshot}: has a server take a snapshot, and waits for it. */
@Command(
        name = "snapshot",
        description = "Has a server take a snapshot of all its data while it goes on serving, and waits for it.",
        footer = {
            "It lies in the folder snapshots of the server's journal. Check one with ./zandloper verify,",
            "make a data folder of one with ./zandloper restore.%n"
        })
final class SnapshotCommand implements Callable<Integer> {
    @Mixin
    private AdminOption server = new AdminOption();

    @Option(names = "--json", description = "Prints the server's answer as it is.")
    private boolean asJson;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        final ServerClient.Answer answer = server.post("/admin/snapshot", "there is no snapshot");
        spec.commandLine().getOut().println(asJson ? answer.body().strip() : forPeople(answer.json()));
        spec.commandLine().getOut().flush();
        return ZandloperCommands.DONE;
    }

    private static String forPeople(JsonNode taken) {
        return "took " + taken.path("snapshot").asText() + " at sequence "
                + taken.path("sequence").asText() + ", "
                + Sizes.of(taken.path("bytes").asLong()) + " in "
                + taken.path("tookMillis").asText() + " ms";
    }
}
