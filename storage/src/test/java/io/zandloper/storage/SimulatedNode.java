package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.journal.Term;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A node: one storage after another on one {@link SimulatedMachine}, the production classes on one thread. */
final class SimulatedNode {
    private static final long JOURNAL_FILE_BYTES = 3_000;
    private static final int QUEUE_LENGTH = 64;
    /** Within it nothing is waited for in vain. */
    private static final int STEPS_MAX = 10_000;

    final String name;
    final SimulatedMachine machine;
    final SimulatedChanges changes;
    private final ReplicaSettings replicas;
    private final SplittableRandom keys;
    private final SteppedThreads threads = new SteppedThreads();
    /** Whom it followed in each term, by the term's number. */
    private final Map<Long, Long> followed = new HashMap<>();

    /** A state that was received could not take its place wholly. */
    boolean mustRestart;

    private @Nullable Storage storage;
    private Role lastRole;

    SimulatedNode(String name, Path root, SplittableRandom random, Role role, ReplicaSettings replicas) {
        this.name = name;
        this.machine = new SimulatedMachine(root, random);
        this.changes = new SimulatedChanges(random.split(), machine);
        this.keys = random.split();
        this.lastRole = role;
        this.replicas = replicas;
    }

    boolean isUp() {
        return storage != null;
    }

    Storage storage() {
        assertThat(storage).as(name).isNotNull();
        return storage;
    }

    Replication replication() {
        return storage().replication();
    }

    boolean isPrimary() {
        return isUp() && replication().role() == Role.PRIMARY;
    }

    boolean wasPrimary() {
        return lastRole == Role.PRIMARY;
    }

    /** Starts from what is on the disk; the disk may crash in it. */
    void start(Role role) {
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
    boolean step() {
        final boolean worked = storage().engine().writer().workBatch();
        return threads.runTask() || worked;
    }

    /** Waits for something by doing what there is to do; what failed is thrown. */
    <T> T get(CompletableFuture<T> future) {
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

    /** What it was last says how it is started again. */
    void rememberRole() {
        if (storage != null) {
            lastRole = replication().role();
        }
    }

    /** As a kill, or a power cut, ends it. */
    void kill(boolean powerCut) {
        rememberRole();
        final Storage killed = storage;
        storage = null;
        machine.disk.restart(powerCut);
        machine.memory.refuseOneIn(0);
        if (killed != null) {
            killed.engine().tables().abandon();
        }
    }

    void stop() {
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
