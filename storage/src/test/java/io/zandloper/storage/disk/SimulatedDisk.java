package io.zandloper.storage.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that can crash at any step, fill up, fail to sync and flip bits; all by one source of randomness, so
 * that a seed replays it.
 *
 * <p>What was synced survives a power cut; of what was not, any beginning does, perhaps with garbage in it. Of the names
 * made, changed and removed in a folder since it was last synced, those up to some moment survive. A step in which the
 * crash comes has been done, in part, or not.
 */
public final class SimulatedDisk implements Disk {
    /** The machine or the process is gone; everything in flight stays undone. */
    public static final class Crash extends IOException {
        private static final long serialVersionUID = 1L;

        Crash() {
            super("simulated crash");
        }
    }

    private static final class FileNode {
        private byte[] bytes = new byte[64];
        private int length;
        private int syncedLength;
        /** What the disk held before it was cut, as long as that is not synced. */
        private byte @Nullable [] uncut;

        void add(byte[] added, int count) {
            if (bytes.length < length + count) {
                bytes = Arrays.copyOf(bytes, Math.max(length + count, 2 * bytes.length));
            }
            System.arraycopy(added, 0, bytes, length, count);
            length += count;
        }

        void cut(int lengthBytes) {
            if (lengthBytes < syncedLength && uncut == null) {
                uncut = Arrays.copyOf(bytes, syncedLength);
            }
            length = lengthBytes;
            syncedLength = Math.min(syncedLength, lengthBytes);
        }

        void sync() {
            syncedLength = length;
            uncut = null;
        }
    }

    /** A file, a folder, or null for a name that is gone. */
    private record Named(String name, @Nullable Object node) {}

    private static final class FolderNode {
        private final Map<String, Object> entries = new TreeMap<>();
        private final Map<String, Object> durable = new TreeMap<>();
        /** Each with what changes together: one name, or the two of a renaming. */
        private final List<List<Named>> unsynced = new ArrayList<>();

        void change(List<Named> names) {
            names.forEach(named -> put(entries, named));
            unsynced.add(names);
        }

        void sync() {
            durable.clear();
            durable.putAll(entries);
            unsynced.clear();
        }

        private static void put(Map<String, Object> map, Named named) {
            if (named.node() == null) {
                map.remove(named.name());
            } else {
                map.put(named.name(), named.node());
            }
        }
    }

    private final SplittableRandom random;
    private final FolderNode root = new FolderNode();
    private long steps;
    private long stepsUntilCrash = Long.MAX_VALUE;
    private long stepsUntilFull = Long.MAX_VALUE;
    private long stepsUntilSyncFails = Long.MAX_VALUE;
    private boolean crashed;
    private boolean full;

    public SimulatedDisk(SplittableRandom random) {
        this.random = random;
    }

    /** The step after {@code count} more fails, and every one after it until {@link #restart}. */
    public void crashAfter(long count) {
        stepsUntilCrash = count;
    }

    /** From the step after {@code count} more on, nothing can be written, until {@link #empty}. */
    public void fullAfter(long count) {
        stepsUntilFull = count;
    }

    /** The first sync after {@code count} more steps fails, once. */
    public void failSyncAfter(long count) {
        stepsUntilSyncFails = count;
    }

    /** There is space again. */
    public void empty() {
        full = false;
        stepsUntilFull = Long.MAX_VALUE;
    }

    public boolean isFull() {
        return full;
    }

    public boolean hasCrashed() {
        return crashed;
    }

    /** Steps made, all lives together. */
    public long steps() {
        return steps;
    }

    /**
     * Goes on after a crash, or ends a life without one.
     *
     * @param powerCut what was not synced is lost, in whole or in part; else the operating system still has it, as after a
     *     kill, and a later power cut may take it
     */
    public void restart(boolean powerCut) {
        crashed = false;
        stepsUntilCrash = Long.MAX_VALUE;
        stepsUntilSyncFails = Long.MAX_VALUE;
        empty();
        if (powerCut) {
            losePower(root);
        }
    }

    private void losePower(FolderNode folder) {
        final int kept = random.nextInt(folder.unsynced.size() + 1);
        folder.entries.clear();
        folder.entries.putAll(folder.durable);
        folder.unsynced.subList(0, kept).forEach(names -> names.forEach(n -> FolderNode.put(folder.entries, n)));
        folder.sync();
        for (final Object node : folder.entries.values()) {
            if (node instanceof FolderNode inner) {
                losePower(inner);
            } else if (node instanceof FileNode file) {
                loseUnsynced(file);
                file.sync();
            }
        }
    }

