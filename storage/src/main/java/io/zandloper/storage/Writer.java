package io.zandloper.storage;

import io.zandloper.storage.change.Change;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.ChangeOutcome.Status;
import io.zandloper.storage.change.RecordEvent;
import io.zandloper.storage.change.ReplaceCatalog;
import io.zandloper.storage.change.TidyProfile;
import io.zandloper.storage.journal.Journal;
import io.zandloper.storage.journal.JournalEnd;
import io.zandloper.storage.journal.JournalException;
import io.zandloper.storage.journal.Term;
import io.zandloper.storage.snapshot.SnapshotSource.Moment;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that changes anything. Takes requests from a bounded queue in the order of arrival, resolves each
 * against the present state, writes its effect to the journal and then to the tables, and tells the callers of a whole
 * batch once the journal holds it.
 *
 * <p>A journal that takes no more (a full disk) refuses changes one by one until it does again; one that could not be
 * made durable refuses them until a restart. Reads go on in both.
 */
final class Writer implements Runnable {
    /** How many changes are applied before their callers hear of it: long enough to share costs, short to wait for. */
    private static final int BATCH_LENGTH_MAX = 256;

    private static final long IDLE_PARK_MICROS = 1_000_000L;

    private static final String STOPPING = "the server is stopping; this was not done";

    private record Request(Change change, ChangeListener listener) {}

    /** @param effect null where nothing changed */
    private record Answer(
            ChangeListener listener,
            Change change,
            ChangeOutcome outcome,
            @Nullable Effect effect) {}

    /** What became of a change that was not refused by the disk. */
    private record Performed(
            ChangeOutcome outcome, @Nullable Effect effect) {}

    private final ManyToOneConcurrentArrayQueue<Request> queue;
    private final WriterTasks tasks = new WriterTasks();
    private final Tables tables;
    private final ObservedTables observed;
    private final Journal journal;
    private final EffectCodec codec;
    private final Resolver resolver;
    private final CatalogReplacements replacements;
    private final MicrosClock clock;
    private final Following following;
    private final boolean ownChanges;
    private Expiries expiries;
    private final List<Answer> answers = new ArrayList<>(BATCH_LENGTH_MAX);
    private final Thread thread;
    private volatile boolean parked;
    private volatile boolean stopping;
    private volatile boolean finished;
    private volatile @Nullable StorageException broken;
    private volatile Role role;
    private final List<Runnable> durableListeners;
    private final ReplicaWait replicas;

    /** A primary that nobody observes. */
    Writer(Tables tables, Journal journal, EffectCodec codec, boolean ownChanges, MicrosClock clock, int queueLength) {
        this(
                tables,
                journal,
                codec,
                ownChanges,
                clock,
                queueLength,
                CatalogReplacements.ROWS_A_STEP,
                Role.PRIMARY,
                WriterListeners.none());
    }

    /**
     * @param ownChanges whether time alone changes anything while this is a primary
     * @param rowsAStep laid out under a new catalog between two batches
     * @param listeners told of changes
     */
    Writer(
            Tables tables,
            Journal journal,
            EffectCodec codec,
            boolean ownChanges,
            MicrosClock clock,
            int queueLength,
            int rowsAStep,
            Role role,
            WriterListeners listeners) {
        this.queue = new ManyToOneConcurrentArrayQueue<>(queueLength);
        this.tables = tables;
        this.journal = journal;
        this.codec = codec;
        this.resolver = new Resolver(tables, clock);
        this.replacements = new CatalogReplacements(tables, resolver, rowsAStep, new ReplacementsHost());
        this.ownChanges = ownChanges;
        this.expiries = new Expiries(tables, clock, ownChanges && role == Role.PRIMARY);
        this.clock = clock;
        this.following = new Following(journal, codec);
        this.role = role;
        this.observed = new ObservedTables(tables, listeners.observers());
        this.durableListeners = listeners.durable();
        this.replicas = new ReplicaWait(listeners.positions(), listeners.replicas(), clock);
        this.thread = new Thread(this, "zandloper-writer");
        listeners.positions().wake(() -> LockSupport.unpark(thread));
    }

    void start() {
        thread.start();
    }

    /** Any thread. */
    Role role() {
        return role;
    }

