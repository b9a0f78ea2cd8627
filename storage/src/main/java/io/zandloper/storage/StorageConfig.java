package io.zandloper.storage;

import java.nio.file.Path;

/**
 * How the storage is set up.
 *
 * @param dataFolder created where it does not exist; one process at a time may use it
 * @param writerQueueLength changes that may wait for the writer, a power of two; one more is refused
 */
public record StorageConfig(Path dataFolder, int writerQueueLength) {
    /** Enough to keep the writer busy over a scheduling pause, little enough to bound memory and waiting. */
    public static final int WRITER_QUEUE_LENGTH_DEFAULT = 16 * 1024;

    public StorageConfig {
        if (writerQueueLength < 2 || Integer.bitCount(writerQueueLength) != 1) {
            throw new IllegalArgumentException(
                    "not a power of two of at least 2: writerQueueLength=" + writerQueueLength);
        }
    }

    public static StorageConfig of(Path dataFolder) {
        return new StorageConfig(dataFolder, WRITER_QUEUE_LENGTH_DEFAULT);
    }
}
