package io.zandloper.storage;

import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.format.CorruptFileException;
import io.zandloper.storage.format.MetadataFile;
import io.zandloper.storage.format.StoredFileException;
import io.zandloper.storage.journal.JournalEnd;
import io.zandloper.storage.snapshot.FileChecksum;
import io.zandloper.storage.snapshot.SnapshotFile;
import io.zandloper.storage.snapshot.SnapshotFiles;
import io.zandloper.storage.snapshot.SnapshotManifest;
import io.zandloper.storage.snapshot.SnapshotReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot that is being received, in a folder of its own beside those that are complete. What is there survives a
 * restart, and is gone on with. One thread at a time; writes the disk.
 */
public final class SnapshotStaging implements AutoCloseable {
    private static final MetadataFile PLAN = new MetadataFile("ZNDLPLAN", 1, 1);
    private static final String PLAN_NAME = "plan";

    /** Between one sync and the next: the disk is kept busy, and never has to write more than this at once. */
    private static final long SYNC_BYTES = 64L * 1024 * 1024;

    private final Disk disk;
    private final Path folder;
    private final JournalEnd end;
    private final List<SnapshotFile> files;
    private final Map<String, Long> lengths = new HashMap<>();
    private Disk.@Nullable AppendFile open;
    private @Nullable String openName;
    private long unsyncedBytes;
    private boolean verified;

    private SnapshotStaging(Disk disk, Path folder, JournalEnd end, List<SnapshotFile> files) {
        this.disk = disk;
        this.folder = folder;
        this.end = end;
        this.files = List.copyOf(files);
    }

    /**
     * Begins to receive a snapshot, or goes on with this very one; any other that was begun is removed.
     *
     * @param snapshots the folder of all
     * @throws StorageException where the disk refuses
     */
    static SnapshotStaging begin(Disk disk, Path snapshots, JournalEnd end, List<SnapshotFile> files) {
        final Path folder = SnapshotFiles.incoming(snapshots, end.sequence());
        final SnapshotStaging staging = new SnapshotStaging(disk, folder, end, files);
        for (final SnapshotFile file : files) {
            staging.checkName(file.name());
        }
        try {
            final ByteBuffer plan = staging.plan();
            for (final Path begun : SnapshotFiles.incoming(disk, snapshots)) {
                if (!begun.equals(folder) || !plan.equals(planOf(disk, begun))) {
                    disk.deleteFolder(begun);
                }
            }
            disk.createFolder(folder);
            if (planOf(disk, folder) == null) {
                PLAN.write(disk, folder.resolve(PLAN_NAME), plan);
            }
            for (final SnapshotFile file : files) {
                final Path path = folder.resolve(file.name());
                staging.lengths.put(file.name(), disk.exists(path) ? disk.length(path) : 0L);
            }
            return staging;
        } catch (IOException e) {
            throw failed(e);
        } catch (UncheckedIOException e) {
            throw new StorageException("a snapshot cannot be received: " + e.getMessage() + ": " + e.getCause(), e);
        }
    }

    private static @Nullable ByteBuffer planOf(Disk disk, Path folder) throws IOException {
        try {
            final Path file = folder.resolve(PLAN_NAME);
            return disk.exists(file) ? PLAN.read(disk, file).payload() : null;
        } catch (StoredFileException unreadable) {
            return null;
        }
    }

    /** A snapshot that is complete needs none. */
    static void removePlan(Disk disk, Path folder) throws IOException {
        final Path file = folder.resolve(PLAN_NAME);
        if (disk.exists(file)) {
            disk.delete(file);
        }
        disk.syncFolder(folder);
    }

    private ByteBuffer plan() {
        int lengthBytes = JournalEnd.BYTES + Integer.BYTES;
        for (final SnapshotFile file : files) {
            lengthBytes += 2 * Integer.BYTES + Long.BYTES + file.name().length();
        }
        final ByteBuffer plan = ByteBuffer.allocate(lengthBytes).order(ByteOrder.LITTLE_ENDIAN);
        end.put(plan);
        plan.putInt(files.size());
        for (final SnapshotFile file : files) {
            plan.putInt(file.name().length())
                    .put(file.name().getBytes(StandardCharsets.US_ASCII))
                    .putLong(file.lengthBytes())
                    .putInt(file.checksum());
        }
        return plan.flip();
    }

    /** A name comes from another node, and is that of no other file here. */
    private void checkName(String name) {
        if (!SnapshotFiles.isPart(name)) {
            throw new StorageException("a snapshot has no such file: " + name);
        }
    }

    /** The last entry that is in the snapshot. */
    public JournalEnd end() {
        return end;
    }

    public List<SnapshotFile> files() {
        return files;
    }

    /** Bytes of a file that are here: what comes next begins there. */
    public long lengthBytes(String name) {
        final Long length = lengths.get(name);
        if (length == null) {
            throw new IllegalArgumentException("no file of the snapshot: name=" + name);
        }
        return length;
    }