    private void loseUnsynced(FileNode file) {
        if (file.uncut != null && random.nextBoolean()) {
            file.bytes = file.uncut;
            file.length = file.uncut.length;
            return;
        }
        final int unsynced = file.length - file.syncedLength;
        if (unsynced == 0) {
            return;
        }
        file.length = file.syncedLength + random.nextInt(unsynced + 1);
        final int left = file.length - file.syncedLength;
        if (left > 0 && random.nextInt(3) == 0) {
            final int from = file.syncedLength + random.nextInt(left);
            final int to = from + 1 + random.nextInt(file.length - from);
            final boolean zeros = random.nextBoolean();
            for (int i = from; i < to; i++) {
                file.bytes[i] = zeros ? 0 : (byte) random.nextInt();
            }
        }
    }

    /** What is certain to be left after a power cut now, on a disk of its own. */
    public SimulatedDisk durableCopy() {
        final SimulatedDisk copy = new SimulatedDisk(random.split());
        copyDurable(Path.of(""), root, copy);
        return copy;
    }

    private static void copyDurable(Path path, FolderNode folder, SimulatedDisk into) {
        folder.durable.forEach((name, node) -> {
            if (node instanceof FolderNode inner) {
                into.makeFolder(path.resolve(name));
                copyDurable(path.resolve(name), inner, into);
            } else if (node instanceof FileNode file) {
                into.put(path.resolve(name), Arrays.copyOf(file.bytes, file.syncedLength));
            }
        });
    }

    /** Flips one bit. */
    public void flipBit(Path file, int index) {
        file(file).bytes[index] ^= (byte) (1 << random.nextInt(8));
    }

    /** Every file, in order. */
    public List<Path> paths() {
        final List<Path> paths = new ArrayList<>();
        collect(Path.of(""), root, paths);
        return paths;
    }

    private static void collect(Path path, FolderNode folder, List<Path> into) {
        folder.entries.forEach((name, node) -> {
            if (node instanceof FolderNode inner) {
                collect(path.resolve(name), inner, into);
            } else {
                into.add(path.resolve(name));
            }
        });
    }

    public int size(Path file) {
        return file(file).length;
    }

    /** A copy of a file's bytes. */
    public byte[] bytes(Path file) {
        return Arrays.copyOf(file(file).bytes, size(file));
    }

    /** Puts a file there, durable, in place of one that is. */
    public void put(Path file, byte[] bytes) {
        final FileNode node = new FileNode();
        node.add(bytes, bytes.length);
        node.sync();
        final FolderNode folder = makeFolder(parent(file));
        folder.entries.put(name(file), node);
        folder.durable.put(name(file), node);
    }

    private FileNode file(Path file) {
        if (node(file) instanceof FileNode node) {
            return node;
        }
        throw new IllegalArgumentException("no such file: " + file);
    }

    private static String name(Path path) {
        return path.getFileName().toString();
    }

    private static Path parent(Path path) {
        final Path parent = path.getParent();
        return parent == null ? Path.of("") : parent;
    }

    private @Nullable Object node(Path path) {
        Object node = root;
        for (final Path name : path) {
            if (name.toString().isEmpty()) {
                continue;
            }
            node = node instanceof FolderNode folder ? folder.entries.get(name.toString()) : null;
        }
        return node;
    }

    private FolderNode makeFolder(Path path) {
        FolderNode folder = root;
        for (final Path name : path) {
            if (!name.toString().isEmpty()) {
                folder = (FolderNode) folder.entries.computeIfAbsent(name.toString(), n -> new FolderNode());
            }
        }
        return folder;
    }

    /** True where the crash comes with this step. */
    private boolean step() throws Crash {
        steps++;
        if (crashed) {
            throw new Crash();
        }
        if (--stepsUntilFull < 0) {
            full = true;
        }
        stepsUntilSyncFails--;
        crashed = --stepsUntilCrash < 0;
        return crashed;
    }

    /** A change of the disk: the crash comes before it is made, or after. */
    private void change(Runnable change) throws Crash {
        if (!step()) {
            change.run();
            return;
        }
        if (random.nextBoolean()) {
            change.run();
        }
        throw new Crash();
    }

    private void look() throws Crash {
        if (step()) {
            throw new Crash();
        }
    }

