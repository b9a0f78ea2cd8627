package io.zandloper.storage;

import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.EraseRemembered;
import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.disk.FileDisk;
import io.zandloper.storage.erasure.LedgerReader;
import io.zandloper.storage.format.CorruptFileException;
import io.zandloper.storage.format.StoredFileException;
import io.zandloper.storage.journal.JournalException;
import io.zandloper.storage.snapshot.FileChecksum;
import io.zandloper.storage.snapshot.SnapshotFiles;
import io.zandloper.storage.snapshot.SnapshotManifest;
import io.zandloper.storage.snapshot.SnapshotReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Makes a data folder of a snapshot, and erases in it whoever was erased since. Nothing is served meanwhile. A restore
 * that does not end leaves a folder that no server opens.
 */
public final class StorageRestore {
    private final Path snapshot;
    private final StorageConfig config;
    private final CatalogLoader catalogLoader;
    private final MicrosClock clock;
    private final Disk disk = FileDisk.INSTANCE;

    private StorageRestore(Path snapshot, StorageConfig config, CatalogLoader catalogLoader, MicrosClock clock) {
        this.snapshot = snapshot;
        this.config = config;
        this.catalogLoader = catalogLoader;
        this.clock = clock;
    }

    /**
     * What came of it.
     *
     * @param snapshotSequence the change that the snapshot is at
     * @param sequence the change that the folder is at: later by the erasures made anew
     * @param profiles in the folder
     * @param erased profiles that were erased since the snapshot, and now are in the folder
     * @param ledger the ledger of erasures that was followed; null where there was none
     */
    public record Restored(
            long snapshotSequence,
            long sequence,
            long profiles,
            int erased,
            @Nullable Path ledger) {}

    /** An identity that was erased after the snapshot. */
    private record Erasure(long high, long low, long atMicros) {}