    /** Bytes of all files that are still to come. */
    public long missingBytes() {
        long missing = 0;
        for (final SnapshotFile file : files) {
            missing += Math.max(0, file.lengthBytes() - lengthBytes(file.name()));
        }
        return missing;
    }

    /**
     * Appends what came of a file.
     *
     * @param offset where it belongs, which is {@link #lengthBytes}
     * @param chunk from position to limit
     * @throws StorageException where the disk is full: what is here stays; or where the manifest is complete now and of a
     *     format that this program does not read
     */
    public void append(String name, long offset, ByteBuffer chunk) {
        final long length = lengthBytes(name);
        final SnapshotFile file = file(name);
        if (offset != length || offset + chunk.remaining() > file.lengthBytes()) {
            throw new IllegalArgumentException("not what comes next after " + length + ": offset=" + offset);
        }
        try {
            final Disk.AppendFile target = opened(name);
            final int chunkBytes = chunk.remaining();
            try {
                target.append(chunk);
            } catch (IOException e) {
                target.truncate(length);
                throw e;
            }
            lengths.put(name, length + chunkBytes);
            unsyncedBytes += chunkBytes;
            if (unsyncedBytes >= SYNC_BYTES) {
                target.sync();
                unsyncedBytes = 0;
            }
        } catch (IOException e) {
            throw new StorageException(
                    "a snapshot cannot be received, file=" + folder.resolve(name) + ": " + e.getMessage(), e);
        }
        if (name.equals(SnapshotFiles.MANIFEST) && lengthBytes(name) == file.lengthBytes()) {
            readManifest();
        }
    }

    private SnapshotFile file(String name) {
        return files.stream()
                .filter(file -> file.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private Disk.AppendFile opened(String name) throws IOException {
        if (open != null && name.equals(openName)) {
            return open;
        }
        closeOpen();
        final Path path = folder.resolve(name);
        final Disk.AppendFile opened = disk.exists(path) ? disk.append(path) : disk.create(path);
        open = opened;
        openName = name;
        return opened;
    }

    private void closeOpen() throws IOException {
        final Disk.AppendFile closing = open;
        open = null;
        openName = null;
        unsyncedBytes = 0;
        if (closing != null) {
            try (closing) {
                closing.sync();
            }
        }
    }

    private SnapshotManifest readManifest() {
        try {
            closeOpen();
            return SnapshotManifest.read(disk, folder);
        } catch (StoredFileException e) {
            discard();
            throw new StorageException("the snapshot that was received cannot be used: " + e.getMessage(), e);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /**
     * Checks every byte. What is damaged is removed, so that it is asked for again.
     *
     * @throws StorageException where the snapshot is not whole, naming the file
     */
    public void verify() {
        try {
            closeOpen();
            for (final SnapshotFile file : files) {
                checkFile(file);
            }
            disk.syncFolder(folder);
            final SnapshotReader reader = SnapshotReader.open(disk, folder);
            reader.verify();
            if (!reader.manifest().end().equals(end)) {
                throw new CorruptFileException(folder, "it is not the snapshot that was announced");
            }
            verified = true;
        } catch (StoredFileException e) {
            discard();
            throw new StorageException("the snapshot that was received cannot be used: " + e.getMessage(), e);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private void checkFile(SnapshotFile file) throws IOException {
        final Path path = folder.resolve(file.name());
        if (!disk.exists(path)) {
            if (file.lengthBytes() > 0) {
                throw new CorruptFileException(path, "it is missing");
            }
            disk.create(path).close();
        }
        if (disk.length(path) != file.lengthBytes()) {
            throw new CorruptFileException(
                    path, "it is " + disk.length(path) + " bytes long instead of " + file.lengthBytes());
        }
        if (FileChecksum.of(disk, path, file.lengthBytes()) != file.checksum()) {
            throw new CorruptFileException(path, "its checksum does not match");
        }
        try (Disk.AppendFile whole = disk.append(path)) {
            whole.sync(); // a part may be of an earlier process, and on no disk
        }
    }

    /** Removes what was received. */
    public void discard() {
        try {
            closeOpen();
            disk.deleteFolder(folder);
            files.forEach(file -> lengths.put(file.name(), 0L));
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Leaves what was received for the next time. */
    @Override
    public void close() {
        try {
            closeOpen();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    Path folder() {
        return folder;
    }

    /** @throws StorageException unless it is {@linkplain #verify verified} */
    SnapshotManifest manifest() {
        if (!verified) {
            throw new StorageException("a snapshot is not used before it is verified");
        }
        return SnapshotManifest.read(disk, folder);
    }

    private static StorageException failed(IOException e) {
        return new StorageException("a snapshot cannot be received: " + e.getMessage(), e);
    }
}
