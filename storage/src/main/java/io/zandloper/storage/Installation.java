package io.zandloper.storage;

import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.erasure.ErasureLedger;
import io.zandloper.storage.format.StoredFileException;
import io.zandloper.storage.journal.JournalEnd;
import io.zandloper.storage.journal.JournalException;
import io.zandloper.storage.journal.JournalTails;
import io.zandloper.storage.snapshot.SnapshotManifest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * How a snapshot that was received becomes the state of a replica: tables are made of it in a folder beside those that
 * serve, what only this node has is put aside, and then the one takes the place of the other. For one thread.
 */
final class Installation {
    private final DataFolder present;
    private final StorageConfig config;
    private final CatalogLoader catalogLoader;
    private final MicrosClock clock;
    private final Disk disk;

    /** @param present the folder of the state that serves */
    Installation(DataFolder present, StorageConfig config, CatalogLoader catalogLoader, MicrosClock clock) {
        this.present = present;
        this.config = config;
        this.catalogLoader = catalogLoader;
        this.clock = clock;
        this.disk = present.platform().disk();
    }

    /**
     * A state that is complete, and not in force yet.
     *
     * @param folder of its tables
     * @param tails files of what only this node has
     */
    record Prepared(DataFolder folder, Recovery.Recovered state, SnapshotManifest manifest, List<Path> tails) {}

    /**
     * Makes everything that takes long or may fail; what serves is not touched.
     *
     * @param blank whether nothing is here that belongs to a data set
     * @param commonSequence the last that the sender has too
     * @throws StorageException in one sentence
     */
    Prepared prepare(SnapshotStaging staging, boolean blank, JournalEnd end, long commonSequence) {
        try {
            final SnapshotManifest manifest = staging.manifest();
            if (!blank && !Arrays.equals(manifest.identityKey(), present.identityKey())) {
                throw new StorageException("the snapshot that was received is of another data set");
            }
            if (manifest.end().sequence() < commonSequence) {
                throw new StorageException("the snapshot that was received ends at "
                        + manifest.end().sequence() + ", before what both nodes have, " + commonSequence);
            }
            JournalReplacement.prepareLedger(disk, present.journalFolder(), staging.folder(), manifest);
            final Path root = TableFolders.other(config.dataFolder(), present.root());
            disk.createFolder(root);
            final DataFolder folder =
                    new DataFolder(root, present.journalFolder(), present.platform(), manifest.identityKey());
            final Recovery.Recovered state = new Recovery(folder, clock.nowMicros(), catalogLoader)
                    .load(staging.folder(), JournalFolder.incomingLedger(present.journalFolder()));
            boolean prepared = false;
            try {
                final List<Path> tails = commonSequence < end.sequence()
                        ? JournalTails.write(
                                disk,
                                present.journalFolder(),
                                JournalFolder.tails(present.journalFolder()),
                                commonSequence)
                        : List.of();
                prepared = true;
                return new Prepared(folder, state, manifest, tails);
            } finally {
                if (!prepared) {
                    state.tables().abandon();
                }
            }
        } catch (StoredFileException | JournalException e) {
            throw new StorageException(String.valueOf(e.getMessage()), e);
        } catch (UncheckedIOException e) {
            throw new StorageException(
                    "a received state cannot be made ready: " + e.getMessage() + ": " + e.getCause(), e);
        } catch (IOException | InternalError e) { // the latter where a mapped file finds no space
            throw new StorageException("a received state cannot be made ready: " + e.getMessage(), e);
        }
    }

    /** From here on the received state is the one that the next start finds, whatever happens. */
    void decide(Prepared prepared) {
        try {
            JournalReplacement.decide(
                    disk, present.journalFolder(), prepared.manifest().end().sequence());
        } catch (UncheckedIOException e) {
            prepared.state().tables().abandon();
            throw new StorageException("a received state cannot take its place: " + e.getCause(), e);
        }
    }

    /** Puts its files where they belong. Nothing else uses the journal's folder meanwhile. */
    void finish(Prepared prepared) {
        final Path journalFolder = present.journalFolder();
        try {
            final Tables tables = prepared.state().tables();
            tables.closeLedger();
            JournalReplacement.finish(disk, journalFolder);
            tables.useLedger(ErasureLedger.open(
                    disk,
                    JournalFolder.ledger(journalFolder),
                    prepared.manifest().erasures().lengthBytes(),
                    JournalFolder.heldFrom(disk, journalFolder),
                    clock.nowMicros()));
            new SetAsideTails(disk, journalFolder).wipe(tables.newIdentityHash());
        } catch (StoredFileException | JournalException | UncheckedIOException e) {
            throw new StorageException(
                    "a received state has not taken its place wholly: " + e.getMessage() + "; restart to go on", e);
        }
    }
}
