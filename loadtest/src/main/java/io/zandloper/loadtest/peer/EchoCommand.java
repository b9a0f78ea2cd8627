package io.zandloper.loadtest.peer;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code load echo-server}: a server that sends back what comes, as a process of its own. */
@Command(
        name = "echo-server",
        description = "Sends back what comes: what a server is measured against with --protocol echo.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class EchoCommand implements Callable<Integer> {
    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "0",
            description = "of the loopback; 0 for a free one (${DEFAULT-VALUE})")
    private int port;

    @Option(names = "--event-loops", paramLabel = "N", description = "threads (as many as there are cores)")
    private int eventLoops = Runtime.getRuntime().availableProcessors();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Serves until the process is ended. */
    @Override
    public Integer call() throws IOException {
        try (EchoServer server = EchoServer.start(port, eventLoops)) {
            final PrintWriter out = spec.commandLine().getOut();
            out.println("ready echo=127.0.0.1:" + server.port());
            out.flush();
            server.await();
            return 0;
        }
    }
}
