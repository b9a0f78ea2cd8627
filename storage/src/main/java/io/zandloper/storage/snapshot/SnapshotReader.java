package io.zandloper.storage.snapshot;

import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.journal.JournalEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Reads a snapshot back, checking every byte on the way. */
public final class SnapshotReader {
    private final Disk disk;
    private final Path folder;
    private final SnapshotManifest manifest;

    /** Takes a stored profile. */
    @FunctionalInterface
    public interface ProfileConsumer {
        /** @param image its row image and its record, from position to limit, little-endian, valid during the call */
        void accept(int ordinal, ByteBuffer image);
    }

    private SnapshotReader(Disk disk, Path folder, SnapshotManifest manifest) {
        this.disk = disk;
        this.folder = folder;
        this.manifest = manifest;
    }

    /**
     * @throws io.zandloper.storage.format.StoredFileException where its manifest is corrupt, too old or too new
     */
    public static SnapshotReader open(Disk disk, Path folder) {
        return new SnapshotReader(disk, folder, SnapshotManifest.read(disk, folder));
    }

    public SnapshotManifest manifest() {
        return manifest;
    }

    /**
     * Gives the profiles, then the changes that were made while they were written, in order. The state is right only when
     * this has returned.
     *
     * @throws io.zandloper.storage.format.CorruptFileException naming file and offset
     */
    public void read(ProfileConsumer profiles, Consumer<JournalEntry> changes) {
        try {
            BlockReader.read(
                    disk,
                    folder,
                    manifest.profiles(),
                    (number, kind, bytes) -> profiles.accept(Math.toIntExact(number), bytes));
            BlockReader.read(
                    disk,
                    folder,
                    manifest.changes(),
                    (number, kind, bytes) -> changes.accept(
                            new JournalEntry(number, manifest.end().term(), kind, bytes)));
        } catch (IOException e) {
            throw new UncheckedIOException("the snapshot cannot be read: " + folder, e);
        }
    }

    /** Checks every byte and uses none. */
    public void verify() {
        read((ordinal, image) -> {}, entry -> {});
    }
}
