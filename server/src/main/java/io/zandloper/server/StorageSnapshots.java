package io.zandloper.server;

import io.zandloper.server.admin.SnapshotAction;
import io.zandloper.storage.Storage;
import io.zandloper.storage.StorageException;
import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.disk.FileDisk;
import io.zandloper.storage.snapshot.SnapshotManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

/** Snapshots of a storage, for the admin port. Thread-safe. */
final class StorageSnapshots implements SnapshotAction {
    private final Storage storage;
    private final Disk disk = FileDisk.INSTANCE;

    StorageSnapshots(Storage storage) {
        this.storage = storage;
    }

    @Override
    public Snapshot take() {
        final Path folder;
        try {
            folder = storage.snapshot().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof StorageException refused ? refused : e;
        }
        return new Snapshot(
                String.valueOf(folder.getFileName()),
                SnapshotManifest.read(disk, folder).end().sequence(),
                lengthBytes(folder));
    }

    private static long lengthBytes(Path folder) {
        long bytes = 0;
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                bytes += Files.size(file);
            }
        } catch (IOException e) {
            throw new StorageException("the snapshot " + folder + " cannot be looked at: " + e.getMessage(), e);
        }
        return bytes;
    }
}
