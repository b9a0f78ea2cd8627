package io.zandloper.storage;

import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.format.MetadataFile;
import io.zandloper.storage.journal.JournalFiles;
import io.zandloper.storage.snapshot.SnapshotFiles;
import io.zandloper.storage.snapshot.SnapshotManifest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * How a snapshot that was received takes the place of everything in a journal's folder. Until {@link #decide} it is all
 * there as it was; from then on a start {@linkplain #finish finishes} it, so that a crash leaves the one or the other.
 */
final class JournalReplacement {
    private static final MetadataFile DECISION = new MetadataFile("ZNDLREPL", 1, 1);

    private JournalReplacement() {}

    /** Copies what is to become the ledger of erasures; where there is none, there is no file. */
    static void prepareLedger(Disk disk, Path journalFolder, Path snapshot, SnapshotManifest manifest) {
        final Path copy = JournalFolder.incomingLedger(journalFolder);
        try {
            if (disk.exists(copy)) {
                disk.delete(copy);
            }
            if (manifest.erasures().lengthBytes() > 0) {
                disk.copy(snapshot.resolve(manifest.erasures().name()), copy);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write file=" + copy, e);
        }
    }

    /** From now on the snapshot that was received is what holds. Durable when this returns. */
    static void decide(Disk disk, Path journalFolder, long sequence) {
        final ByteBuffer payload = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        DECISION.write(
                disk,
                JournalFolder.replacing(journalFolder),
                payload.putLong(sequence).flip());
    }

    /** Whether {@link #finish} has something to do: what the last stop left is of no use then. */
    static boolean isDecided(Disk disk, Path journalFolder) {
        try {
            return disk.exists(JournalFolder.replacing(journalFolder));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read folder=" + journalFolder, e);
        }
    }

    /** Does what was decided; where nothing was, it does nothing. Once more is harmless. */
    static void finish(Disk disk, Path journalFolder) {
        final Path decision = JournalFolder.replacing(journalFolder);
        final Path snapshots = JournalFolder.snapshots(journalFolder);
        try {
            if (!isDecided(disk, journalFolder)) {
                return;
            }
            final long sequence = DECISION.read(disk, decision).payload().getLong();
            final Path incoming = SnapshotFiles.incoming(snapshots, sequence);
            final Path finished = SnapshotFiles.folder(snapshots, sequence);
            JournalFiles.deleteAll(disk, journalFolder);
            if (disk.exists(incoming)) {
                for (final Path old : SnapshotFiles.complete(disk, snapshots)) {
                    SnapshotFiles.remove(disk, old);
                }
                SnapshotStaging.removePlan(disk, incoming);
                disk.rename(incoming, finished);
            }
            disk.syncFolder(snapshots); // a life before may have ended between the renaming and this
            final SnapshotManifest manifest = SnapshotManifest.read(disk, finished);
            replaceLedger(disk, journalFolder, manifest);
            replaceKey(disk, journalFolder, manifest.identityKey());
            disk.delete(decision);
            disk.syncFolder(journalFolder);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "a state that was received cannot take its place in folder=" + journalFolder, e);
        }
    }

    private static void replaceLedger(Disk disk, Path journalFolder, SnapshotManifest manifest) throws IOException {
        final Path ledger = JournalFolder.ledger(journalFolder);
        final Path incoming = JournalFolder.incomingLedger(journalFolder);
        if (disk.exists(incoming)) {
            disk.rename(incoming, ledger);
        } else if (manifest.erasures().lengthBytes() == 0 && disk.exists(ledger)) {
            disk.delete(ledger);
        }
        disk.syncFolder(journalFolder);
    }

    private static void replaceKey(Disk disk, Path journalFolder, byte[] key) throws IOException {
        if (!disk.exists(JournalFolder.identityKey(journalFolder))
                || !Arrays.equals(JournalFolder.readIdentityKey(disk, journalFolder), key)) {
            JournalFolder.writeIdentityKey(disk, journalFolder, key);
        }
    }
}