    /** Any thread; false where the queue is full or the writer is stopping. */
    boolean submit(Change change, ChangeListener listener) {
        if (role != Role.PRIMARY) {
            listener.onFailure(new NotPrimaryException(role));
            return true;
        }
        if (stopping || !queue.offer(new Request(change, listener))) {
            return false;
        }
        if (parked) {
            LockSupport.unpark(thread);
        }
        if (finished) {
            failRemaining();
        }
        return true;
    }

    /** Entries of a primary. Any thread. */
    void append(Following.Batch batch) {
        if (stopping || !following.offer(batch)) {
            batch.listener().onRefused(new StorageException(stopping ? STOPPING : "the writer is busy"));
            return;
        }
        if (parked) {
            LockSupport.unpark(thread);
        }
        if (finished) {
            failRemaining();
        }
    }

    /**
     * Runs something on the writer's thread between two batches of changes, all of them applied and synced as the
     * journal's durability asks; what it throws is the future's. Any thread. The writer does nothing else meanwhile, so
     * it must be short.
     */
    <T> CompletableFuture<T> between(Supplier<T> work) {
        if (stopping) {
            return CompletableFuture.failedFuture(new StorageException(STOPPING));
        }
        final CompletableFuture<T> result = tasks.add(work);
        LockSupport.unpark(thread);
        if (finished) {
            failRemaining();
        }
        return result;
    }

    // What others have run between two changes.

    /** What a snapshot needs to know of this moment, everything up to it durable. */
    Moment moment() {
        force();
        forceLedger();
        final Published published = tables.published();
        return new Moment(
                journal.end(),
                tables.ordinals(),
                published.catalog().version(),
                published.catalogSource(),
                tables.segmentNumbers().ids(),
                tables.ledger().lengthBytes());
    }

    /** Sees to it that every change so far is in a file of the journal that can go; the last of them. */
    long rollJournal() {
        try {
            journal.roll();
        } catch (JournalException e) {
            onJournalFailure(e);
            throw e;
        }
        return tables.sequence();
    }

    /** The newest change's. */
    long sequence() {
        return tables.sequence();
    }

    /** Nothing from before a sequence is held by a file of journal or snapshots any more. */
    boolean onHeldFrom(long sequence, long nowMicros) {
        tables.ledger().onHeldFrom(sequence, nowMicros);
        return true;
    }

    /** Remembers an erasure of somebody whom nobody knows here. */
    boolean rememberErased(long high, long low, long atMicros) {
        tables.ledger().add(tables.sequence(), atMicros, new long[] {high, low});
        return true;
    }

    /**
     * From now on changes are made here, in a term of their own; everything before is durable.
     *
     * @return the term
     */
    Term promote(NodeState node, Term candidate) {
        if (role == Role.PRIMARY) {
            return node.term();
        }
        force();
        node.openProposed(candidate);
        journal.beginTerm(candidate);
        replicas.onTerm();
        following.follow(null);
        expiries = new Expiries(tables, clock, ownChanges);
        role = Role.PRIMARY;
        return candidate;
    }

    /** Follows nobody any more where whoever opens {@code candidate} has all that is here; see {@link Replication#grant}. */
    boolean grant(NodeState node, Term candidate, JournalEnd candidateEnd) {
        final boolean granted = role != Role.PRIMARY
                && candidate.isNewerThan(node.term())
                && !journal.end().isBeyond(candidateEnd);
        if (granted) {
            node.follow(candidate);
            following.follow(null);
        }
        return granted;
    }

    /** From now on no changes are made here, nor after a restart; the former also where the disk does not take the latter. */
    boolean fence(NodeState node) {
        if (role == Role.PRIMARY) {
            try {
                node.fence();
            } finally {
                role = Role.FENCED;
                replacements.cancel(new NotPrimaryException(role));
                expiries = new Expiries(tables, clock, false);
            }
        }
        return true;
    }

    /** From now on the entries of a primary are taken, and nobody else's. */
    Follower follow(NodeState node, Term primary) {
        if (role == Role.PRIMARY) {
            throw new StorageException("a primary follows nobody");
        }
        node.follow(primary);
        final Follower follower = new Follower(this, primary);
        following.follow(follower);
        replicas.refuseAll();
        role = Role.REPLICA;
        return follower;
    }

