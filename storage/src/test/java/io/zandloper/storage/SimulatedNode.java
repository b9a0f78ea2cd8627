package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.journal.Term;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A node: one storage after another on one {@link SimulatedMachine}, the production classes on one thread. */
public final class SimulatedNode {
    private static final long JOURNAL_FILE_BYTES = 3_000;
    private static final int QUEUE_LENGTH = 64;
    /** Within it nothing is waited for in vain. */
    private static final int STEPS_MAX = 10_000;

    public final String name;
    public final SimulatedMachine machine;
    final SimulatedChanges changes;
    private ReplicaSettings replicas;
    private final SplittableRandom keys;
    private final SteppedThreads threads = new SteppedThreads();
    /** Whom it followed in each term, by the term's number. */
    private final Map<Long, Long> followed = new HashMap<>();

    private boolean mustRestart;

    private @Nullable Storage storage;
    private Role lastRole;
    private boolean wasPrimaryOnce;

    public SimulatedNode(String name, Path root, SplittableRandom random, Role role, ReplicaSettings replicas) {
        this.name = name;
        this.machine = new SimulatedMachine(root, random);
        this.changes = new SimulatedChanges(random.split(), machine);
        this.keys = random.split();
        this.lastRole = role;
        this.replicas = replicas;
    }

    public boolean isUp() {
        return storage != null;
    }

    public Storage storage() {
        assertThat(storage).as(name).isNotNull();
        return storage;
    }

    public Replication replication() {
        return storage().replication();
    }

    public boolean isPrimary() {
        return isUp() && replication().role() == Role.PRIMARY;
    }

    /** Also one that has handed over, or was superseded: who starts it again may not know of that. */
    public boolean wasPrimary() {
        return lastRole != Role.REPLICA;
    }

    /** At any time: somebody may still have the command of then. */
    public boolean wasPrimaryOnce() {
        return wasPrimaryOnce;
    }

    public boolean isFenced() {
        return isUp() && replication().role() == Role.FENCED;
    }

    /** From the next start on. */
    public void setReplicas(ReplicaSettings settings) {
        replicas = settings;
    }

    /** Starts from what is on the disk; the disk may crash in it. */
    public void start(Role role) {
        lastRole = role;
        mustRestart = false;
        final Platform platform = new Platform(machine.disk, machine.memory, machine.records, keys::nextBytes);
        final StorageConfig config = new StorageConfig(
                machine.root,
                machine.journalFolder,
                machine.durability,
                QUEUE_LENGTH,
                new SnapshotSettings(Duration.ZERO, 0, 2),
                role,
                true,
                replicas);
        storage = Storage.openOn(
                platform, threads, JOURNAL_FILE_BYTES, config, SimulatedChanges::catalogOf, machine::nowMicros);
    }

    /** Does some of what there is to do; false where that is nothing. */
    public boolean step() {
        final boolean worked = storage().engine().writer().workBatch();
        return threads.runTask() || worked;
    }

    /** Waits for something by doing what there is to do; what failed is thrown. */
    public <T> T get(CompletableFuture<T> future) {
        for (int steps = 0; !future.isDone(); steps++) {
            assertThat(steps).as("%s waits in vain", name).isLessThan(STEPS_MAX);
            step();
        }
        return future.join();
    }

    /** Remembers whom it follows: nobody but the one of a term. */
    void onFollowed(Term term) {
        final Long before = followed.put(term.number(), term.id());
        assertThat(before).as("%s follows two primaries of one term", name).isIn(null, term.id());
    }

    /** A sync that failed, or a state that was received and could not take its place: only a restart goes on. */
    public boolean isBroken() {
        return mustRestart || storage().engine().writer().broken() != null;
    }

    /** A state that was received could not take its place wholly. */
    public void mustRestart() {
        mustRestart = true;
    }

    /** Has one change of few people made, of any kind. */
    public void changeAnything(ChangeListener listener) {
        storage().submit(changes.next(storage().engine().tables()), listener);
    }

    /** Creates somebody whom nothing else changes; where they are there, nothing is changed. */
    public void create(int number, ChangeListener listener) {
        storage().submit(StorageFixture.patch(StorageFixture.crm(number), List.of(), Map.of(), Map.of()), listener);
    }

    /** Whether somebody is here whom {@link #create} created. */
    public boolean holds(int number) {
        return storage().engine().tables().find(StorageFixture.crm(number)) != View.NOBODY;
    }

    /** What it was last says how it is started again. */
    void rememberRole() {
        if (storage != null) {
            lastRole = replication().role();
            wasPrimaryOnce |= lastRole == Role.PRIMARY;
        }
    }

    /** As a kill, or a power cut, ends it. */
    public void kill(boolean powerCut) {
        rememberRole();
        final Storage killed = storage;
        storage = null;
        machine.disk.restart(powerCut);
        machine.memory.refuseOneIn(0);
        if (killed != null) {
            killed.engine().tables().abandon();
        }
    }

    public void stop() {
        rememberRole();
        final Storage stopped = storage();
        storage = null;
        stopped.close();
    }

    @Override
    public String toString() {
        return isUp()
                ? name + " (" + replication().role() + " of " + replication().term() + ", at "
                        + replication().end() + " and " + storage().sequence() + ")"
                : name + " (down)";
    }
}
