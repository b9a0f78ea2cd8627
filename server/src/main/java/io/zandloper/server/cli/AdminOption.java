package io.zandloper.server.cli;

import java.net.URI;
import picocli.CommandLine.Option;

/** {@code --to} of the commands for operators: the server's admin port. */
final class AdminOption {
    private static final int NOT_FOUND = 404;

    @Option(
            names = "--to",
            paramLabel = "URL",
            converter = ServerOption.BaseUri.class,
            defaultValue = "http://127.0.0.1:7490",
            description = "The server's admin address. Default: ${DEFAULT-VALUE}.")
    private URI to = URI.create("http://127.0.0.1:7490");

    /**
     * Has the server do something that may take long, and waits for it.
     *
     * @param failure what did not come about, should it fail
     * @return its answer, which is a good one
     * @throws CommandException for any other
     */
    ServerClient.Answer post(String path, String failure) {
        try (ServerClient client = new ServerClient(to)) {
            final ServerClient.Answer answer = client.postAndWait(path);
            if (answer.status() == NOT_FOUND) {
                throw new CommandException(to
                        + " is not an admin port; give --to the address that the server's ready line calls admin,"
                        + " http://127.0.0.1:7490 by default");
            }
            if (!answer.isOk()) {
                throw new CommandException(failure + ": " + answer.problem());
            }
            return answer;
        }
    }
}
