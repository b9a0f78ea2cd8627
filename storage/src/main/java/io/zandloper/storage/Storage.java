package io.zandloper.storage;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.change.Change;
import io.zandloper.storage.column.FrozenColumns;
import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.erasure.LedgerReader;
import io.zandloper.storage.format.IdentityHash;
import io.zandloper.storage.format.StoredFileException;
import io.zandloper.storage.journal.Journal;
import io.zandloper.storage.journal.JournalException;
import io.zandloper.storage.journal.JournalTip;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Every profile, off the heap and in mapped files, under one data folder.
 *
 * <p>Any thread submits changes; one writer applies them in order. Each reading thread has a {@link StorageReader} of
 * its own and never waits for the writer.
 */
public final class Storage implements AutoCloseable {
    private final List<FolderLock> locks;
    private final Tables tables;
    private final Journal journal;
    private final Path journalFolder;
    private final Disk disk;
    private final Writer writer;
    private final MicrosClock clock;
    private final SnapshotChores snapshotChores;
    private final SnapshotThread snapshots;
    private final Housekeeping housekeeping;
    private final TidyWalk tidyWalk;
    private final Failures failures;
    private boolean closed;

    /**
     * Opens the data folder, or makes it. After a clean stop the mapped files are used as they are; after any other end
     * they are made again from the journal.
     *
     * @param catalogLoader of catalogs that were accepted before
     * @throws StorageException in one sentence: in use by another process, corrupt, of another version, or the
     *     disk refuses
     */
    public static Storage open(StorageConfig config, CatalogLoader catalogLoader, MicrosClock clock) {
        return open(config, catalogLoader, clock, FailureListener.STATUS_ONLY);
    }

    /**
     * The same.
     *
     * @param failureListener hears of what fails without a caller
     */
    public static Storage open(
            StorageConfig config, CatalogLoader catalogLoader, MicrosClock clock, FailureListener failureListener) {
        final List<FolderLock> locks = new ArrayList<>();
        boolean opened = false;
        try {
            locks.add(FolderLock.take(config.dataFolder()));
            locks.add(FolderLock.take(config.journalFolder()));
            final Disk disk = Platform.MACHINE.disk();
            JournalFolder.checkRestored(disk, config.journalFolder());
            final Storage storage = new Storage(locks, config, catalogLoader, clock, Platform.MACHINE, failureListener);
            opened = true;
            return storage;
        } catch (StoredFileException | UncheckedIOException | JournalException e) {
            throw new StorageException(String.valueOf(e.getMessage()), e);
        } finally {
            if (!opened) {
                locks.forEach(FolderLock::close);
            }
        }
    }

    /** The same for who has the locks of both folders, which the storage gives up when it closes. */
    static Storage openLocked(
            List<FolderLock> locks, StorageConfig config, CatalogLoader catalogLoader, MicrosClock clock) {
        return new Storage(locks, config, catalogLoader, clock, Platform.MACHINE, FailureListener.STATUS_ONLY);
    }

    /** @param locks of both folders, held */
    private Storage(
            List<FolderLock> locks,
            StorageConfig config,
            CatalogLoader catalogLoader,
            MicrosClock clock,
            Platform platform,
            FailureListener failureListener) {
        this.locks = locks;
        this.clock = clock;
        this.failures = new Failures(failureListener);
        this.disk = platform.disk();
        this.journalFolder = config.journalFolder();
        final DataFolder folder = new DataFolder(
                config.dataFolder(), journalFolder, platform, JournalFolder.identityKey(platform, journalFolder));
        final Recovery.Recovered recovery = new Recovery(folder, clock.nowMicros(), catalogLoader).run();
        this.tables = recovery.tables();
        this.journal = Journal.open(
                disk, journalFolder, config.durability(), Journal.FILE_BYTES_DEFAULT, recovery.term(), recovery.end());
        final EffectCodec codec = new EffectCodec(tables.newIdentityHash(), catalogLoader);
        final Expiries expiries = new Expiries(tables, clock, config.ownChanges());
        this.writer = new Writer(tables, journal, codec, expiries, clock, config.writerQueueLength());
        final SnapshotThread.Source source = new SnapshotThread.Source(writer, newReader());
        final Snapshots taking =
                new Snapshots(folder, clock, config.snapshots().kept(), writer, SnapshotThread.between(writer), source);
        this.snapshotChores = new SnapshotChores(
                folder,
                config.snapshots(),
                taking,
                tables.ledger(),
                this::sequence,
                journal::appendedBytes,
                () -> catalog().policies().erasureBoundMicros(),
                clock.nowMicros());
        this.snapshots = new SnapshotThread(taking, snapshotChores, source, failures);
        this.tidyWalk = new TidyWalk(newReader(), tables::ordinals, writer::submit, clock);
        this.housekeeping = new Housekeeping(clock, tasks(config), failures);
        writer.start();
        housekeeping.start();
    }

