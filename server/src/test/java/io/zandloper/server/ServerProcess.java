package io.zandloper.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A command in a process of its own, with the server's JVM options: what a user has, but for the launcher. */
public final class ServerProcess implements AutoCloseable {
    private static final Pattern READY =
            Pattern.compile("ready binary=(?:127\\.0\\.0\\.1|0\\.0\\.0\\.0):(\\d+) http=[0-9.]+:(\\d+)"
                    + " admin=[0-9.]+:(\\d+) role=(primary|replica|fenced) sequence=(\\d+)");
    private static final long DEADLINE_SECONDS = 120;
    private static final String END = "\0end";

    /**
     * Where a process runs.
     *
     * @param command that it is begun with, and becomes it
     * @param host under which it is reached from here
     */
    public record Place(List<String> command, String host) {
        public static final Place HERE = new Place(List.of(), "127.0.0.1");
    }

    private final Place place;
    private final Process process;
    private final Path errorFile;
    private final BlockingQueue<String> output = new LinkedBlockingQueue<>();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private int binaryPort;
    private int httpPort;
    private int adminPort;
    private String role = "";
    private long readySequence;

    private ServerProcess(Place place, Process process, Path errorFile) {
        this.place = place;
        this.process = process;
        this.errorFile = errorFile;
        Thread.ofPlatform().daemon().start(this::readOutput);
    }

    /** Starts {@code serve} on free ports and waits until it is ready. */
    public static ServerProcess serve(Path dataFolder, String... options) throws Exception {
        return serve(Place.HERE, dataFolder, options);
    }

    /** The same somewhere else. */
    public static ServerProcess serve(Place place, Path dataFolder, String... options) throws Exception {
        final ServerProcess server = start(place, dataFolder, options);
        final String line = server.output.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
        final Matcher ready = READY.matcher(String.valueOf(line));
        if (!ready.matches()) {
            final String errors = server.errors();
            server.close();
            throw new AssertionError("not ready: " + line + "\n" + errors);
        }
        server.binaryPort = Integer.parseInt(ready.group(1));
        server.httpPort = Integer.parseInt(ready.group(2));
        server.adminPort = Integer.parseInt(ready.group(3));
        server.role = ready.group(4);
        server.readySequence = Long.parseLong(ready.group(5));
        return server;
    }

    /** Starts {@code serve} on free ports and does not wait. */
    public static ServerProcess start(Path dataFolder, String... options) throws IOException {
        return start(Place.HERE, dataFolder, options);
    }

    private static ServerProcess start(Place place, Path dataFolder, String... options) throws IOException {
        final List<String> arguments = new ArrayList<>(List.of("serve", "--data", dataFolder.toString()));
        arguments.addAll(List.of(options));
        for (final String port : List.of("--port", "--http-port", "--admin-port")) {
            if (!arguments.contains(port)) {
                arguments.addAll(List.of(port, "0"));
            }
        }
        return run(place, List.of(), arguments.toArray(String[]::new));
    }

    /** Starts any command. */
    public static ServerProcess run(String... arguments) throws IOException {
        return run(List.of(), arguments);
    }

    /** Starts any command, with further options of the JVM. */
    public static ServerProcess run(List<String> jvmOptions, String... arguments) throws IOException {
        return run(Place.HERE, jvmOptions, arguments);
    }

    private static ServerProcess run(Place place, List<String> jvmOptions, String... arguments) throws IOException {
        final String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        final List<String> command = new ArrayList<>(place.command());
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + Path.of(System.getProperty("zandloper.root"), "deploy", "jvm.options")));
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", classPath, ServerMain.class.getName()));
        command.addAll(List.of(arguments));
        final Path errorFile = Files.createTempFile("zandloper", ".err");
        final ProcessBuilder builder = new ProcessBuilder(command).redirectError(errorFile.toFile());
        builder.environment().keySet().removeIf(variable -> variable.startsWith("ZANDLOPER_"));
        return new ServerProcess(place, builder.start(), errorFile);
    }

    private void readOutput() {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                output.add(line);
            }
        } catch (IOException e) {
            output.add("the output broke: " + e);
        }
        output.add(END);
    }

    public long pid() {
        return process.pid();
    }

    public int binaryPort() {
        return binaryPort;
    }

    public int httpPort() {
        return httpPort;
    }

    public int adminPort() {
        return adminPort;
    }

    /** Of the line that said ready. */
    public String role() {
        return role;
    }

    /** Likewise. */
    public long readySequence() {
        return readySequence;
    }

    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send("GET", httpPort, path, "application/json", "");
    }

    public HttpResponse<String> getAdmin(String path) throws IOException, InterruptedException {
        return send("GET", adminPort, path, "application/json", "");
    }

    /** Waits for a sequence first, at most so many seconds. */
    public HttpResponse<String> getAt(String path, long minSequence, int waitSeconds)
            throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://" + place.host() + ":" + httpPort + path))
                        .header("Zandloper-Min-Sequence", Long.toString(minSequence))
                        .header("Prefer", "wait=" + waitSeconds)
                        .GET()
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    public HttpResponse<String> send(String method, String path, String contentType, String body)
            throws IOException, InterruptedException {
        return send(method, httpPort, path, contentType, body);
    }

    public HttpResponse<String> sendAdmin(String method, String path) throws IOException, InterruptedException {
        return send(method, adminPort, path, "application/json", "");
    }

    private HttpResponse<String> send(String method, int port, String path, String contentType, String body)
            throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://" + place.host() + ":" + port + path))
                        .header("Content-Type", contentType)
                        .method(
                                method,
                                body.isEmpty()
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Sends SIGTERM and gives the exit code. */
    public int terminate() throws Exception {
        // Not Process.destroy(): that closes the streams too.
        assertThat(process.toHandle().destroy()).isTrue();
        return waitFor();
    }

    /** Sends SIGKILL: the process ends where it stands. */
    public void kill() throws InterruptedException {
        process.toHandle().destroyForcibly();
        process.waitFor();
    }

    /** Waits for the end and gives the exit code. */
    public int waitFor() throws InterruptedException {
        assertThat(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS))
                .as("ended in time")
                .isTrue();
        return process.exitValue();
    }

    /** Waits for so many lines of its output. */
    public List<String> nextLines(int count) throws InterruptedException {
        final List<String> lines = new ArrayList<>();
        while (lines.size() < count) {
            final String line = output.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
            assertThat(line).as("line " + (lines.size() + 1) + " of the output").isNotNull();
            lines.add(line);
        }
        return lines;
    }

    /** What it printed since it was ready, after its end. */
    public List<String> restOfOutput() throws InterruptedException {
        final List<String> lines = new ArrayList<>();
        for (String line = output.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
                line != null && !line.equals(END);
                line = output.poll(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
            lines.add(line);
        }
        return lines;
    }

    /** Its error stream so far. */
    public String errors() throws IOException {
        return Files.readString(errorFile, StandardCharsets.UTF_8);
    }

    /** Ends it, whatever state it is in. */
    @Override
    public void close() throws Exception {
        process.destroyForcibly().waitFor();
        http.close();
        Files.deleteIfExists(errorFile);
    }
}
