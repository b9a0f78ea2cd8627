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
 * @param role in which it starts: a replica makes no changes, neither its callers' nor its own; a primary
 *     makes some only where it was the last to be, else it is {@link Role#FENCED}
 * @param ownChanges whether time alone changes anything on a primary, so that rows are judged anew after an expiry and idle
 *     profiles go
 * @param replicas how many of them must have a change before it is acknowledged
 */
public record StorageConfig(
        Path dataFolder,
        Path journalFolder,
        Durability durability,
        int writerQueueLength,
        SnapshotSettings snapshots,
        Role role,
        boolean ownChanges,
        ReplicaSettings replicas) {
    /** The journal's folder in the data folder, where no other is named. */
    public static final String JOURNAL = "journal";

    /** Enough to keep the writer busy over a scheduling pause, little enough to bound memory and waiting. */
    public static final int WRITER_QUEUE_LENGTH_DEFAULT = 16 * 1024;

    public StorageConfig {
        if (role == Role.FENCED) {
            throw new IllegalArgumentException("nobody starts like that: role=" + role);
        }
        if (writerQueueLength < 2 || Integer.bitCount(writerQueueLength) != 1) {
            throw new IllegalArgumentException(
                    "not a power of two of at least 2: writerQueueLength=" + writerQueueLength);
        }
    }

    /** A primary with own changes. */
    public StorageConfig(
            Path dataFolder,
            Path journalFolder,
            Durability durability,
            int writerQueueLength,
            SnapshotSettings snapshots) {
        this(
                dataFolder,
                journalFolder,
                durability,
                writerQueueLength,
                snapshots,
                Role.PRIMARY,
                true,
                ReplicaSettings.NONE);
    }

    /** A primary with own changes, and snapshots as they are by default. */
    public StorageConfig(Path dataFolder, Path journalFolder, Durability durability, int writerQueueLength) {
        this(dataFolder, journalFolder, durability, writerQueueLength, SnapshotSettings.DEFAULT);
    }

    /** The same with other settings of snapshots. */
    public StorageConfig with(SnapshotSettings others) {
        return new StorageConfig(
                dataFolder, journalFolder, durability, writerQueueLength, others, role, ownChanges, replicas);
    }

    /** The same without changes of its own. */
    public StorageConfig withoutOwnChanges() {
        return new StorageConfig(
                dataFolder, journalFolder, durability, writerQueueLength, snapshots, role, false, replicas);
    }

    /** The same in another role. */
    public StorageConfig withRole(Role other) {
        return new StorageConfig(
                dataFolder, journalFolder, durability, writerQueueLength, snapshots, other, ownChanges, replicas);
    }

    /** The same with other settings of replicas. */
    public StorageConfig with(ReplicaSettings others) {
        return new StorageConfig(
                dataFolder, journalFolder, durability, writerQueueLength, snapshots, role, ownChanges, others);
    }

    /** The journal inside the data folder, changes kept once they are on the disk. */
    public static StorageConfig of(Path dataFolder) {
        return new StorageConfig(
                dataFolder, dataFolder.resolve(JOURNAL), Durability.FSYNC, WRITER_QUEUE_LENGTH_DEFAULT);
    }
}
