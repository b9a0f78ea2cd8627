package io.zandloper.server.cli;

import java.net.URI;
import picocli.CommandLine.Option;

/** {@code --to} of the commands for operators: the server's admin port. */
final class AdminOption {
    @Option(
            names = "--to",
            paramLabel = "URL",
            converter = ServerOption.BaseUri.class,
            defaultValue = "http://127.0.0.1:7490",
            description = "The server's admin address. Default: ${DEFAULT-VALUE}.")
    private URI to = URI.create("http://127.0.0.1:7490");

    URI address() {
        return to;
    }

    ServerClient connect() {
        return new ServerClient(to);
    }
}