    private List<Housekeeping.Task> tasks(StorageConfig config) {
        final List<Housekeeping.Task> tasks = new ArrayList<>();
        tasks.add(new Housekeeping.Task("looking whether a snapshot is due", snapshots));
        tasks.add(new Housekeeping.Task("giving back memory", new ReclaimChore(writer)));
        if (config.ownChanges()) {
            tasks.add(new Housekeeping.Task("looking for profiles to tidy", tidyWalk));
        }
        return tasks;
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

    /**
     * Gives every erasure so far to {@code action}, by the keyed hashes of identities, in the order of their sequences. Any
     * thread.
     */
    public void readErasures(LedgerReader.EntryConsumer action) {
        LedgerReader.read(disk, JournalFolder.ledger(journalFolder), 0, action);
    }

    /** Has what is accepted from now on observed, by one more observer. Any thread. */
    public void observe(ChangeObserver observer) {
        writer.observe(observer);
    }

    /** Hashes identities as this storage does; for one thread. */
    public IdentityHash newIdentityHash() {
        return tables.newIdentityHash();
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

    /**
     * The columns of segments as they are between two changes: exact at their sequence and their time. Whoever gets them
     * closes them. Where the catalog is another one by then, they are of that one and have no segment: bind the query to
     * it and ask again. Any thread; to wait for it is to wait for the writer's present batch.
     *
     * @param catalog that numbers {@code segments}
     */
    public CompletableFuture<FrozenColumns> freeze(Catalog catalog, BitSet segments) {
        return writer.between(() -> tables.freeze(catalog, segments, clock.nowMicros()));
    }

    /**
     * Takes a snapshot beside the reads and writes that go on; the future has its folder, or a {@link StorageException}
     * that says why there is none. Any thread.
     */
    public CompletableFuture<Path> snapshot() {
        return snapshots.take();
    }

    /** Sees to it that no file holds anything from before now of who is erased; waits for it. */
    void completeErasures() throws InterruptedException {
        try {
            snapshots.completeErasures().get();
        } catch (ExecutionException e) {
            final Throwable cause = e.getCause();
            throw new StorageException(String.valueOf(cause == null ? e : cause.getMessage()), e);
        }
    }

    /** Remembers an erasure of somebody whom nobody knows here, for this is an older state. */
    void rememberErased(long high, long low, long atMicros) throws InterruptedException {
        SnapshotThread.between(writer).run(() -> writer.rememberErased(high, low, atMicros));
    }

    public StorageStatus status() {
        return tables.status(writer.queued(), writer.neededEvictions(), snapshotChores.status(), failures.status());
    }

    /**
     * Stops cleanly: finishes what is queued, makes the files complete, unmaps them and gives up the lock. Every reader
     * must have been closed. Where the files cannot be made complete, the next start makes them again.
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
            housekeeping.close();
            tidyWalk.close();
            snapshots.close();
            writer.stop();
            final StorageException broken = writer.broken();
            if (broken != null) {
                abandon(broken);
                throw broken;
            }
            journal.close();
            tables.close(journal.end(), JournalTip.of(disk, journalFolder));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException("the stop was interrupted; the data folder is not closed cleanly", e);
        } catch (UncheckedIOException | JournalException e) {
            throw new StorageException(String.valueOf(e.getMessage()), e);
        } finally {
            locks.forEach(FolderLock::close);
        }
    }

    private void abandon(StorageException because) {
        try {
            journal.close();
        } catch (JournalException e) {
            because.addSuppressed(e);
        }
        tables.abandon();
    }
}
