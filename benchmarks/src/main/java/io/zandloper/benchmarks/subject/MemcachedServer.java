package io.zandloper.benchmarks.subject;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.zandloper.loadtest.generate.DataSet;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/**
 * memcached as a child process on a free port of the loopback, with the values of {@link RedisServer#value} under the same
 * keys. For one thread.
 */
public final class MemcachedServer implements AutoCloseable {
    private static final String COMMAND = "memcached";
    private static final Duration START_MAX = Duration.ofSeconds(30);
    private static final long RETRY_NANOS = 1_000_000;
    private static final int PIPELINE = 1_000;
    /** Of memory, with what its slabs leave empty: values must not push each other out. */
    private static final int BYTES_A_ROW = 800;

    private static final int MEGABYTES_MIN = 64;

    private final ChildProcess process;
    private final int port;

    private MemcachedServer(ChildProcess process, int port) {
        this.process = process;
        this.port = port;
    }

    public static boolean isInstalled() {
        return ChildProcess.isInstalled(COMMAND);
    }

    /** Starts it with room for so many rows, and waits until it answers. */
    public static MemcachedServer start(Path log, long rows) throws IOException {
        final int port = ChildProcess.freePort();
        final MemcachedServer server = new MemcachedServer(
                ChildProcess.start(
                        log,
                        List.of(
                                COMMAND,
                                "-l",
                                "127.0.0.1",
                                "-p",
                                Integer.toString(port),
                                "-U",
                                "0",
                                "-u",
                                System.getProperty("user.name"),
                                "-m",
                                Long.toString(MEGABYTES_MIN + rows * BYTES_A_ROW / (1 << 20)))),
                port);
        boolean started = false;
        try {
            server.awaitAnswer();
            started = true;
        } finally {
            if (!started) {
                server.close();
            }
        }
        return server;
    }

    private void awaitAnswer() throws IOException {
        final long end = System.nanoTime() + START_MAX.toNanos();
        while (true) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return;
            } catch (IOException e) {
                if (System.nanoTime() > end || !process.isAlive()) {
                    throw new IOException("memcached did not start", e);
                }
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
    }

    public int port() {
        return port;
    }

    /** Processor time it has used. */
    public Duration cpu() {
        return process.cpu();
    }

    /** Writes rows from 0 on. */
    public void put(long rows, LongConsumer progress) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                OutputStream out = new BufferedOutputStream(socket.getOutputStream());
                BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII))) {
            for (long row = 0; row < rows; ) {
                final long end = Math.min(rows, row + PIPELINE);
                final long first = row;
                for (; row < end; row++) {
                    final byte[] value = RedisServer.value(row);
                    out.write(("set " + DataSet.crm(row) + " 0 0 " + value.length + "\r\n").getBytes(US_ASCII));
                    out.write(value);
                    out.write('\r');
                    out.write('\n');
                }
                out.flush();
                for (long i = first; i < end; i++) {
                    final String answer = in.readLine();
                    if (!"STORED".equals(answer)) {
                        throw new IOException("memcached does not store: " + answer);
                    }
                }
                progress.accept(row);
            }
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
