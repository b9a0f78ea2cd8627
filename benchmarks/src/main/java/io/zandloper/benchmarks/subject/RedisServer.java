package io.zandloper.benchmarks.subject;

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
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;

/**
 * Redis as a child process on a free port of the loopback, with what it needs to know of the {@link BenchProfiles}: the
 * same keys, values of as many bytes as value and segment bits together. For one thread.
 */
public final class RedisServer implements AutoCloseable {
    /** How the keys of hashes are named. */
    public static final String HASHES = "hash:{row}";

    private static final String COMMAND = "redis-server";
    private static final Duration START_MAX = Duration.ofMinutes(5);
    private static final long RETRY_NANOS = 1_000_000;
    private static final int PIPELINE = 1_000;

    private final ChildProcess process;
    private final int port;

    private RedisServer(ChildProcess process, int port) {
        this.process = process;
        this.port = port;
    }

    public static boolean isInstalled() {
        return ChildProcess.isInstalled(COMMAND);
    }

    /** Starts it; {@link #awaitRow} tells when it answers. */
    public static RedisServer start(Path folder, String... options) throws IOException {
        Files.createDirectories(folder);
        final int port = ChildProcess.freePort();
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
        return new RedisServer(ChildProcess.start(folder.resolve("redis.log"), command), port);
    }

    public int port() {
        return port;
    }

    /** Processor time it has used. */
    public Duration cpu() {
        return process.cpu();
    }

    /** Returns when it gives the right value of a row; {@code -1} for when it answers at all. */
    public void awaitRow(long row) throws IOException {
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
    public void put(long rows, LongConsumer progress) throws IOException {
        put(rows, RedisServer::set, progress);
    }

    /** Writes rows from 0 on as hashes: the same content in two fields, under keys of {@link #HASHES}. */
    public void putHashes(long rows, LongConsumer progress) throws IOException {
        put(rows, RedisServer::hashSet, progress);
    }

    private void put(long rows, LongFunction<byte[]> command, LongConsumer progress) throws IOException {
        try (Link link = new Link(port)) {
            for (long row = 0; row < rows; ) {
                final long end = Math.min(rows, row + PIPELINE);
                final long first = row;
                for (; row < end; row++) {
                    link.send(command.apply(row));
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
    public long usedMemory() throws IOException {
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

    /**
     * Has it append each write to a file from now on, which the operating system writes when it likes; returns when what
     * there is stands in the file.
     */
    public void appendToFile() throws IOException {
        try (Link link = new Link(port)) {
            for (final String[] setting :
                    new String[][] {{"appendfsync", "no"}, {"auto-aof-rewrite-percentage", "0"}, {"appendonly", "yes"}
                    }) {
                final String answer = link.ask("CONFIG", "SET", setting[0], setting[1]);
                if (!answer.startsWith("+OK")) {
                    throw new IOException("redis-server does not take " + setting[0] + ": " + answer);
                }
            }
            final long end = System.nanoTime() + START_MAX.toNanos();
            while (!isAppending(link.ask("INFO", "persistence"))) {
                if (System.nanoTime() > end) {
                    throw new IOException("redis-server does not get its file written");
                }
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
    }

    private static boolean isAppending(String info) {
        return info.contains("aof_enabled:1")
                && info.contains("aof_rewrite_in_progress:0")
                && info.contains("aof_rewrite_scheduled:0");
    }

    /** Writes its RDB file. */
    public void save() throws IOException {
        try (Link link = new Link(port)) {
            final String answer = link.ask("SAVE");
            if (!answer.startsWith("+OK")) {
                throw new IOException("redis-server does not save: " + answer);
            }
        }
    }

    /** A command as it goes over the wire. */
    public static byte[] set(long row) {
        return command("SET".getBytes(US_ASCII), DataSet.crm(row).getBytes(US_ASCII), value(row));
    }

    private static byte[] hashSet(long row) {
        final byte[] value = value(row);
        return command(
                "HSET".getBytes(US_ASCII),
                HASHES.replace("{row}", Long.toString(row + 1)).getBytes(US_ASCII),
                "value".getBytes(US_ASCII),
                Arrays.copyOf(value, BenchProfiles.VALUE_BYTES),
                "segments".getBytes(US_ASCII),
                Arrays.copyOfRange(value, BenchProfiles.VALUE_BYTES, value.length));
    }

    /** What stands under the key of a row. */
    public static byte[] value(long row) {
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
        process.close();
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
