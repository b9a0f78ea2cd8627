package io.zandloper.storage;

import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.format.IdentityHash;
import io.zandloper.storage.format.StoredFileException;
import io.zandloper.storage.journal.JournalException;
import io.zandloper.storage.journal.JournalFiles;
import io.zandloper.storage.journal.JournalPins;
import io.zandloper.storage.journal.JournalReader;
import io.zandloper.storage.snapshot.SnapshotFiles;
import io.zandloper.storage.snapshot.SnapshotManifest;
import io.zandloper.storage.snapshot.SnapshotReader;
import io.zandloper.storage.snapshot.SnapshotSource;
import io.zandloper.storage.snapshot.SnapshotWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Takes snapshots, and lets go of older ones, of the journal that none of the kept ones needs, and of every file that may
 * hold something of a person who was erased. One thread at a time; what says so, any.
 */
final class Snapshots {
    private final Disk disk;
    private final Path journalFolder;
    private final Path snapshots;
    private final MicrosClock clock;
    private final int kept;
    private final Writer writer;
    private final BetweenChanges between;
    private final JournalPins pins;
    private final SnapshotWriter taker;
    private final List<SnapshotLease> leases = new CopyOnWriteArrayList<>();
    private volatile @Nullable Taken newest;
    private volatile @Nullable String failure;

    /** @param lengthBytes of all its files */
    record Taken(SnapshotManifest manifest, long lengthBytes) {}

    Snapshots(
            DataFolder folder,
            MicrosClock clock,
            int kept,
            Writer writer,
            BetweenChanges between,
            SnapshotSource source,
            JournalPins pins) {
        this.disk = folder.platform().disk();
        this.journalFolder = folder.journalFolder();
        this.snapshots = JournalFolder.snapshots(journalFolder);
        this.clock = clock;
        this.kept = kept;
        this.writer = writer;
        this.between = between;
        this.pins = pins;
        this.taker = new SnapshotWriter(
                disk,
                source,
                new JournalReader(disk, journalFolder),
                snapshots,
                JournalFolder.ledger(journalFolder),
                folder.identityKey(),
                clock::nowMicros);
        this.newest = newestWhole();
    }

    private @Nullable Taken newestWhole() {
        for (final Path snapshot : SnapshotFiles.complete(disk, snapshots)) {
            try {
                return look(snapshot);
            } catch (StoredFileException damaged) {
                // The next one tells.
            }
        }
        return null;
    }

    private Taken look(Path snapshot) {
        return new Taken(SnapshotManifest.read(disk, snapshot), SnapshotFiles.lengthBytes(disk, snapshot));
    }

    /** The newest snapshot; null where there is none. Any thread. */
    @Nullable
    Taken newest() {
        return newest;
    }

    /** Why the last try failed; null where it did not. Any thread. */
    @Nullable
    String failure() {
        return failure;
    }

    /**
     * Takes one, or finds that nothing has changed since the newest.
     *
     * @return its folder
     * @throws StorageException where there is none, in one sentence; what was begun is removed
     */
    Path take() throws InterruptedException {
        return telling(() -> {
            final Path taken = take(0);
            retain();
            return taken;
        });
    }

    /**
     * Makes every erasure so far complete: afterwards no file of journal or snapshots holds anything from before. Older
     * files go only when the new snapshot was read back and is whole.
     *
     * @throws StorageException as {@link #take}; everything is still there
     */
    void completeErasures() throws InterruptedException {
        telling(() -> {
            final long sequence = between.run(writer::rollJournal);
            final Path taken = take(sequence);
            final SnapshotReader reader = SnapshotReader.open(disk, taken);
            reader.verify();
            for (final Path old : SnapshotFiles.complete(disk, snapshots)) {
                if (!old.equals(taken)) {
                    leases.stream().filter(lease -> lease.folder().equals(old)).forEach(SnapshotLease::revoke);
                    SnapshotFiles.remove(disk, old);
                }
            }
            SnapshotFiles.removeIncoming(disk, snapshots); // nobody knows here who of it was erased since
            pins.deleteCoveredByAll(reader.manifest().end().sequence());
            new SetAsideTails(disk, journalFolder)
                    .wipe(new IdentityHash(reader.manifest().identityKey()));
            tellHeld();
            return taken;
        });
    }

    /**
     * Has a snapshot stay, with the journal after it: the newest that is whole where little has been changed since, else one
     * that is taken now.
     *
     * @param budgetBytes of journal after it
     * @param fromSequence below which it must not be
     * @throws StorageException as {@link #take}
     */
    SnapshotLease lease(long budgetBytes, long fromSequence) throws InterruptedException {
        for (final Path snapshot : SnapshotFiles.complete(disk, snapshots)) {
            try {
                final SnapshotManifest manifest = SnapshotManifest.read(disk, snapshot);
                final long sequence = manifest.end().sequence();
                final boolean reached = JournalFiles.firstSequence(disk, journalFolder) - 1 <= sequence
                        || between.run(writer::sequence) == sequence;
                if (reached
                        && sequence >= fromSequence
                        && JournalFiles.lengthAfter(disk, journalFolder, sequence) <= budgetBytes / 2) {
                    return lease(snapshot, manifest, budgetBytes);
                }
                break;
            } catch (StoredFileException damaged) {
                // The next one may do.
            }
        }
        final Path taken = take();
        return lease(taken, SnapshotManifest.read(disk, taken), budgetBytes);
    }

    private SnapshotLease lease(Path snapshot, SnapshotManifest manifest, long budgetBytes) {
        final SnapshotLease lease = new SnapshotLease(
                disk, snapshot, manifest, pins.pin(manifest.end().sequence(), budgetBytes), leases::remove);
        leases.add(lease);
        return lease;
    }

    private Path take(long fromSequence) throws InterruptedException {
        final Path taken = taker.take(fromSequence);
        newest = look(taken);
        return taken;
    }

    private void retain() throws InterruptedException {
        int left = kept;
        for (final Path snapshot : SnapshotFiles.complete(disk, snapshots)) {
            if (left == 0) {
                if (leases.stream().noneMatch(lease -> lease.folder().equals(snapshot))) {
                    SnapshotFiles.remove(disk, snapshot);
                }
                continue;
            }
            try {
                final long covered = SnapshotManifest.read(disk, snapshot).end().sequence();
                if (--left == 0) {
                    pins.deleteCovered(covered);
                }
            } catch (StoredFileException damaged) {
                // Not one of those that are counted on; it goes when enough others are there.
            }
        }
        tellHeld();
    }

    private void tellHeld() throws InterruptedException {
        final long heldFrom = JournalFolder.heldFrom(disk, journalFolder);
        between.run(() -> writer.onHeldFrom(heldFrom, clock.nowMicros()));
    }

    /** Something that may be interrupted. */
    @FunctionalInterface
    private interface Taking {
        Path take() throws InterruptedException;
    }

    private Path telling(Taking taking) throws InterruptedException {
        try {
            final Path taken = taking.take();
            failure = null;
            return taken;
        } catch (UncheckedIOException e) {
            throw failed(e.getMessage() + ": " + String.valueOf(e.getCause()), e);
        } catch (StorageException | StoredFileException | JournalException e) {
            throw failed(String.valueOf(e.getMessage()), e);
        } catch (RuntimeException | InternalError e) {
            failure = "no snapshot could be taken: " + e;
            throw e;
        }
    }

    private StorageException failed(String message, RuntimeException cause) {
        final StorageException exception = new StorageException("no snapshot could be taken: " + message, cause);
        failure = exception.getMessage();
        return exception;
    }
}
