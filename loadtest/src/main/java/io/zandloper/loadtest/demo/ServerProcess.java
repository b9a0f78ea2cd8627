package io.zandloper.loadtest.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.zandloper.loadtest.report.RunContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server of our own: a child process on free ports, started through the launcher as a user would. For one thread. */
public final class ServerProcess implements AutoCloseable {
    private static final Duration START_MAX = Duration.ofSeconds(90);
    private static final Duration STOP_MAX = Duration.ofSeconds(30);
    private static final String READY = "ready ";
    private static final Pattern FIELD = Pattern.compile("(\\w+)=(\\S+)");

    private final Process process;
    private final Path log;
    private final CompletableFuture<String> readyLine;
    private Map<String, String> addresses = Map.of();
    private boolean paused;

    private ServerProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
        this.readyLine = readyLine(process);
    }

    /**
     * Starts the process, and leaves it to the caller to wait for it and to stop it.
     *
     * @param folder for the server's data and log; it must be there
     */
    static ServerProcess spawn(Path folder, Path catalog) throws IOException {
        return spawn(
                folder.resolve("server.log"),
                List.of("--data", folder.resolve("data").toString(), "--catalog", catalog.toString()));
    }

    /**
     * The same with any options of {@code serve} but those of the ports, which are free ones.
     *
     * @param log what the server says on its error stream goes there
     */
    public static ServerProcess spawn(Path log, List<String> options) throws IOException {
        final Path launcher = RunContext.root().resolve("zandloper");
        if (!Files.isExecutable(launcher)) {
            throw new IOException("the launcher is missing: start this with ./zandloper");
        }
        final List<String> command =
                new ArrayList<>(List.of(launcher.toAbsolutePath().toString(), "serve"));
        command.addAll(List.of("--port", "0", "--http-port", "0", "--admin-port", "0"));
        command.addAll(options);
        final ProcessBuilder builder = new ProcessBuilder(command);
        builder.redirectError(log.toFile());
        // What we run is built; and a source that has just changed must not stop this half way.
        builder.environment().put("ZANDLOPER_BUILD", "skip");
        final Process process = builder.start();
        // Nobody types into it.
        process.getOutputStream().close();
        return new ServerProcess(process, log);
    }

    /** As {@link #awaitReady(Duration)} with what a small start takes at most. */
    void awaitReady() throws IOException, InterruptedException {
        awaitReady(START_MAX);
    }

    /**
     * Returns when the server is ready.
     *
     * @throws IOException in one sentence, with the server's own last words
     */
    public void awaitReady(Duration startMax) throws IOException, InterruptedException {
        try {
            addresses = parse(readyLine.get(startMax.toSeconds(), TimeUnit.SECONDS));
        } catch (TimeoutException e) {
            throw new IOException("the server was not ready within " + startMax.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw new IOException("the server did not start: " + lastWords(log), e);
        }
    }

    /** Completes with the line; fails when the output ends without it. What comes after it is read and dropped. */
    private static CompletableFuture<String> readyLine(Process process) {
        final CompletableFuture<String> ready = new CompletableFuture<>();
        final Thread reader = new Thread(
                () -> {
                    try (BufferedReader lines =
                            new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
                        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                            if (line.startsWith(READY)) {
                                ready.complete(line);
                            }
                        }
                        ready.completeExceptionally(new IOException("its output ended"));
                    } catch (IOException e) {
                        ready.completeExceptionally(e);
                    }
                },
                "demo-server-output");
        reader.setDaemon(true);
        reader.start();
        return ready;
    }

    /** {@code ready binary=H:P http=H:P admin=H:P …} */
    static Map<String, String> parse(String readyLine) throws IOException {
        final Map<String, String> addresses = new HashMap<>();
        final Matcher fields = FIELD.matcher(readyLine);
        while (fields.find()) {
            addresses.put(fields.group(1), fields.group(2));
        }
        for (final String name : List.of("binary", "http", "admin")) {
            if (!addresses.getOrDefault(name, "").matches(".+:\\d+")) {
                throw new IOException("the server's ready line names no " + name + " address: " + readyLine);
            }
        }
        return addresses;
    }

    private static String lastWords(Path log) throws IOException {
        final List<String> lines = Files.exists(log) ? Files.readAllLines(log, UTF_8) : List.of();
        return lines.stream()
                .filter(line -> !line.isBlank())
                .reduce((first, last) -> last)
                .orElse("it said nothing");
    }

    /** {@code H:P}, of {@code binary}, {@code http} or {@code admin}. */
    String address(String port) {
        return addresses.getOrDefault(port, "");
    }

    public String host(String port) {
        final String address = address(port);
        return address.substring(0, address.lastIndexOf(':'));
    }

    public int port(String port) {
        final String address = address(port);
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    public long pid() {
        return process.pid();
    }

    /** Processor time it has used, in user and system mode; to a hundredth of a second. */
    public Duration cpu() {
        return process.info()
                .totalCpuDuration()
                .orElseThrow(
                        () -> new IllegalStateException("this system does not tell the processor time of a process"));
    }

    /** Has it stand still, as if it were not there: it takes no processor, and its sockets stay open. */
    public void pause() throws IOException, InterruptedException {
        signal("-STOP");
        paused = true;
    }

    public void resume() throws IOException, InterruptedException {
        signal("-CONT");
        paused = false;
    }

    private void signal(String name) throws IOException, InterruptedException {
        final int exitCode = new ProcessBuilder("kill", name, Long.toString(pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (exitCode != 0) {
            throw new IOException("the server takes no signals");
        }
    }

    /** Until it ends by itself: its exit code. */
    int await() throws InterruptedException {
        return process.waitFor();
    }

    /** Ends it at once, as a crash would, and waits until it is gone. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** Asks it to stop and waits until it has. */
    @Override
    public void close() {
        stop(STOP_MAX);
    }

    /** The same; after so long it is ended by force. */
    public void stop(Duration stopMax) {
        process.destroy();
        try {
            if (paused) {
                // Else it would not hear of it.
                resume();
            }
            if (!process.waitFor(stopMax.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            // It does not go on, so it will not stop by itself.
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
