package io.zandloper.storage.record;

import java.nio.ByteBuffer;

/**
 * Records under ordinals. One thread writes, any thread reads. A reader gets a record as it was put, whole; it is
 * within an epoch of the {@link io.zandloper.storage.epoch.Reclaimer} the store was opened with.
 *
 * <p>Errors of the disk are {@link java.io.UncheckedIOException}s, files that cannot be used are {@link
 * io.zandloper.storage.format.StoredFileException}s.
 */
public interface RecordStore extends AutoCloseable {
    /** Longest record: a document of 64 KiB, and beside it 128 events with 256 bytes of text each and what they need. */
    int RECORD_BYTES_MAX = 256 * 1024;

    /**
     * Stores a record in place of what the ordinal had. Writer only.
     *
     * @param ordinal not negative
     * @param record from position to limit, copied; both stay; at most {@link #RECORD_BYTES_MAX}
     * @throws java.io.UncheckedIOException when the disk is full; the ordinal has what it had
     */
    void put(int ordinal, ByteBuffer record);

    /**
     * Copies a record. Any thread.
     *
     * @return false when the ordinal has none; what {@code into} holds then is undefined
     */
    boolean get(int ordinal, RecordBuffer into);

    /**
     * Removes a record. Writer only.
     *
     * @return false when the ordinal had none
     */
    boolean remove(int ordinal);

    /**
     * Ends the filling of a store that was created {@linkplain RecordStores#createToFill to be filled}: everything is in
     * the store that this gives, which takes the place of this one. Writer only.
     */
    default RecordStore filled() {
        return this;
    }

    /** Records stored. Any thread; exact on the writer's. */
    long size();

    /** How full it is. Any thread; exact on the writer's. */
    RecordStoreFill fill();

    /** Makes the files complete on the disk, so that the store can be opened again. Writer only. */
    void force();

    /** Unmaps the files; no reader may be left. Without {@link #force} before it, what was stored may be lost. */
    @Override
    void close();
}
