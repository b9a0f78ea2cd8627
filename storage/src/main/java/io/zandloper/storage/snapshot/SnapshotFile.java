package io.zandloper.storage.snapshot;

/**
 * One file of a snapshot, as another node needs to know it.
 *
 * @param checksum CRC32C of the whole file
 */
public record SnapshotFile(String name, long lengthBytes, int checksum) {}
