package io.zandloper.benchmarks.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.zandloper.loadtest.generate.DataSet;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/**
 * Redis as a child process on a free port of the loopback, with what it needs to know of the {@link BenchProfiles}: the
 * same keys, values of as many bytes as value and segment bits together. For one thread.
 */
final class RedisServer implements AutoCloseable {
    private static final String COMMAND = "redis-server";
    private static final Duration START_MAX = Duration.ofMinutes(5);
    private static final Duration STOP_MAX = Duration.ofSeconds(30);
    private static final long RETRY_NANOS = 1_000_000;
    private static final int PIPELINE = 1_000;

    private final Process process;
    private final int port;

    private RedisServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static boolean isInstalled() {
        return List.of(System.getenv().getOrDefault("PATH", "").split(":")).stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, COMMAND)));
    }

    /** Starts it; {@link #awaitRow} tells when it answers. */
    static RedisServer start(Path folder, String... options) throws IOException {
        Files.createDirectories(folder);
        final int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        final List<String> command = new ArrayList<>(List.of(
                COMMAND,
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--dir",
                folder.toString(),
                "--daemonize",
                "no",
                "--save",
                ""));
        command.addAll(List.of(options));
        return new RedisServer(
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("redis.log").toFile())
                        .start(),
                port);
    }

    int port() {
        return port;
    }

    /** Returns when it gives the right value of a row; {@code -1} for when it answers at all. */
    void awaitRow(long row) throws IOException {
        final long end = System.nanoTime() + START_MAX.toNanos();
        while (!answers(row)) {
            if (System.nanoTime() > end || !process.isAlive()) {
                throw new IOException("redis-server did not start");
            }
            LockSupport.parkNanos(RETRY_NANOS);
        }
    }

    private boolean answers(long row) {
        try (Link link = new Link(port)) {
            if (row < 0) {
                return link.ask("PING").startsWith("+PONG");
            }
            return link.ask("GET", DataSet.crm(row)).equals(new String(value(row), US_ASCII));
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Writes rows from 0 on. */
    void put(long rows, LongConsumer progress) throws IOException {
        try (Link link = new Link(port)) {
            for (long row = 0; row < rows; ) {
                final long end = Math.min(rows, row + PIPELINE);
                final long first = row;
                for (; row < end; row++) {
                    link.send(set(row));
                }
                link.flush();
                for (long i = first; i < end; i++) {
                    link.answer();
                }
                progress.accept(row);
            }
        }
    }

    /** Bytes that its allocator has given out. */
    long usedMemory() throws IOException {
        try (Link link = new Link(port)) {
            return link.ask("INFO", "memory")
                    .lines()
                    .filter(line -> line.startsWith("used_memory:"))
                    .mapToLong(line ->
                            Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Writes its RDB file. */
    void save() throws IOException {
        try (Link link = new Link(port)) {
            final String answer = link.ask("SAVE");
            if (!answer.startsWith("+OK")) {
                throw new IOException("redis-server does not save: " + answer);
            }
        }
    }

    /** A command as it goes over the wire. */
    static byte[] set(long row) {
        return command("SET".getBytes(US_ASCII), DataSet.crm(row).getBytes(US_ASCII), value(row));
    }

    private static byte[] value(long row) {
        final byte[] value = new byte[BenchProfiles.PAYLOAD_BYTES];
        final byte[] start = BenchProfiles.value(row, 0);
        System.arraycopy(start, 0, value, 0, start.length);
        System.arraycopy(start, 0, value, start.length, value.length - start.length);
        return value;
    }

    private static byte[] command(byte[]... words) {
        final ByteArrayOutputStream command = new ByteArrayOutputStream();
        command.writeBytes(("*" + words.length + "\r\n").getBytes(US_ASCII));
        for (final byte[] word : words) {
            command.writeBytes(("$" + word.length + "\r\n").getBytes(US_ASCII));
            command.writeBytes(word);
            command.writeBytes(new byte[] {'\r', '\n'});
        }
        return command.toByteArray();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_MAX.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** One connection. */
    private static final class Link implements AutoCloseable {
        private final Socket socket;
        private final InputStream in;
        private final OutputStream out;

        Link(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            in = new BufferedInputStream(socket.getInputStream());
            out = new BufferedOutputStream(socket.getOutputStream());
        }

        String ask(String... words) throws IOException {
            final byte[][] bytes = new byte[words.length][];
            for (int i = 0; i < words.length; i++) {
                bytes[i] = words[i].getBytes(US_ASCII);
            }
            send(command(bytes));
            flush();
            return answer();
        }

        void send(byte[] command) throws IOException {
            out.write(command);
        }

        void flush() throws IOException {
            out.flush();
        }

        /** A bulk string as it is, anything else as its line. */
        String answer() throws IOException {
            final String line = line();
            if (!line.startsWith("$")) {
                return line;
            }
            final int length = Integer.parseInt(line.substring(1));
            if (length < 0) {
                return "";
            }
            final String text = new String(in.readNBytes(length), US_ASCII);
            line();
            return text;
        }

        private String line() throws IOException {
            final StringBuilder line = new StringBuilder();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    throw new EOFException("redis-server closed the connection");
                }
                if (c != '\r') {
                    line.append((char) c);
                }
            }
            return line.toString();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
