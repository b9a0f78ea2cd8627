package io.zandloper.storage;

import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.journal.JournalEnd;
import io.zandloper.storage.journal.JournalPins;
import io.zandloper.storage.snapshot.FileChecksum;
import io.zandloper.storage.snapshot.SnapshotFile;
import io.zandloper.storage.snapshot.SnapshotFiles;
import io.zandloper.storage.snapshot.SnapshotManifest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A snapshot that stays, with the journal after it, while it is sent to another node. Any thread.
 *
 * <p>Its files are never written again, so that they can be sent as they are.
 */
public final class SnapshotLease implements AutoCloseable {
    private final Disk disk;
    private final Path folder;
    private final JournalEnd end;
    private final List<SnapshotFile> files;
    private final JournalPins.Pin pin;
    private final Consumer<SnapshotLease> onClosed;

    /** @param pin of the journal after the snapshot */
    SnapshotLease(
            Disk disk, Path folder, SnapshotManifest manifest, JournalPins.Pin pin, Consumer<SnapshotLease> onClosed) {
        this.disk = disk;
        this.folder = folder;
        this.end = manifest.end();
        this.files = files(disk, folder, manifest);
        this.pin = pin;
        this.onClosed = onClosed;
    }

    /** The manifest comes first: it says whether the others can be read. */
    private static List<SnapshotFile> files(Disk disk, Path folder, SnapshotManifest manifest) {
        final List<SnapshotFile> files = new ArrayList<>();
        final Path manifestFile = folder.resolve(SnapshotFiles.MANIFEST);
        try {
            final long lengthBytes = disk.length(manifestFile);
            files.add(new SnapshotFile(
                    SnapshotFiles.MANIFEST, lengthBytes, FileChecksum.of(disk, manifestFile, lengthBytes)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read file=" + manifestFile, e);
        }
        for (final SnapshotManifest.Part part : List.of(manifest.profiles(), manifest.changes(), manifest.erasures())) {
            files.add(new SnapshotFile(part.name(), part.lengthBytes(), part.checksum()));
        }
        return List.copyOf(files);
    }

    /** The last entry that is in it; the journal goes on after it. */
    public JournalEnd end() {
        return end;
    }

    /** All its files, in the order in which they are to be sent. */
    public List<SnapshotFile> files() {
        return files;
    }

    /** Where one of them lies, to be sent without a copy. */
    public Path path(String name) {
        if (files.stream().noneMatch(file -> file.name().equals(name))) {
            throw new IllegalArgumentException("no file of the snapshot: name=" + name);
        }
        return folder.resolve(name);
    }

    /** Reads from {@code offset} until {@code into} is full or the file ends; the bytes read. Reads the disk. */
    public int read(String name, long offset, ByteBuffer into) {
        final Path file = path(name);
        try {
            return disk.read(file, offset, into);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read file=" + file, e);
        }
    }

    /**
     * False once the journal after it has passed its budget, or an erasure had both removed: whoever receives the snapshot
     * could not go on after it.
     */
    public boolean isHeld() {
        return pin.isHeld();
    }

    /** Its folder. */
    Path folder() {
        return folder;
    }

    /** It is about to be removed. */
    void revoke() {
        pin.close();
    }

    @Override
    public void close() {
        pin.close();
        onClosed.accept(this);
    }
}
