package io.zandloper.loadtest.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.zandloper.loadtest.dialect.Identities;
import io.zandloper.loadtest.dialect.Operation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Requests that were recorded, to be sent again at their times: lines of microseconds since the first, operation and
 * identity, separated by spaces or tabs. Empty lines and those that begin with {@code #} mean nothing. Held in memory.
 */
public final class Trace implements Script, Identities {
    /** What a heap of the usual size holds. */
    private static final int LINES_MAX = 10_000_000;

    private final long[] dueNanos;
    private final Operation[] operations;
    private final byte[] text;
    private final int[] ends;
    private final int lengthBytesMax;

    private Trace(long[] dueNanos, Operation[] operations, byte[] text, int[] ends, int lengthBytesMax) {
        this.dueNanos = dueNanos;
        this.operations = operations;
        this.text = text;
        this.ends = ends;
        this.lengthBytesMax = lengthBytesMax;
    }

    /** @throws IOException where the file cannot be read or a line is none; names the line */
    public static Trace read(Path file) throws IOException {
        final Reader reader = new Reader(file);
        try (Stream<String> lines = Files.lines(file, UTF_8)) {
            for (final String line : (Iterable<String>) lines::iterator) {
                reader.take(line);
            }
        }
        return reader.trace();
    }

    private static final class Reader {
        private final Path file;
        private final List<Operation> operations = new ArrayList<>();
        private final ByteArrayOutputStream text = new ByteArrayOutputStream();
        private long[] dueNanos = new long[1_024];
        private int[] ends = new int[1_024];
        private int lengthBytesMax;
        private int lineNumber;

        Reader(Path file) {
            this.file = file;
        }

        void take(String line) throws IOException {
            lineNumber++;
            if (line.isBlank() || line.startsWith("#")) {
                return;
            }
            final String[] words = line.strip().split("\\s+", 3);
            if (words.length < 3 || !words[0].matches("\\d{1,15}") || words[2].indexOf(':') < 1) {
                throw wrong("must be microseconds, operation and identity");
            }
            final int count = operations.size();
            if (count == LINES_MAX) {
                throw wrong("no more than " + LINES_MAX + " requests can be replayed");
            }
            if (count == ends.length) {
                dueNanos = Arrays.copyOf(dueNanos, 2 * count);
                ends = Arrays.copyOf(ends, 2 * count);
            }
            dueNanos[count] = Long.parseLong(words[0]) * 1_000;
            if (count > 0 && dueNanos[count] < dueNanos[count - 1]) {
                throw wrong("is earlier than the line before it");
            }
            operations.add(operation(words[1]));
            final byte[] identity = words[2].getBytes(UTF_8);
            text.writeBytes(identity);
            ends[count] = text.size();
            lengthBytesMax = Math.max(lengthBytesMax, identity.length);
        }

        private Operation operation(String word) throws IOException {
            for (final Operation operation : Operation.values()) {
                if (operation != Operation.SEGMENT_TEST_BATCH
                        && operation.title().equals(word)) {
                    return operation;
                }
            }
            throw wrong("knows segment-test, profile, decide and upsert, not " + word.toLowerCase(Locale.ROOT));
        }

        private IOException wrong(String complaint) {
            return new IOException("a line of a trace " + complaint + ": " + file + ":" + lineNumber);
        }

        Trace trace() throws IOException {
            final int count = operations.size();
            if (count == 0) {
                throw new IOException("there is no request in the trace: " + file);
            }
            final long first = dueNanos[0];
            return new Trace(
                    Arrays.stream(dueNanos, 0, count).map(at -> at - first).toArray(),
                    operations.toArray(new Operation[0]),
                    text.toByteArray(),
                    Arrays.copyOf(ends, count),
                    lengthBytesMax);
        }
    }

    /** From the first request to the last. */
    Duration duration() {
        return Duration.ofNanos(dueNanos[dueNanos.length - 1]);
    }

    /** Requests a second, on average. */
    double ratePerSecond() {
        return dueNanos.length * 1e9 / Math.max(1, dueNanos[dueNanos.length - 1]);
    }

    /** When every {@code step}th request from the {@code first} on is due. */
    long[] dueNanos(int first, int step) {
        final long[] due = new long[(dueNanos.length - first + step - 1) / step];
        for (int i = 0; i < due.length; i++) {
            due[i] = dueNanos[first + i * step];
        }
        return due;
    }

    @Override
    public Operation operation(long requestNumber) {
        return operations[(int) requestNumber];
    }

    @Override
    public Set<Operation> operations() {
        final Set<Operation> all = EnumSet.noneOf(Operation.class);
        Collections.addAll(all, operations);
        return all;
    }

    @Override
    public int size() {
        return ends.length;
    }

    @Override
    public int lengthBytes(int index) {
        return ends[index] - start(index);
    }

    @Override
    public int lengthBytesMax() {
        return lengthBytesMax;
    }

    @Override
    public void put(int index, ByteBuffer out, int at) {
        out.put(at, text, start(index), lengthBytes(index));
    }

    private int start(int index) {
        return index == 0 ? 0 : ends[index - 1];
    }

    @Override
    public long number(int index) {
        return index;
    }
}
