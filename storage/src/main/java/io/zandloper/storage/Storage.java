package io.zandloper.storage;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.change.Change;
import io.zandloper.storage.format.StoredFileException;
import java.io.UncheckedIOException;
import java.util.function.Function;

/**
 * Every profile, off the heap and in mapped files, under one data folder.
 *
 * <p>Any thread submits changes; one writer applies them in order. Each reading thread has a {@link StorageReader} of
 * its own and never waits for the writer.
 */
public final class Storage implements AutoCloseable {
    private final DataFolder folder;
    private final Tables tables;
    private final Writer writer;
    private boolean closed;

    private Storage(DataFolder folder, Tables tables, Writer writer) {
        this.folder = folder;
        this.tables = tables;
        this.writer = writer;
    }

    /**
     * Opens the data folder, or makes it.
     *
     * @param catalogReader compiles the JSON text of a catalog that was accepted before
     * @throws StorageException in one sentence: in use by another process, not closed cleanly, corrupt, of another
     *     version, or the disk refuses
     */
    public static Storage open(StorageConfig config, Function<byte[], Catalog> catalogReader, MicrosClock clock) {
        final DataFolder folder = DataFolder.lock(config.dataFolder());
        boolean opened = false;
        try {
            final Tables tables =
                    folder.isFresh() ? Tables.create(folder, clock) : Tables.open(folder, clock, catalogReader);
            final Writer writer = new Writer(tables, clock, config.writerQueueLength());
            writer.start();
            opened = true;
            return new Storage(folder, tables, writer);
        } catch (StoredFileException | UncheckedIOException e) {
            throw new StorageException(String.valueOf(e.getMessage()), e);
        } finally {
            if (!opened) {
                folder.close();
            }
        }
    }

    /** A reader for one thread. */
    public StorageReader newReader() {
        return new StorageReader(tables.epochs().register(), tables::published, new View(tables));
    }

    /**
     * Hands a change to the writer. Any thread.
     *
     * @return false where the queue is full or the storage is closing: the listener will not be called
     */
    public boolean submit(Change change, ChangeListener listener) {
        return writer.submit(change, listener);
    }

    /** The newest change's sequence: every read from now on sees it and all before. */
    public long sequence() {
        return tables.sequence();
    }

    /** The catalog that is current now; within a batch of reads ask the view. */
    public Catalog catalog() {
        return tables.published().catalog();
    }

    /** Its JSON text as it was written; empty where there never was one. Not to be changed. */
    public byte[] catalogSource() {
        return tables.published().catalogSource();
    }

    public StorageStatus status() {
        return tables.status(writer.queued(), writer.neededEvictions());
    }

    /**
     * Stops cleanly: finishes what is queued, makes the files complete, unmaps them and gives up the lock. Every reader
     * must have been closed.
     *
     * @throws StorageException where the files could not be made complete
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            writer.stop();
            final StorageException broken = writer.broken();
            if (broken != null) {
                throw broken;
            }
            tables.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException("the stop was interrupted; the data folder is not closed cleanly", e);
        } catch (UncheckedIOException e) {
            throw new StorageException(String.valueOf(e.getMessage()), e);
        } finally {
            folder.close();
        }
    }
}
