package io.zandloper.storage;

import io.zandloper.storage.journal.Durability;
import java.nio.file.Path;

/**
 * How the storage is set up.
 *
 * @param dataFolder created where it does not exist; one process at a time may use it
 * @param journalFolder where the journal lies; the data folder may then be on memory
 * @param durability when a change counts as kept
 * @param writerQueueLength changes that may wait for the writer, a power of two; one more is refused
 * @param snapshots when they are taken and how many stay
 * @param ownChanges whether time alone changes anything, so that rows are judged anew after an expiry and idle profiles
 *     go; not so on a replica, which makes no changes of its own
 */
public record StorageConfig(
        Path dataFolder,
        Path journalFolder,
        Durability durability,
        int writerQueueLength,
        SnapshotSettings snapshots,
        boolean ownChanges) {
    /** The journal's folder in the data folder, where no other is named. */
    public static final String JOURNAL = "journal";

    /** Enough to keep the writer busy over a scheduling pause, little enough to bound memory and waiting. */
    public static final int WRITER_QUEUE_LENGTH_DEFAULT = 16 * 1024;

    public StorageConfig {
        if (writerQueueLength < 2 || Integer.bitCount(writerQueueLength) != 1) {
            throw new IllegalArgumentException(
                    "not a power of two of at least 2: writerQueueLength=" + writerQueueLength);
        }
    }

    /** With own changes. */
    public StorageConfig(
            Path dataFolder,
            Path journalFolder,
            Durability durability,
            int writerQueueLength,
            SnapshotSettings snapshots) {
        this(dataFolder, journalFolder, durability, writerQueueLength, snapshots, true);
    }

    /** With own changes, and snapshots as they are by default. */
    public StorageConfig(Path dataFolder, Path journalFolder, Durability durability, int writerQueueLength) {
        this(dataFolder, journalFolder, durability, writerQueueLength, SnapshotSettings.DEFAULT);
    }

    /** The same with other settings of snapshots. */
    public StorageConfig with(SnapshotSettings others) {
        return new StorageConfig(dataFolder, journalFolder, durability, writerQueueLength, others, ownChanges);
    }

    /** The same without changes of its own. */
    public StorageConfig withoutOwnChanges() {
        return new StorageConfig(dataFolder, journalFolder, durability, writerQueueLength, snapshots, false);
    }

    /** The journal inside the data folder, changes kept once they are on the disk. */
    public static StorageConfig of(Path dataFolder) {
        return new StorageConfig(
                dataFolder, dataFolder.resolve(JOURNAL), Durability.FSYNC, WRITER_QUEUE_LENGTH_DEFAULT);
    }
}
