package io.zandloper.storage;

import io.zandloper.storage.format.IdentityHash;
import io.zandloper.storage.journal.JournalEnd;
import io.zandloper.storage.journal.JournalFeed;
import io.zandloper.storage.journal.JournalFiles;
import io.zandloper.storage.journal.Lineage;
import io.zandloper.storage.journal.Term;
import io.zandloper.storage.snapshot.SnapshotFile;
import io.zandloper.storage.snapshot.SnapshotFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/**
 * What a storage offers to those who carry its changes to other nodes, and others' to it. Any thread, but for what says
 * otherwise; what says that it blocks reads or writes the disk or waits for the writer.
 *
 * <p>A node knows two terms: the newest that it opened or followed ({@link #term}), and that of the last entry of its
 * journal ({@link #end}). The former tells whom to follow, the latter where a history goes on.
 */
public final class Replication {
    private static final byte[] DATA_SET = "zandloper data set".getBytes(StandardCharsets.US_ASCII);

    /** What a state takes in mapped files, as a multiple of what its profiles take in a snapshot: an estimate. */
    private static final int TABLES_TO_PROFILES = 2;

    private static final long TABLES_BYTES_MIN = 64L * 1024 * 1024;

    private final Storage storage;

    Replication(Storage storage) {
        this.storage = storage;
    }

    // Who this is.

    /** Drawn at random once for a journal's folder, whatever comes into it. */
    public long nodeId() {
        return storage.engine().node().nodeId();
    }

    /** 32 hex digits, the same on all nodes whose identities are hashed by the same key, of which they tell nothing. */
    public String dataSet() {
        final IdentityHash hash = storage.engine().tables().newIdentityHash();
        hash.hash(DATA_SET, 0, DATA_SET.length);
        return String.format(Locale.ROOT, "%016x%016x", hash.high(), hash.low());
    }

    /** Whether nothing is stored here, so that the state of any data set may come. */
    public boolean isBlank() {
        return end().sequence() == 0;
    }

    public Role role() {
        return storage.engine().writer().role();
    }

    /** The newest term that this node opened or followed; it does not forget it. */
    public Term term() {
        return storage.engine().node().term();
    }

    /** The last entry of the journal that is durable, as its mode asks: what may be sent, or acknowledged. */
    public JournalEnd end() {
        return storage.engine().journal().durableEnd();
    }

    /** The terms of the journal's entries, as far as it knows them, the oldest first. Blocks. */
    public List<Lineage> history() {
        final Engine current = storage.engine();
        return JournalFiles.history(
                current.folder().platform().disk(), current.folder().journalFolder(), end());
    }

    /**
     * The last sequence that this journal and another's share: within a term there is one history, so it is where the first
     * of the two leaves the newest term that is in both. 0 where none is known to be. Blocks.
     *
     * @param others the other's {@link #history}
     * @param otherSequence the other's last one
     */
    public long commonSequence(List<Lineage> others, long otherSequence) {
        return Lineage.commonSequence(history(), end().sequence(), others, otherSequence);
    }

    // Roles.

    /** A term that this node could open, newer than any it knows. It is not opened, and not remembered. */
    public Term proposeTerm() {
        return storage.engine().node().propose();
    }

    /**
     * Ends to follow the present primary for the sake of another, unless something is here that the other does not have: so
     * that what a promotion found to be nowhere does not get anywhere afterwards.
     *
     * @param candidate the term that the other is about to open
     * @param candidateEnd up to where it has everything
     * @return a future that is true where {@code candidate} is remembered now as the newest term, and false where nothing
     *     has changed: this node has more, knows a term that is not older, or is a primary
     */
    public CompletableFuture<Boolean> grant(Term candidate, JournalEnd candidateEnd) {
        final Engine current = storage.engine();
        return current.writer().between(() -> current.writer().grant(current.node(), candidate, candidateEnd));
    }

    /**
     * Makes this node the primary, in a new term, from the next change on. The future's term is durable. On a primary it
     * is the present one, and nothing happens.
     */
    public CompletableFuture<Term> promote() {
        return promote(proposeTerm());
    }

    /**
     * The same in a term that was proposed. The future fails with a {@link StorageException} where a term that is not older
     * became known meanwhile.
     */
    public CompletableFuture<Term> promote(Term candidate) {
        final Engine current = storage.engine();
        return current.writer().between(() -> current.writer().promote(current.node(), candidate));
    }

    /**
     * Ends the taking of changes, until the node is promoted again. When the future is complete, that is durable, as is what
     * was accepted before, and {@link #end} is final; feeds go on. Where it fails, as on a full disk, no changes are taken
     * either, but a restart may.
     */
    public CompletableFuture<Boolean> fence() {
        final Engine current = storage.engine();
        return current.writer().between(() -> current.writer().fence(current.node()));
    }

