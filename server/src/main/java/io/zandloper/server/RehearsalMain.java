package io.zandloper.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.zandloper.protocol.client.DecisionQuery;
import io.zandloper.protocol.client.ProfileChange;
import io.zandloper.protocol.client.ZandloperClient;
import io.zandloper.server.cli.CommandException;
import io.zandloper.server.cli.ZandloperCommands;
import io.zandloper.server.config.ServerConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A short life of a server for nobody: started in an empty folder, asked over each port, stopped, started again and
 * stopped. The launcher has the JVM watch one after a build and keep what it loaded in an archive of classes, from which
 * the starts to come have them at once.
 */
public final class RehearsalMain {
    private static final Pattern READY = Pattern.compile("ready binary=(\\S+) http=(\\S+) admin=(\\S+) .*");
    /** For a first answer on a machine that has just compiled and may still be busy. */
    private static final Duration ANSWER_MAX = Duration.ofSeconds(30);

    private static final String SOMEBODY = "crm:1";

    private RehearsalMain() {}

    /** @param arguments an empty folder, and the file of a catalog */
    public static void main(String[] arguments) {
        final String folder = arguments[0];
        final PrintWriter err = new PrintWriter(System.err, true, UTF_8);
        int exitCode = live(err, "--data", folder, "--catalog", arguments[1]);
        if (exitCode == 0) {
            exitCode = live(err, "--data", folder);
        }
        System.exit(exitCode);
    }

    private static int live(PrintWriter err, String... options) {
        final String[] command = new String[options.length + 7];
        System.arraycopy(options, 0, command, 7, options.length);
        System.arraycopy(
                new String[] {"serve", "--port", "0", "--http-port", "0", "--admin-port", "0"}, 0, command, 0, 7);
        return ZandloperCommands.run(
                (concluded, out) -> serve(concluded.config()),
                Map.of(),
                new PrintWriter(Writer.nullWriter()),
                err,
                command);
    }

    private static void serve(ServerConfig config) {
        final StopSignal stop = StopSignal.install();
        try (Server server = Server.start(config, stop)) {
            final Matcher ready = READY.matcher(server.readyLine());
            if (!ready.matches()) {
                throw new IllegalStateException("not the line of a server that is ready: " + server.readyLine());
            }
            askBinary(address(ready.group(1)));
            final String decision = "{\"profile\":\"" + SOMEBODY + "\",\"placements\":[{\"id\":\"none\"}]}";
            askHttp(address(ready.group(2)), "PATCH /v1/profiles/" + SOMEBODY, "{\"attributes\":{\"age\":42}}");
            askHttp(address(ready.group(2)), "GET /v1/profiles/" + SOMEBODY, "");
            askHttp(address(ready.group(2)), "POST /v1/decisions", decision);
            askHttp(address(ready.group(3)), "GET /health/ready", "");
        } catch (IOException e) {
            throw new CommandException("the server did not answer: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("interrupted");
        }
    }

    private static void askBinary(InetSocketAddress server) {
        try (ZandloperClient client = ZandloperClient.builder(server.getHostString(), server.getPort())
                .deadline(ANSWER_MAX)
                .connectTimeout(ANSWER_MAX)
                .connect()) {
            client.upsert(ProfileChange.merge(SOMEBODY).attribute("age", 41)).join();
            client.profile(SOMEBODY).join();
            client.segments(SOMEBODY).join();
            client.testSegments(SOMEBODY, List.of("none")).join();
            // What is refused is answered, too.
            client.decide(DecisionQuery.forProfile(SOMEBODY).placement("none"))
                    .exceptionally(refused -> null)
                    .join();
        }
    }

    /** What it answers is not looked at: the code that answers has run. */
    private static void askHttp(InetSocketAddress server, String request, String body) throws IOException {
        try (Socket socket = new Socket(server.getHostString(), server.getPort())) {
            socket.setSoTimeout((int) ANSWER_MAX.toMillis());
            final byte[] content = body.getBytes(UTF_8);
            socket.getOutputStream()
                    .write((request + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                                    + "Content-Type: application/json\r\nContent-Length: " + content.length + "\r\n\r\n"
                                    + body)
                            .getBytes(UTF_8));
            socket.getInputStream().readAllBytes();
        }
    }

    private static InetSocketAddress address(String shown) {
        final int colon = shown.lastIndexOf(':');
        return new InetSocketAddress(shown.substring(0, colon), Integer.parseInt(shown.substring(colon + 1)));
    }
}
