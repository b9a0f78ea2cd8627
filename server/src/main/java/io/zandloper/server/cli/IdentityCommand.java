package io.zandloper.server.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that makes one call for each of some identities, and shows what is answered. */
abstract class IdentityCommand implements Callable<Integer> {
    private static final int NOT_FOUND = 404;

    @Mixin
    private ServerOption server = new ServerOption();

    @Option(names = "--json", description = "Prints the server's answer as it is.")
    private boolean asJson;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    abstract List<String> identities();

    /** Makes the call about one of them. */
    abstract ServerClient.Answer call(ServerClient client, String identity);

    abstract String forPeople(ServerClient.Answer answer);

    /** Wrong usage that the options alone do not show. */
    final ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    @Override
    public final Integer call() {
        final PrintWriter out = spec.commandLine().getOut();
        final List<String> unknown = new ArrayList<>();
        try (ServerClient client = server.connect()) {
            for (String identity : identities()) {
                final ServerClient.Answer answer = call(client, identity);
                if (answer.status() == NOT_FOUND && !answer.isOfApi()) {
                    throw new CommandException(client.address()
                            + " is not the HTTP API of a server; give --to the address that its ready line calls http,"
                            + " http://127.0.0.1:7480 by default");
                }
                if (answer.status() == NOT_FOUND) {
                    unknown.add(identity);
                } else if (!answer.isOk()) {
                    throw new CommandException("the server refuses " + identity + ": " + answer.problem());
                } else {
                    out.println(asJson ? answer.body() : forPeople(answer));
                }
            }
        }
        out.flush();
        if (!unknown.isEmpty()) {
            throw new CommandException(
                    "nobody has the identity " + String.join(", ", unknown) + "; check the spelling");
        }
        return ZandloperCommands.DONE;
    }
}
