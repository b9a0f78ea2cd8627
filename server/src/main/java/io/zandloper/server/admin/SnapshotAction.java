package io.zandloper.server.admin;

/** Takes a snapshot of the data. */
@FunctionalInterface
public interface SnapshotAction {
    /**
     * A snapshot that is complete.
     *
     * @param name of its folder, among the snapshots of the journal's folder
     * @param sequence the change it is at
     * @param lengthBytes of all its files
     */
    record Snapshot(String name, long sequence, long lengthBytes) {}

    /**
     * Takes one and waits for it, while reads and writes go on. Any thread.
     *
     * @throws io.zandloper.storage.StorageException in one sentence, where there is none
     */
    Snapshot take();
}