    /**
     * From now on nobody's entries are taken.
     *
     * @return where the journal ends
     * @throws StorageException unless this is a replica
     */
    JournalEnd stopFollowing() {
        if (role != Role.REPLICA) {
            throw new StorageException("only a replica takes over the state of another node");
        }
        following.follow(null);
        return journal.end();
    }

    /** Deletes and gives back what no reader can hold any more, where no change comes along that would. */
    boolean reclaim() {
        tables.epochs().reclaim();
        return true;
    }

    int queued() {
        return queue.size();
    }

    long neededEvictions() {
        return resolver.neededEvictions();
    }

    /** Finishes what is queued and ends the thread. */
    void stop() throws InterruptedException {
        stopping = true;
        LockSupport.unpark(thread);
        thread.join();
        finished = true;
        failRemaining();
    }

    /** Answers what slipped into the queue while the writer was ending. */
    private synchronized void failRemaining() {
        for (Request request = queue.poll(); request != null; request = queue.poll()) {
            request.listener().onFailure(new StorageException(STOPPING));
        }
        tasks.failAll(new StorageException(STOPPING));
        following.refuseWaiting(new StorageException(STOPPING));
    }

    /** Why the tables are not what the journal says; null where they are. Once the writer has stopped. */
    @Nullable
    StorageException broken() {
        if (broken == null && observed.isPending()) {
            return new StorageException(
                    "the last change could not be applied; the next start does it from the journal");
        }
        return broken;
    }

    @Override
    public void run() {
        while (true) {
            final boolean last = stopping;
            final boolean worked = workBatch();
            if (!worked) {
                if (last && replicas.isEmpty()) {
                    return;
                }
                idle();
            }
        }
    }

    /** One turn: some changes, what is due, and what others asked for; false where there was nothing to do. */
    boolean workBatch() {
        final boolean answered = replicas.work();
        final int taken = takeChanges();
        final boolean followed = follow();
        final boolean tidied = !stopping && expiries.work(taken == 0, this::tidy);
        final boolean replacing = replaceCatalogs(taken);
        answer(followed || tidied);
        return tasks.run(observed::applyPending) || taken > 0 || followed || tidied || replacing || answered;
    }

    private int takeChanges() {
        int taken = 0;
        while (taken < BATCH_LENGTH_MAX && !replicas.isFull()) {
            final Request request = queue.poll();
            if (request == null) {
                break;
            }
            work(request);
            taken++;
        }
        return taken;
    }

    /** What takes as long as a new catalog is not waited for where the storage stops. */
    private boolean replaceCatalogs(int changes) {
        if (stopping) {
            replacements.cancel(new StorageException(STOPPING));
        }
        return replacements.work(changes);
    }

    private final class ReplacementsHost implements CatalogReplacements.Host {
        @Override
        public void prepare() {
            Writer.this.prepare();
        }

        @Override
        public void store(Effect effect) {
            Writer.this.store(effect);
        }

        @Override
        public void answer(ReplaceCatalog change, ChangeListener listener, ChangeOutcome outcome) {
            answers.add(new Answer(listener, change, outcome, null));
        }

        @Override
        public void fail(ChangeListener listener, Exception cause) {
            Writer.this.fail(listener, cause);
        }
    }

    /** Makes everything durable, whatever the mode. For tasks. */
    private void force() {
        try {
            journal.force();
        } catch (JournalException e) {
            onJournalFailure(e);
            throw e;
        }
    }

    /** As with the journal: once it could not be made durable, only a restart can tell what is on the disk. */
    private void forceLedger() {
        try {
            tables.ledger().force();
        } catch (UncheckedIOException e) {
            broken = new StorageException(e.getMessage() + ": " + e.getCause() + "; restart to go on", e);
            throw e;
        }
    }

    private void onJournalFailure(JournalException e) {
        if (e.isFatal()) {
            broken = new StorageException(String.valueOf(e.getMessage()), e);
        }
    }

