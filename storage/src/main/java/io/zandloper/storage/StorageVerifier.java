package io.zandloper.storage;

import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.disk.FileDisk;
import io.zandloper.storage.erasure.LedgerReader;
import io.zandloper.storage.format.StoredFileException;
import io.zandloper.storage.journal.JournalEnd;
import io.zandloper.storage.journal.JournalException;
import io.zandloper.storage.journal.JournalReader;
import io.zandloper.storage.journal.JournalTails;
import io.zandloper.storage.snapshot.SnapshotFiles;
import io.zandloper.storage.snapshot.SnapshotManifest;
import io.zandloper.storage.snapshot.SnapshotReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Proves that what must survive is whole, reading every byte of it and changing none. Needs no catalog, and no server
 * that stands still.
 */
public final class StorageVerifier {
    private final Disk disk;
    private final List<String> checked = new ArrayList<>();
    private final List<String> damage = new ArrayList<>();

    private StorageVerifier(Disk disk) {
        this.disk = disk;
    }

    /**
     * @param checked what is whole, a line each
     * @param damage what is not, a sentence each that names the file and, where there is one, the offset
     */
    public record Report(List<String> checked, List<String> damage) {
        public boolean isWhole() {
            return damage.isEmpty();
        }
    }

    /**
     * Checks a snapshot, or all snapshots, the journal and the ledger of a data folder or of a journal's folder.
     *
     * @throws StorageException where the folder is none of these, or cannot be read
     */
    public static Report verify(Path folder) {
        return verify(FileDisk.INSTANCE, folder);
    }

    static Report verify(Disk disk, Path folder) {
        final StorageVerifier verifier = new StorageVerifier(disk);
        try {
            verifier.check(folder);
        } catch (IOException | UncheckedIOException e) {
            throw new StorageException("the folder " + folder + " cannot be read: " + e.getMessage(), e);
        }
        return new Report(List.copyOf(verifier.checked), List.copyOf(verifier.damage));
    }

    private void check(Path folder) throws IOException {
        if (disk.exists(folder.resolve(SnapshotFiles.MANIFEST))) {
            checkSnapshot(folder);
        } else if (isJournal(folder)) {
            checkJournalFolder(folder);
        } else if (isJournal(folder.resolve(StorageConfig.JOURNAL))) {
            checkJournalFolder(folder.resolve(StorageConfig.JOURNAL));
        } else {
            throw new StorageException("the folder " + folder + " holds neither a snapshot nor a journal; name a"
                    + " snapshot's folder, a data folder or the folder that was given as the journal's");
        }
    }

    private boolean isJournal(Path folder) throws IOException {
        return disk.exists(JournalFolder.identityKey(folder)) || disk.exists(JournalFolder.snapshots(folder));
    }

    private @Nullable SnapshotManifest checkSnapshot(Path folder) {
        try {
            final SnapshotReader reader = SnapshotReader.open(disk, folder);
            reader.verify();
            final SnapshotManifest manifest = reader.manifest();
            checked.add(String.format(
                    Locale.ROOT,
                    "snapshot %s: sequence %d, %d profiles, %d changes while it was taken",
                    folder.getFileName(),
                    manifest.end().sequence(),
                    manifest.profiles().items(),
                    manifest.changes().items()));
            return manifest;
        } catch (StoredFileException e) {
            damage.add(String.valueOf(e.getMessage()));
            return null;
        }
    }

    private void checkJournalFolder(Path folder) {
        SnapshotManifest newest = null;
        for (final Path snapshot : SnapshotFiles.complete(disk, JournalFolder.snapshots(folder))) {
            final SnapshotManifest manifest = checkSnapshot(snapshot);
            if (newest == null) {
                newest = manifest;
            }
        }
        final JournalEnd start = newest == null ? JournalEnd.EMPTY : newest.end();
        try {
            final JournalEnd end = new JournalReader(disk, folder).verify(start);
            checked.add("journal " + folder + ": up to sequence " + end.sequence());
        } catch (StoredFileException | JournalException e) {
            damage.add(String.valueOf(e.getMessage()));
        }
        checkKeyAndLedger(folder, newest == null ? 0 : newest.erasures().lengthBytes());
        checkNode(folder);
        JournalTails.list(disk, JournalFolder.tails(folder)).forEach(this::checkTail);
    }

    private void checkNode(Path folder) {
        final Path node = JournalFolder.node(folder);
        try {
            if (disk.exists(node)) {
                NodeState.check(disk, node);
                checked.add("node");
            }
        } catch (StoredFileException e) {
            damage.add(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read file=" + node, e);
        }
    }

    private void checkTail(Path tail) {
        try {
            final long[] entries = new long[1];
            JournalTails.read(disk, tail, entry -> entries[0]++);
            checked.add("changes put aside in " + tail.getFileName() + ": " + entries[0]);
        } catch (StoredFileException | JournalException e) {
            damage.add(String.valueOf(e.getMessage()));
        }
    }

    private void checkKeyAndLedger(Path folder, long ledgerBytes) {
        try {
            JournalFolder.readIdentityKey(disk, folder);
            checked.add("identity key");
        } catch (StoredFileException e) {
            damage.add(String.valueOf(e.getMessage()));
        }
        try {
            final long[] entries = new long[1];
            LedgerReader.read(
                    disk, JournalFolder.ledger(folder), ledgerBytes, (sequence, at, high, low) -> entries[0]++);
            checked.add("ledger of erasures: " + entries[0] + " identities");
        } catch (StoredFileException e) {
            damage.add(String.valueOf(e.getMessage()));
        }
    }
}
