package io.zandloper.storage;

import io.zandloper.storage.journal.Journal;
import io.zandloper.storage.journal.JournalEnd;
import io.zandloper.storage.journal.JournalException;
import io.zandloper.storage.journal.JournalPins;
import io.zandloper.storage.journal.JournalTip;
import io.zandloper.storage.journal.Term;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * One state with all that works on it: tables, journal, writer, snapshots, housekeeping. A storage has one, and another one
 * in its place once a replica has received a whole state.
 */
final class Engine {
    /** Between one look whether readers have left and the next. */
    private static final long READERS_LOOK_NANOS = 1_000_000;

    private final DataFolder folder;
    private final Tables tables;
    private final Journal journal;
    private final JournalPins pins;
    private final Writer writer;
    private final EngineThreads threads;
    private final BetweenChanges between;
    private final NodeState node;
    private final MicrosClock clock;
    private final SnapshotChores snapshotChores;
    private final SnapshotThread snapshots;
    private final Housekeeping housekeeping;
    private final TidyWalk tidyWalk;
    private final Failures failures;

    /** @param recovered with which it begins */
    Engine(EngineContext context, DataFolder folder, Recovery.Recovered recovered, NodeState node, Role role) {
        final StorageConfig config = context.config();
        this.folder = folder;
        this.tables = recovered.tables();
        this.clock = context.clock();
        this.failures = context.failures();
        this.node = node;
        final Term term = role == Role.PRIMARY
                ? node.openAtStart(recovered.clean())
                : recovered.end().term();
        this.journal = Journal.open(
                folder.platform().disk(),
                folder.journalFolder(),
                config.durability(),
                context.journalFileBytes(),
                term,
                recovered.end());
        this.pins = new JournalPins(folder.platform().disk(), folder.journalFolder());
        this.writer = new Writer(
                tables,
                journal,
                new EffectCodec(tables.newIdentityHash(), context.catalogLoader()),
                config.ownChanges(),
                clock,
                config.writerQueueLength(),
                CatalogReplacements.ROWS_A_STEP,
                role,
                context.listeners());
        this.threads = context.threads();
        this.between = threads.between(writer);
        final SnapshotThread.Source source = new SnapshotThread.Source(writer, between, newReader());
        final Snapshots taking = new Snapshots(folder, clock, config.snapshots().kept(), writer, between, source, pins);
        this.snapshotChores = new SnapshotChores(
                folder,
                config.snapshots(),
                taking,
                tables.ledger(),
                tables::sequence,
                journal::appendedBytes,
                () -> tables.published().catalog().policies().erasureBoundMicros(),
                clock.nowMicros());
        this.snapshots = new SnapshotThread(taking, snapshotChores, source, failures, threads.forSnapshots());
        this.tidyWalk = new TidyWalk(newReader(), tables::ordinals, writer::submit, clock);
        this.housekeeping = new Housekeeping(clock, tasks(config), failures);
    }

    private List<Housekeeping.Task> tasks(StorageConfig config) {
        return List.of(
                new Housekeeping.Task("looking whether a snapshot is due", snapshots),
                new Housekeeping.Task("giving back memory", new ReclaimChore(writer)),
                new Housekeeping.Task("looking for profiles to tidy", nowMicros -> {
                    if (config.ownChanges() && writer.role() == Role.PRIMARY) {
                        tidyWalk.run(nowMicros);
                    }
                }));
    }

    void start() {
        threads.start(writer, housekeeping);
    }

    DataFolder folder() {
        return folder;
    }

    Tables tables() {
        return tables;
    }

    Journal journal() {
        return journal;
    }

    JournalPins pins() {
        return pins;
    }

    Writer writer() {
        return writer;
    }

    BetweenChanges between() {
        return between;
    }

    NodeState node() {
        return node;
    }

    /** A reader of this state alone. */
    private StorageReader newReader() {
        final Supplier<Tables> own = () -> tables;
        return new StorageReader(own);
    }

    CompletableFuture<Path> snapshot() {
        return snapshots.take();
    }

    /**
     * Never one from before the newest term: who diverged may share all of the terms before it, and must not fall back behind
     * what he has acknowledged of them.
     */
    CompletableFuture<SnapshotLease> leaseSnapshot(long budgetBytes) {
        final JournalEnd end = journal.durableEnd();
        final long begun = end.lineage().firstSequence();
        final boolean inTerm = begun > 0 && end.term().equals(node.term());
        return snapshots.lease(budgetBytes, inTerm ? begun - 1 : end.sequence());
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
        between.run(() -> writer.rememberErased(high, low, atMicros));
    }

    StorageStatus status() {
        return tables.status(writer.queued(), writer.neededEvictions(), snapshotChores.status(), failures.status());
    }

    /**
     * Stops cleanly: finishes what is queued, makes the files complete and unmaps them.
     *
     * @throws StorageException where the files could not be made complete
     */
    void close() throws InterruptedException {
        stop();
        try {
            final StorageException broken = writer.broken();
            if (broken != null) {
                abandon(broken);
                throw broken;
            }
            journal.close();
            tables.close(journal.end(), JournalTip.of(folder.platform().disk(), folder.journalFolder()));
        } catch (UncheckedIOException | JournalException e) {
            throw new StorageException(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Ends what works on the state, which another takes the place of; readers go on.
     *
     * @throws StorageException where the journal cannot be closed
     */
    void stopToBeReplaced() throws InterruptedException {
        stop();
        try {
            journal.close();
        } catch (JournalException e) {
            throw new StorageException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Unmaps what was replaced, once nobody reads it any more; waits for that. */
    void dispose() throws InterruptedException {
        while (tables.epochs().isEntered()) {
            LockSupport.parkNanos(this, READERS_LOOK_NANOS);
            if (Thread.interrupted()) {
                throw new InterruptedException("what was replaced stays mapped, for it is still being read");
            }
        }
        tables.abandon();
        folder.removeTables();
    }

    /** Ends what works on the state; readers go on. */
    void stop() throws InterruptedException {
        housekeeping.close();
        tidyWalk.close();
        snapshots.close();
        writer.stop();
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