    private static IOException noSpace() {
        return new IOException("No space left on device");
    }

    private final class SimulatedFile implements AppendFile {
        private final FileNode node;

        SimulatedFile(FileNode node) {
            this.node = node;
        }

        @Override
        public void append(ByteBuffer bytes) throws IOException {
            final byte[] added = new byte[bytes.remaining()];
            bytes.get(added);
            final boolean crash = step();
            if (crash || full) {
                node.add(added, random.nextInt(added.length + 1));
                throw crash ? new Crash() : noSpace();
            }
            node.add(added, added.length);
        }

        @Override
        public void sync() throws IOException {
            if (stepsUntilSyncFails <= 0) {
                look();
                stepsUntilSyncFails = Long.MAX_VALUE;
                throw new IOException("Input/output error");
            }
            change(node::sync);
        }

        @Override
        public void truncate(long lengthBytes) throws IOException {
            change(() -> node.cut((int) lengthBytes));
        }

        @Override
        public long length() {
            return node.length;
        }

        @Override
        public void close() throws IOException {
            look();
        }
    }

    @Override
    public AppendFile create(Path file) throws IOException {
        if (full && random.nextBoolean()) {
            look();
            throw noSpace();
        }
        if (node(file) != null) {
            throw new IOException("exists: " + file);
        }
        final FileNode node = new FileNode();
        final FolderNode folder = folder(parent(file));
        change(() -> folder.change(List.of(new Named(name(file), node))));
        return new SimulatedFile(node);
    }

    @Override
    public AppendFile append(Path file) throws IOException {
        look();
        if (node(file) instanceof FileNode node) {
            return new SimulatedFile(node);
        }
        throw new NoSuchFileException(file.toString());
    }

    private FolderNode folder(Path path) throws IOException {
        if (node(path) instanceof FolderNode folder) {
            return folder;
        }
        throw new NoSuchFileException(path.toString());
    }

    @Override
    public List<String> list(Path folder) throws IOException {
        look();
        return node(folder) instanceof FolderNode node ? List.copyOf(node.entries.keySet()) : List.of();
    }

    @Override
    public boolean exists(Path path) throws IOException {
        look();
        return node(path) != null;
    }

    @Override
    public long length(Path file) throws IOException {
        look();
        if (node(file) instanceof FileNode node) {
            return node.length;
        }
        throw new NoSuchFileException(file.toString());
    }

    @Override
    public int read(Path file, long position, ByteBuffer into) throws IOException {
        look();
        if (node(file) instanceof FileNode node) {
            final int length = Math.max(0, Math.min(into.remaining(), node.length - (int) position));
            into.put(node.bytes, (int) position, length);
            return length;
        }
        throw new NoSuchFileException(file.toString());
    }

    @Override
    public void delete(Path file) throws IOException {
        final FolderNode folder = folder(parent(file));
        if (!(folder.entries.get(name(file)) instanceof FileNode)) {
            throw new NoSuchFileException(file.toString());
        }
        change(() -> folder.change(List.of(new Named(name(file), null))));
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        final FolderNode folder = folder(parent(from));
        final Object node = folder.entries.get(name(from));
        if (node == null || folder != node(parent(to))) {
            throw new NoSuchFileException(from.toString());
        }
        change(() -> folder.change(List.of(new Named(name(from), null), new Named(name(to), node))));
    }

    @Override
    public void createFolder(Path folder) throws IOException {
        Path made = Path.of("");
        for (final Path name : folder) {
            if (name.toString().isEmpty()) {
                continue;
            }
            final FolderNode in = folder(made);
            made = made.resolve(name);
            if (!in.entries.containsKey(name.toString())) {
                change(() -> in.change(List.of(new Named(name.toString(), new FolderNode()))));
            }
            change(in::sync);
        }
    }

    @Override
    public void deleteFolder(Path folder) throws IOException {
        for (final String name : list(folder)) {
            delete(folder.resolve(name));
        }
        if (node(folder) != null) {
            final FolderNode parent = folder(parent(folder));
            change(() -> parent.change(List.of(new Named(name(folder), null))));
        }
    }

    @Override
    public long usableBytes(Path folder) throws IOException {
        look();
        return full ? 0 : Long.MAX_VALUE;
    }

    @Override
    public void syncFolder(Path folder) throws IOException {
        final FolderNode node = folder(folder);
        change(node::sync);
    }
}
