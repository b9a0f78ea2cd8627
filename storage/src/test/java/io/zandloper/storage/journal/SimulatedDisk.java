package io.zandloper.storage.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A disk in memory that can crash at any step. What was synced survives a crash; of what was not, any beginning does,
 * perhaps with garbage behind it. A name survives once its folder was synced.
 */
final class SimulatedDisk implements Disk {
    /** The power went out; everything in flight stays undone. */
    static final class Crash extends IOException {
        private static final long serialVersionUID = 1L;

        Crash() {
            super("simulated crash");
        }
    }

    private static final class Content {
        private byte[] bytes = new byte[0];
        private int syncedLength;
        private boolean named;
    }

    private final SplittableRandom random;
    private final Map<Path, Content> files = new HashMap<>();
    private long stepsUntilCrash = Long.MAX_VALUE;
    private long stepsUntilFull = Long.MAX_VALUE;
    private boolean full;

    SimulatedDisk(SplittableRandom random) {
        this.random = random;
    }

    /** The step after {@code steps} more fails, and every one after it until {@link #restart}. */
    void crashAfter(long steps) {
        stepsUntilCrash = steps;
    }

    /** From the step after {@code steps} more on, nothing can be written, until {@link #empty}. */
    void fullAfter(long steps) {
        stepsUntilFull = steps;
    }

    /** There is space again. */
    void empty() {
        full = false;
        stepsUntilFull = Long.MAX_VALUE;
    }

    boolean hasCrashed() {
        return stepsUntilCrash < 0;
    }

    /** The machine comes back: what was not durable is lost, in whole or in part. */
    void restart() {
        stepsUntilCrash = Long.MAX_VALUE;
        empty();
        files.values().removeIf(content -> !content.named && random.nextBoolean());
        for (final Content content : files.values()) {
            final int unsynced = content.bytes.length - content.syncedLength;
            if (unsynced > 0) {
                final int kept = content.syncedLength + random.nextInt(unsynced + 1);
                content.bytes = Arrays.copyOf(content.bytes, kept);
                if (random.nextInt(4) == 0 && kept > content.syncedLength) {
                    content.bytes[content.syncedLength + random.nextInt(kept - content.syncedLength)] ^= 0x55;
                }
            }
            content.named = true;
            content.syncedLength = content.bytes.length;
        }
    }

    /** Flips one bit of what is durable. */
    void flipBit(Path file, int index) {
        files.get(file).bytes[index] ^= (byte) (1 << random.nextInt(8));
    }

    List<Path> paths() {
        return files.keySet().stream().sorted().toList();
    }

    int size(Path file) {
        return files.get(file).bytes.length;
    }

    private void step() throws Crash {
        if (--stepsUntilCrash < 0) {
            stepsUntilCrash = -1;
            throw new Crash();
        }
        if (--stepsUntilFull < 0) {
            full = true;
        }
    }

    private void write() throws IOException {
        step();
        if (full) {
            throw new IOException("no space left on the simulated disk");
        }
    }

    private Content content(Path file) throws IOException {
        final Content content = files.get(file);
        if (content == null) {
            throw new IOException("no such file: " + file);
        }
        return content;
    }

    private final class SimulatedFile implements AppendFile {
        private final Content content;

        SimulatedFile(Content content) {
            this.content = content;
        }

        @Override
        public void append(ByteBuffer bytes) throws IOException {
            final byte[] added = new byte[bytes.remaining()];
            bytes.get(added);
            final int before = content.bytes.length;
            try {
                write();
            } catch (IOException e) {
                add(added, random.nextInt(added.length)); // a short write
                throw e;
            }
            add(added, added.length);
            assert content.bytes.length == before + added.length;
        }

        private void add(byte[] added, int length) {
            final int before = content.bytes.length;
            content.bytes = Arrays.copyOf(content.bytes, before + length);
            System.arraycopy(added, 0, content.bytes, before, length);
        }

        @Override
        public void sync() throws IOException {
            step();
            content.syncedLength = content.bytes.length;
        }

        @Override
        public void truncate(long lengthBytes) throws IOException {
            step();
            content.bytes = Arrays.copyOf(content.bytes, (int) lengthBytes);
            content.syncedLength = Math.min(content.syncedLength, content.bytes.length);
        }

        @Override
        public long length() {
            return content.bytes.length;
        }

        @Override
        public void close() throws IOException {
            step();
        }
    }

    @Override
    public AppendFile create(Path file) throws IOException {
        write();
        if (files.containsKey(file)) {
            throw new IOException("exists: " + file);
        }
        final Content content = new Content();
        files.put(file, content);
        return new SimulatedFile(content);
    }

    @Override
    public AppendFile append(Path file) throws IOException {
        step();
        return new SimulatedFile(content(file));
    }

    @Override
    public List<String> list(Path folder) throws IOException {
        step();
        return files.keySet().stream()
                .filter(file -> folder.equals(file.getParent()))
                .map(file -> file.getFileName().toString())
                .sorted()
                .toList();
    }

    @Override
    public long length(Path file) throws IOException {
        step();
        return content(file).bytes.length;
    }

    @Override
    public int read(Path file, long position, ByteBuffer into) throws IOException {
        step();
        final byte[] bytes = content(file).bytes;
        final int length = Math.max(0, Math.min(into.remaining(), bytes.length - (int) position));
        into.put(bytes, (int) position, length);
        return length;
    }

    @Override
    public void delete(Path file) throws IOException {
        step();
        content(file);
        files.remove(file);
    }

    @Override
    public void createFolder(Path folder) throws IOException {
        step();
    }

    @Override
    public void syncFolder(Path folder) throws IOException {
        step();
        files.forEach((file, content) -> content.named = true);
    }
}