    /**
     * Begins to follow a primary, and ends to follow any other. Its term is remembered first.
     *
     * @return a future that fails with a {@link StorageException} where the term is older than one known here, or another
     *     of the same number, and on a primary
     */
    public CompletableFuture<Follower> follow(Term primary) {
        final Engine current = storage.engine();
        return current.writer().between(() -> current.writer().follow(current.node(), primary));
    }

    // What others read.

    /**
     * Opens the journal at the place that another node is at. Blocks.
     *
     * @param budgetBytes of old files to be kept for the feed
     */
    public JournalFeed.Opened openFeed(JournalEnd place, long budgetBytes) {
        final Engine current = storage.engine();
        return JournalFeed.open(
                current.folder().platform().disk(),
                current.folder().journalFolder(),
                current.journal()::durableEnd,
                current.pins(),
                place,
                budgetBytes);
    }

    /**
     * Has somebody called on the writer's thread when more of the journal is durable: wake another thread, and nothing
     * else.
     *
     * @return closed to end that
     */
    public Subscription onDurable(Runnable listener) {
        storage.context().listeners().durable().add(listener);
        return () -> storage.context().listeners().durable().remove(listener);
    }

    /** What is known of other nodes that follow this one, and for whom changes wait. */
    public ReplicaPositions acknowledgements() {
        return storage.context().listeners().positions();
    }

    /** Ends what was asked for. */
    @FunctionalInterface
    public interface Subscription extends AutoCloseable {
        @Override
        void close();
    }

    // Whole states.

    /**
     * Has a snapshot stay for those who need all of it, with the journal after it: the newest where little has been changed
     * since, else one that is taken now. The future fails with a {@link StorageException} where there is none.
     *
     * @param budgetBytes of journal after it
     */
    public CompletableFuture<SnapshotLease> leaseSnapshot(long budgetBytes) {
        return storage.engine().leaseSnapshot(budgetBytes);
    }

    /** What it takes to receive the rest of a state and to use it, where there is the least room for it. Blocks. */
    public SpaceNeeded spaceNeeded(SnapshotStaging staging) {
        final long snapshotBytes = staging.missingBytes();
        long tableBytes = TABLES_BYTES_MIN;
        for (final SnapshotFile file : staging.files()) {
            tableBytes += SnapshotFiles.isProfiles(file.name()) ? TABLES_TO_PROFILES * file.lengthBytes() : 0;
        }
        final StorageConfig config = storage.context().config();
        if (config.journalFolder().startsWith(config.dataFolder())) {
            return spaceNeeded(config.dataFolder(), snapshotBytes + tableBytes);
        }
        final SpaceNeeded forSnapshot = spaceNeeded(config.journalFolder(), snapshotBytes);
        final SpaceNeeded forTables = spaceNeeded(config.dataFolder(), tableBytes);
        return forSnapshot.hasRoom() ? forTables : forSnapshot;
    }

    private SpaceNeeded spaceNeeded(Path folder, long neededBytes) {
        try {
            return new SpaceNeeded(
                    folder, neededBytes, storage.context().platform().disk().usableBytes(folder));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read folder=" + folder, e);
        }
    }

    /**
     * Begins to receive a snapshot, or goes on where an earlier try with the very same one ended. Blocks.
     *
     * @param end where the snapshot is, and {@code files} what it has, as the sender's lease says
     * @throws StorageException where the disk refuses
     */
    public SnapshotStaging stage(JournalEnd end, List<SnapshotFile> files) {
        return SnapshotStaging.begin(
                storage.context().platform().disk(),
                JournalFolder.snapshots(storage.context().config().journalFolder()),
                end,
                files);
    }

    /**
     * Puts a received state in the place of the present one, which serves until then; readers change over with the next
     * batch they enter. What only this node has is put aside first. Whatever fails before the change, all stays as it was; a
     * crash leaves the one or the other. Blocks, for as long as a start from a snapshot takes.
     *
     * @param staging {@linkplain SnapshotStaging#verify verified}
     * @param commonSequence the last change that both nodes have, see {@link #commonSequence}
     * @throws StorageException in one sentence; also on a primary
     */
    public Installed install(SnapshotStaging staging, long commonSequence) throws InterruptedException {
        return storage.install(staging, commonSequence);
    }

    // What nodes compare.

    /** What all records come to. Blocks, for seconds where there are millions. */
    public StateChecksum checksum() {
        return checksum((ordinal, sequence, checksum) -> {});
    }

    /** The same, and what each comes to, by ascending ordinals, which are the same on all nodes. */
    public StateChecksum checksum(StateChecksum.ProfileConsumer each) {
        return new ChecksumWalk(storage.engine().tables()).run(each);
    }
}
