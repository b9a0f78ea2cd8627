package io.zandloper.server;

import io.zandloper.server.admin.SnapshotAction;
import io.zandloper.storage.Storage;
import io.zandloper.storage.StorageException;
import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.disk.FileDisk;
import io.zandloper.storage.snapshot.SnapshotFiles;
import io.zandloper.storage.snapshot.SnapshotManifest;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;

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
                SnapshotFiles.lengthBytes(disk, folder));
    }
}
