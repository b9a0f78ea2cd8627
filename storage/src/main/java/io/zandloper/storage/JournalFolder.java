package io.zandloper.storage;

import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.format.CorruptFileException;
import io.zandloper.storage.format.IdentityHash;
import io.zandloper.storage.format.MetadataFile;
import io.zandloper.storage.format.StoredFileException;
import io.zandloper.storage.journal.JournalFiles;
import io.zandloper.storage.snapshot.SnapshotFiles;
import io.zandloper.storage.snapshot.SnapshotManifest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * What must survive, in one folder; the data folder may be lost as long as this one is there.
 *
 * <pre>
 *   lock             held while a process uses the folder
 *   identity.key     the key of identity hashes, made once
 *   node             which node this is, and the newest term it knows
 *   replacing        while a state that was received takes the place of all this
 *   tails/           changes that only this node had when that happened
 *   erasures.ledger  keyed hashes of identities that were erased
 *   N.journal        every change in order, from sequence N on
 *   snapshots/       everything at one sequence each
 * </pre>
 */
final class JournalFolder {
    private static final MetadataFile KEY_FILE = new MetadataFile("ZNDLIKEY", 1, 1);

    private JournalFolder() {}

    static Path snapshots(Path folder) {
        return folder.resolve("snapshots");
    }

    static Path ledger(Path folder) {
        return folder.resolve("erasures.ledger");
    }

    /** What a received state brings of it, until that takes its place. */
    static Path incomingLedger(Path folder) {
        return folder.resolve("erasures.ledger.incoming");
    }

    static Path tails(Path folder) {
        return folder.resolve("tails");
    }

    static Path replacing(Path folder) {
        return folder.resolve("replacing");
    }

    static Path identityKey(Path folder) {
        return folder.resolve("identity.key");
    }

    static Path node(Path folder) {
        return folder.resolve("node");
    }

    /** There until a restore into the folder is finished. */
    static Path restoring(Path folder) {
        return folder.resolve("restoring");
    }

    /** @throws StorageException where a restore was begun and not finished */
    static void checkRestored(Disk disk, Path folder) {
        try {
            if (disk.exists(restoring(folder))) {
                throw new StorageException("a restore into " + folder
                        + " was not finished; empty the data folder and its journal's, and restore again");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read folder=" + folder, e);
        }
    }

    /** The first sequence of which journal or snapshots may hold something: what was erased before it is in none of them. */
    static long heldFrom(Disk disk, Path folder) {
        if (SnapshotFiles.hasUnfinished(disk, snapshots(folder))) {
            return 0; // whatever is in it: it goes with the next snapshot
        }
        long heldFrom = JournalFiles.firstSequence(disk, folder);
        for (final Path snapshot : SnapshotFiles.complete(disk, snapshots(folder))) {
            try {
                heldFrom =
                        Math.min(heldFrom, SnapshotManifest.read(disk, snapshot).startSequence() + 1);
            } catch (StoredFileException unreadable) {
                return 0; // but its other files are there
            }
        }
        return heldFrom;
    }

    /**
     * The key under which this folder's identities are hashed; made on first use, and never again: erasures are
     * remembered under it.
     *
     * @throws CorruptFileException where there are changes and the key is gone, also from the snapshots
     */
    static byte[] identityKey(Platform platform, Path folder) {
        final Disk disk = platform.disk();
        final Path file = identityKey(folder);
        try {
            if (!disk.exists(file)) {
                disk.createFolder(folder);
                writeIdentityKey(disk, folder, newKey(platform, folder));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read file=" + file, e);
        }
        return readIdentityKey(disk, folder);
    }

    /** @throws io.zandloper.storage.format.StoredFileException where it is missing, corrupt, too old or too new */
    static byte[] readIdentityKey(Disk disk, Path folder) {
        final Path file = identityKey(folder);
        try {
            if (!disk.exists(file)) {
                throw new CorruptFileException(file, "it is missing");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read file=" + file, e);
        }
        final ByteBuffer payload = KEY_FILE.read(disk, file).payload();
        if (payload.remaining() != IdentityHash.KEY_BYTES) {
            throw new CorruptFileException(file, "its content has the wrong length");
        }
        final byte[] key = new byte[IdentityHash.KEY_BYTES];
        payload.get(key);
        return key;
    }

    static void writeIdentityKey(Disk disk, Path folder, byte[] key) {
        KEY_FILE.write(disk, identityKey(folder), ByteBuffer.wrap(key));
    }

    /** That of a snapshot, where there is one; else a random one. */
    private static byte[] newKey(Platform platform, Path folder) throws IOException {
        final Disk disk = platform.disk();
        for (final Path snapshot : SnapshotFiles.complete(disk, snapshots(folder))) {
            try {
                return SnapshotManifest.read(disk, snapshot).identityKey();
            } catch (StoredFileException damaged) {
                // An older one has the same.
            }
        }
        if (disk.list(folder).stream().anyMatch(name -> name.endsWith(".journal"))) {
            throw new CorruptFileException(identityKey(folder), "it is missing");
        }
        final byte[] key = new byte[IdentityHash.KEY_BYTES];
        platform.random().fill(key);
        return key;
    }
}