    /**
     * Restores into folders that are empty or not there.
     *
     * @param snapshot its folder, which stays as it is
     * @param ledger the erasures of the folder that the snapshot is of; null for the one that lies two folders above the
     *     snapshot, if there is one
     * @throws StorageException in one sentence: the snapshot or the ledger is not whole or they do not belong together, a
     *     folder is not empty, the disk refuses
     */
    public static Restored restore(
            Path snapshot,
            StorageConfig config,
            CatalogLoader catalogLoader,
            MicrosClock clock,
            @Nullable Path ledger) {
        try {
            return new StorageRestore(snapshot, config, catalogLoader, clock).run(ledger);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException("the restore was interrupted", e);
        } catch (StoredFileException | JournalException e) {
            throw new StorageException(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new StorageException("the snapshot cannot be restored: " + e.getMessage(), e);
        } catch (UncheckedIOException e) {
            throw new StorageException("the snapshot cannot be restored: " + e.getMessage() + ": " + e.getCause(), e);
        }
    }

    private Restored run(@Nullable Path given) throws IOException, InterruptedException {
        checkEmpty(config.dataFolder());
        checkEmpty(config.journalFolder());
        final SnapshotReader reader = SnapshotReader.open(disk, snapshot);
        reader.verify();
        final SnapshotManifest manifest = reader.manifest();
        final Path ledger = given == null ? ledgerBeside() : given;
        final List<Erasure> later = ledger == null ? List.of() : laterErasures(ledger, manifest);

        final List<FolderLock> locks = new ArrayList<>();
        try {
            locks.add(FolderLock.take(config.dataFolder()));
            locks.add(FolderLock.take(config.journalFolder()));
            final Path journal = config.journalFolder();
            disk.createFolder(journal);
            disk.create(JournalFolder.restoring(journal)).close();
            disk.syncFolder(journal);
            copySnapshot(manifest, journal);
            final Restored restored = eraseAgain(locks, manifest, later, ledger);
            disk.delete(JournalFolder.restoring(journal));
            disk.syncFolder(journal);
            return restored;
        } finally {
            locks.forEach(FolderLock::close);
        }
    }

    private void checkEmpty(Path folder) throws IOException {
        for (final String name : disk.list(folder)) {
            if (!name.equals(FolderLock.NAME)) {
                throw new StorageException("the folder " + folder + " is not empty (" + name
                        + " is in it); a snapshot is restored into a new one");
            }
        }
    }

    private @Nullable Path ledgerBeside() throws IOException {
        final Path snapshots = snapshot.toAbsolutePath().normalize().getParent();
        final Path journal = snapshots == null ? null : snapshots.getParent();
        final Path ledger = journal == null ? null : JournalFolder.ledger(journal);
        return ledger != null && disk.exists(ledger) ? ledger : null;
    }

    private List<Erasure> laterErasures(Path ledger, SnapshotManifest manifest) throws IOException {
        final SnapshotManifest.Part before = manifest.erasures();
        if (!disk.exists(ledger)) {
            throw new StorageException("there is no ledger of erasures " + ledger);
        }
        if (disk.length(ledger) < before.lengthBytes()
                || FileChecksum.of(disk, ledger, before.lengthBytes()) != before.checksum()) {
            throw new CorruptFileException(ledger, "it is not the ledger that " + snapshot + " was taken beside");
        }
        final List<Erasure> later = new ArrayList<>();
        LedgerReader.read(disk, ledger, before.lengthBytes(), (sequence, atMicros, high, low) -> {
            if (sequence > manifest.end().sequence()) {
                later.add(new Erasure(high, low, atMicros));
            }
        });
        return later;
    }

    /** The ledger, then the snapshot; the key comes out of it when the folder is opened. */
    private void copySnapshot(SnapshotManifest manifest, Path journal) throws IOException {
        if (manifest.erasures().lengthBytes() > 0) {
            disk.copy(snapshot.resolve(manifest.erasures().name()), JournalFolder.ledger(journal));
        }
        final Path copy = SnapshotFiles.folder(
                JournalFolder.snapshots(journal), manifest.end().sequence());
        disk.createFolder(copy);
        for (final String file : disk.list(snapshot)) {
            disk.copy(snapshot.resolve(file), copy.resolve(file));
        }
        disk.syncFolder(copy);
        disk.syncFolder(JournalFolder.snapshots(journal));
        disk.syncFolder(journal);
        SnapshotReader.open(disk, copy).verify();
    }

    private Restored eraseAgain(
            List<FolderLock> locks, SnapshotManifest manifest, List<Erasure> later, @Nullable Path ledger)
            throws InterruptedException {
        // The storage gives the locks up when it closes, the marker still keeps others out.
        int erased = 0;
        try (Storage storage =
                Storage.openLocked(locks, config.with(SnapshotSettings.ON_DEMAND), catalogLoader, clock)) {
            for (final Erasure erasure : later) {
                final ChangeOutcome outcome =
                        apply(storage, new EraseRemembered(erasure.high(), erasure.low(), erasure.atMicros()));
                if (outcome.status().isAccepted()) {
                    erased++;
                } else {
                    storage.rememberErased(erasure.high(), erasure.low(), erasure.atMicros());
                }
            }
            if (!later.isEmpty()) {
                storage.completeErasures();
            }
            return new Restored(
                    manifest.end().sequence(),
                    storage.sequence(),
                    storage.status().profiles(),
                    erased,
                    ledger);
        }
    }

    private static ChangeOutcome apply(Storage storage, EraseRemembered erase) throws InterruptedException {
        final ChangeFuture done = new ChangeFuture();
        final boolean taken = storage.submit(erase, done);
        if (!taken) {
            throw new StorageException("the writer takes no change");
        }
        try {
            return done.get();
        } catch (ExecutionException e) {
            final Throwable cause = e.getCause();
            throw new StorageException(String.valueOf(cause == null ? e : cause.getMessage()), e);
        }
    }
}