    /** What was appended is made durable once for the whole batch; only then does anybody hear of it. */
    private void answer(boolean more) {
        if (answers.isEmpty() && !more) {
            return;
        }
        try {
            journal.sync();
            durableListeners.forEach(Runnable::run);
            following.onDurable();
            answers.forEach(this::answer);
        } catch (JournalException e) {
            final StorageException cause = new StorageException(String.valueOf(e.getMessage()), e);
            broken = cause;
            following.onFailed(cause);
            answers.forEach(answer -> answer.listener().onFailure(cause));
        }
        answers.clear();
    }

    private void answer(Answer answer) {
        if (answer.change() instanceof RecordEvent event && answer.effect() instanceof Effect.StoreProfile store) {
            observed.tellEvent(event, store.ordinal());
        }
        replicas.answer(answer.listener(), answer.outcome());
    }

    private void work(Request request) {
        if (role != Role.PRIMARY) {
            request.listener().onFailure(new NotPrimaryException(role));
            return;
        }
        if (request.change() instanceof ReplaceCatalog replace) {
            replacements.add(replace, request.listener());
            return;
        }
        try {
            final Performed performed = perform(request.change());
            answers.add(new Answer(request.listener(), request.change(), performed.outcome(), performed.effect()));
        } catch (RuntimeException e) {
            fail(request.listener(), e);
        }
    }

    private void fail(ChangeListener listener, Exception e) {
        if (e instanceof JournalException journalFailure) {
            onJournalFailure(journalFailure);
            listener.onFailure(new StorageException(String.valueOf(e.getMessage()), e));
        } else if (e instanceof StorageException failure) {
            listener.onFailure(failure);
        } else {
            // Neither in the journal nor in the tables: only this one change fails.
            listener.onFailure(new StorageException("the change could not be resolved: " + e, e));
        }
    }

    private boolean follow() {
        if (following.isEmpty()) {
            return false;
        }
        try {
            return following.work(observed::applyFollowed, this::prepare);
        } catch (JournalException e) {
            onJournalFailure(e);
            return true;
        }
    }

    /** Makes a profile what time has made of it; false where that is to be tried again later. */
    private boolean tidy(int ordinal) {
        try {
            return perform(new TidyProfile(ordinal)).outcome().status() != Status.UNCHANGED;
        } catch (JournalException e) {
            onJournalFailure(e);
            return false;
        } catch (StorageException e) {
            return false;
        } catch (RuntimeException e) {
            return true; // this one's record cannot be read; whoever asks for it hears of it
        }
    }

    /** Resolves a change, writes its effect to the journal and applies it. */
    private Performed perform(Change change) {
        prepare();
        Resolver.Resolved resolved = resolver.resolve(change);
        if (resolved.effect() == null && resolved.outcome().status().isAccepted() && !isTermProved()) {
            store(Effect.StoreMembers.nobody(tables.sequence() + 1));
            resolved = resolver.resolve(change);
        }
        final Effect effect = resolved.effect();
        if (effect != null) {
            if (effect instanceof Effect.StoreProfile store
                    && resolved.outcome().status() == Status.CREATED) {
                observed.announce(store.ordinal());
            }
            store(effect);
        }
        return new Performed(resolved.outcome(), effect);
    }

    /**
     * Whether replicas that have everything have something of the present term. What is of older terms alone may be on
     * enough of them and still give way to a node whose last entry is of a term in between, as in figure 8 of the paper on
     * Raft; so who changes nothing, and so brings no entry of this term, does not rely on that.
     */
    private boolean isTermProved() {
        return !replicas.isAsked() || journal.endsInPresentTerm();
    }

    /** Sees to it that the tables are what the journal says. */
    private void prepare() {
        if (broken != null) {
            throw broken;
        }
        observed.applyPending();
    }

    private void store(Effect effect) {
        journal.append(effect.sequence(), EffectCodec.type(effect), codec.encode(effect));
        observed.apply(effect);
    }

    private void idle() {
        parked = true;
        if ((queue.isEmpty() || replicas.isFull()) && following.isEmpty() && tasks.isEmpty() && !replicas.isDue()) {
            final long micros = replicas.idleMicros(expiries.idleMicros(IDLE_PARK_MICROS));
            if (!stopping || !replicas.isEmpty()) {
                LockSupport.parkNanos(this, TimeUnit.MICROSECONDS.toNanos(micros));
            }
        }
        parked = false;
    }
}
