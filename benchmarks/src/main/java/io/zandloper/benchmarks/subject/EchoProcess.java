package io.zandloper.benchmarks.subject;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.zandloper.loadtest.LoadtestMain;
import io.zandloper.loadtest.report.RunContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A bare echo in a JVM of its own, with the options of the server's. For one thread. */
public final class EchoProcess implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("ready echo=127\\.0\\.0\\.1:(\\d+)");
    private static final Duration START_MAX = Duration.ofSeconds(60);
    private static final long RETRY_NANOS = 5_000_000;

    private final ChildProcess process;
    private final int port;

    private EchoProcess(ChildProcess process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts it, and waits until it listens.
     *
     * @param log what it says goes there
     */
    public static EchoProcess start(Path log) throws IOException {
        final ChildProcess process = ChildProcess.start(
                log,
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "@" + RunContext.root().resolve("deploy/jvm.options").toAbsolutePath(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LoadtestMain.class.getName(),
                        "load",
                        "echo-server"));
        boolean started = false;
        try {
            final EchoProcess echo = new EchoProcess(process, awaitPort(process, log));
            started = true;
            return echo;
        } finally {
            if (!started) {
                process.close();
            }
        }
    }

    private static int awaitPort(ChildProcess process, Path log) throws IOException {
        final long end = System.nanoTime() + START_MAX.toNanos();
        while (true) {
            final Matcher ready = READY.matcher(Files.readString(log, UTF_8));
            if (ready.find()) {
                return Integer.parseInt(ready.group(1));
            }
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new IOException("the echo server did not start");
            }
            LockSupport.parkNanos(RETRY_NANOS);
        }
    }

    public int port() {
        return port;
    }

    @Override
    public void close() {
        process.close();
    }
}
