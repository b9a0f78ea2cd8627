package io.zandloper.storage;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.change.Change;
import io.zandloper.storage.column.FrozenColumns;
import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.erasure.LedgerReader;
import io.zandloper.storage.format.IdentityHash;
import io.zandloper.storage.format.StoredFileException;
import io.zandloper.storage.journal.Journal;
import io.zandloper.storage.journal.JournalEnd;
import io.zandloper.storage.journal.JournalException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Every profile, off the heap and in mapped files, under one data folder.
 *
 * <p>Any thread submits changes; one writer applies them in order. Each reading thread has a {@link StorageReader} of
 * its own and never waits for the writer.
 */
public final class Storage implements AutoCloseable {
    private final List<FolderLock> locks;
    private final EngineContext context;
    private final Replication replication;
    private volatile Engine engine;
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
            final Storage storage = new Storage(
                    locks,
                    config,
                    catalogLoader,
                    clock,
                    Platform.MACHINE,
                    failureListener,
                    EngineThreads.OWN,
                    Journal.FILE_BYTES_DEFAULT);
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
        return new Storage(
                locks,
                config,
                catalogLoader,
                clock,
                Platform.MACHINE,
                FailureListener.STATUS_ONLY,
                EngineThreads.OWN,
                Journal.FILE_BYTES_DEFAULT);
    }

    /** The same on another platform, driven by who calls; no lock keeps others out. */
    static Storage openOn(
            Platform platform,
            EngineThreads threads,
            long journalFileBytes,
            StorageConfig config,
            CatalogLoader catalogLoader,
            MicrosClock clock) {
        return new Storage(
                List.of(),
                config,
                catalogLoader,
                clock,
                platform,
                FailureListener.STATUS_ONLY,
                threads,
                journalFileBytes);
    }

    /** @param locks of both folders, held */
    private Storage(
            List<FolderLock> locks,
            StorageConfig config,
            CatalogLoader catalogLoader,
            MicrosClock clock,
            Platform platform,
            FailureListener failureListener,
            EngineThreads threads,
            long journalFileBytes) {
        this.locks = locks;
        this.context = new EngineContext(
                config,
                catalogLoader,
                clock,
                platform,
                new Failures(failureListener),
                WriterListeners.of(config.replicas()),
                threads,
                journalFileBytes);
        final Path journalFolder = config.journalFolder();
        if (JournalReplacement.isDecided(platform.disk(), journalFolder)) {
            TableFolders.removeCleanStops(platform.disk(), config.dataFolder());
            JournalReplacement.finish(platform.disk(), journalFolder);
        }
        final DataFolder folder = new DataFolder(
                TableFolders.atStart(platform.disk(), config.dataFolder()),
                journalFolder,
                platform,
                JournalFolder.identityKey(platform, journalFolder));
        final Recovery.Recovered recovered = new Recovery(folder, clock.nowMicros(), catalogLoader).run();
        final NodeState node = NodeState.open(platform, journalFolder, recovered.end());
        this.engine = new Engine(context, folder, recovered, node, node.roleAtStart(config.role()));
        this.replication = new Replication(this);
        engine.start();
    }

    Engine engine() {
        return engine;
    }

    EngineContext context() {
        return context;
    }

    /** Puts a state that was received in the place of the present one, see {@link Replication#install}. */
    synchronized Installed install(SnapshotStaging staging, long commonSequence) throws InterruptedException {
        if (closed) {
            throw new StorageException("the server is stopping; no state is received");
        }
        final Engine before = engine;
        final JournalEnd end = before.between().run(before.writer()::stopFollowing);
        final Installation installation =
                new Installation(before.folder(), context.config(), context.catalogLoader(), context.clock());
        final Installation.Prepared prepared =
                installation.prepare(staging, replication.isBlank(), end, commonSequence);
        installation.decide(prepared);
        before.stopToBeReplaced();
        installation.finish(prepared);
        final Engine after = new Engine(context, prepared.folder(), prepared.state(), before.node(), Role.REPLICA);
        engine = after;
        context.listeners().observers().forEach(ChangeObserver::onReplaced);
        after.start();
        before.dispose();
        return new Installed(prepared.manifest().end(), prepared.tails());
    }

    /** What another node needs to follow this one, and this one to follow another. */
    public Replication replication() {
        return replication;
    }

    /** A reader for one thread. */
    public StorageReader newReader() {
        return new StorageReader(() -> engine.tables());
    }

    /**
     * Hands a change to the writer. Any thread.
     *
     * @return false where the queue is full or the storage is closing: the listener will not be called
     */
    public boolean submit(Change change, ChangeListener listener) {
        return engine.writer().submit(change, listener);
    }

    /**
     * Gives every erasure so far to {@code action}, by the keyed hashes of identities, in the order of their sequences. Any
     * thread.
     */
    public void readErasures(LedgerReader.EntryConsumer action) {
        LedgerReader.read(
                context.platform().disk(), JournalFolder.ledger(context.config().journalFolder()), 0, action);
    }

    /** Has what is accepted from now on observed, by one more observer. Any thread. */
    public void observe(ChangeObserver observer) {
        context.listeners().observers().add(observer);
    }

    /** Hashes identities as this storage does; for one thread. */
    public IdentityHash newIdentityHash() {
        return engine.tables().newIdentityHash();
    }

    /** The newest change's sequence: every read from now on sees it and all before. */
    public long sequence() {
        return engine.tables().sequence();
    }

    /** The catalog that is current now; within a batch of reads ask the view. */
    public Catalog catalog() {
        return engine.tables().published().catalog();
    }

    /** Its JSON text as it was written; empty where there never was one. Not to be changed. */
    public byte[] catalogSource() {
        return engine.tables().published().catalogSource();
    }

    /**
     * The columns of segments as they are between two changes: exact at their sequence and their time. Whoever gets them
     * closes them. Where the catalog is another one by then, they are of that one and have no segment: bind the query to
     * it and ask again. Any thread; to wait for it is to wait for the writer's present batch.
     *
     * @param catalog that numbers {@code segments}
     */
    public CompletableFuture<FrozenColumns> freeze(Catalog catalog, BitSet segments) {
        final Engine current = engine;
        return current.writer()
                .between(() -> current.tables()
                        .freeze(catalog, segments, context.clock().nowMicros()));
    }

    /**
     * Takes a snapshot beside the reads and writes that go on; the future has its folder, or a {@link StorageException}
     * that says why there is none. Any thread.
     */
    public CompletableFuture<Path> snapshot() {
        return engine.snapshot();
    }

    /** Sees to it that no file holds anything from before now of who is erased; waits for it. */
    void completeErasures() throws InterruptedException {
        engine.completeErasures();
    }

    /** Remembers an erasure of somebody whom nobody knows here, for this is an older state. */
    void rememberErased(long high, long low, long atMicros) throws InterruptedException {
        engine.rememberErased(high, low, atMicros);
    }

    public StorageStatus status() {
        return engine.status();
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
            engine.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException("the stop was interrupted; the data folder is not closed cleanly", e);
        } finally {
            locks.forEach(FolderLock::close);
        }
    }
}
