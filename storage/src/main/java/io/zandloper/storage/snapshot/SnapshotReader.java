package io.zandloper.storage.snapshot;

import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.format.CorruptFileException;
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
                            new JournalEntry(number, manifest.end().term().number(), kind, bytes)));
        } catch (IOException e) {
            throw new UncheckedIOException("the snapshot cannot be read: " + folder, e);
        }
    }

    /**
     * Checks every byte and uses none.
     *
     * @throws io.zandloper.storage.format.CorruptFileException naming file and offset
     */
    public void verify() {
        final Path profiles = folder.resolve(manifest.profiles().name());
        final Path changes = folder.resolve(manifest.changes().name());
        final long[] reached = {-1, manifest.startSequence()};
        read(
                (ordinal, image) -> {
                    if (ordinal <= reached[0]) {
                        throw new CorruptFileException(profiles, "its profile " + ordinal + " is out of order");
                    }
                    reached[0] = ordinal;
                },
                entry -> {
                    if (entry.sequence() != reached[1] + 1) {
                        throw new CorruptFileException(changes, "its change " + entry.sequence() + " is out of order");
                    }
                    reached[1] = entry.sequence();
                });
        if (reached[1] != manifest.end().sequence()) {
            throw new CorruptFileException(changes, "the changes after " + reached[1] + " are missing");
        }
        verifyErasures();
    }

    private void verifyErasures() {
        final SnapshotManifest.Part part = manifest.erasures();
        final Path file = folder.resolve(part.name());
        try {
            if (!disk.exists(file) || disk.length(file) != part.lengthBytes()) {
                throw new CorruptFileException(file, "it is not " + part.lengthBytes() + " bytes long");
            }
            if (FileChecksum.of(disk, file, part.lengthBytes()) != part.checksum()) {
                throw new CorruptFileException(file, "its checksum does not match");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the snapshot cannot be read: " + folder, e);
        }
    }
}
