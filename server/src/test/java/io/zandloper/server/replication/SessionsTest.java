package io.zandloper.server.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.server.catalog.StoredCatalogs;
import io.zandloper.storage.ChangeListener;
import io.zandloper.storage.Installed;
import io.zandloper.storage.MicrosClock;
import io.zandloper.storage.Role;
import io.zandloper.storage.SnapshotSettings;
import io.zandloper.storage.Storage;
import io.zandloper.storage.StorageConfig;
import io.zandloper.storage.StorageException;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.RecordEvent;
import io.zandloper.storage.journal.JournalEnd;
import io.zandloper.storage.journal.Term;
import io.zandloper.storage.profile.Identity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Source and follower over real storages and a connection that is cut wherever a seed says. */
final class SessionsTest {
    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final int PERSONS = 50;

    @TempDir
    private Path folder;

    private final long seed = Long.getLong("zandloper.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final ExecutorService slowly = Executors.newSingleThreadExecutor();
    private final List<String> refusals = new ArrayList<>();
    private final List<Installed> installed = new ArrayList<>();
    private final List<Storage> opened = new ArrayList<>();
    private Storage primary;
    private ReplicationSource source;
    private List<Message.Member> members = List.of();
    private final List<Long> yielded = new ArrayList<>();
    /** How many acknowledge, as each replica was told. */
    private final Map<Storage, Integer> announced = new HashMap<>();

    private final List<Long> forgotten = new ArrayList<>();
    private boolean superseded;
    private int changes;

    @BeforeEach
    void open() {
        primary = open("primary", Role.PRIMARY);
        source = source(primary, "");
    }

    @AfterEach
    void close() {
        source.stop(RefusalReason.STOPPING, "the end");
        slowly.shutdown();
        opened.forEach(Storage::close);
    }

    private Storage open(String name, Role role) {
        final StorageConfig config = StorageConfig.of(folder.resolve(name))
                .with(SnapshotSettings.ON_DEMAND)
                .withRole(role);
        final Storage storage = Storage.open(config, new StoredCatalogs(), MicrosClock.system());
        opened.add(storage);
        return storage;
    }

    private ReplicationSource source(Storage of, String credentials) {
        return source(of, credentials, 0, MemberList.inMemory());
    }

    private ReplicationSource source(Storage of, String credentials, int ackReplicas, MemberList list) {
        return new ReplicationSource(
                of.replication(),
                new SourceSettings(credentials, ackReplicas, 1L << 30, 0, () -> "http://h:1", () -> "h:2", () -> "h:3"),
                list,
                tasks::add,
                new ReplicationSource.Listener() {
                    @Override
                    public void onSuperseded(Term newer, String address, boolean hasAll) {
                        superseded = true;
                    }

                    @Override
                    public void onYield(long node) {}

                    @Override
                    public void onFenceFailed(Throwable cause) {
                        throw new AssertionError(cause);
                    }

                    @Override
                    public void onRefused(String follower, RefusalReason reason, String detail) {}

                    @Override
                    public void onFollowing(String follower) {}

                    @Override
                    public void onNotCounting(String follower, List<Message.Member> away) {}

                    @Override
                    public void onForgotten(long node) {
                        forgotten.add(node);
                    }
                });
    }

    private SimulatedConnection connect(Storage replica, String credentials) {
        return connect(replica, credentials, ":7400");
    }

    private SimulatedConnection connect(Storage replica, String credentials, String address) {
        final SimulatedConnection connection = new SimulatedConnection();
        final FollowerSession follower = new FollowerSession(
                replica.replication(),
                new FollowerSettings(credentials, () -> address, () -> 0),
                connection.ofFollower,
                tasks::add,
                slowly,
                new Heard(replica));
        connection.connect(source.open(connection.ofSource, "127.0.0.1", System.nanoTime()), follower);
        follower.onOpen(System.nanoTime());
        ticking = follower;
        return connection;
    }

    private FollowerSession ticking;

    private void change(int count) {
        for (int i = 0; i < count; i++) {
            changes++;
            final CompletableFuture<ChangeOutcome> done = new CompletableFuture<>();
            assertThat(primary.submit(
                            new RecordEvent(
                                    Identity.parse("crm:" + random.nextInt(PERSONS), "profile"),
                                    "e" + changes,
                                    "click",
                                    null,
                                    null,
                                    changes,
                                    null,
                                    null,
                                    Map.of()),
                            new ChangeListener() {
                                @Override
                                public void onOutcome(ChangeOutcome outcome) {
                                    done.complete(outcome);
                                }

                                @Override
                                public void onFailure(StorageException cause) {
                                    done.completeExceptionally(cause);
                                }
                            }))
                    .isTrue();
            if (i == count - 1) {
                done.join();
            }
        }
    }

    /** One turn of everything; what was done does not matter, only that all of it is done in the end. */
    private void turn(SimulatedConnection connection) {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
        source.work(System.nanoTime());
        connection.step(random, System.nanoTime());
        ticking.onTick(System.nanoTime());
    }

    private void until(SimulatedConnection connection, BooleanSupplier condition) {
        final long endNanos = System.nanoTime() + WAIT_NANOS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - endNanos)
                    .as("seed " + seed + " " + refusals)
                    .isNegative();
            turn(connection);
        }
    }

    private boolean isCaughtUp(Storage replica) {
        return replica.replication().end().sequence()
                == primary.replication().end().sequence();
    }

    private void assertEqual(Storage replica) {
        assertThat(replica.replication().end()).isEqualTo(primary.replication().end());
        assertThat(replica.replication().checksum())
                .as("seed " + seed)
                .isEqualTo(primary.replication().checksum());
    }

    @Test
    void aFollowerThatHoldsNothingGetsASnapshotAndThenEntries() {
        change(300);
        final Storage replica = open("replica", Role.REPLICA);
        final SimulatedConnection connection = connect(replica, "");
        until(connection, () -> isCaughtUp(replica) && installed.size() == 1);
        change(300);
        until(connection, () -> isCaughtUp(replica));
        assertThat(installed).hasSize(1);
        assertEqual(replica);
        until(connection, () -> source.replicas().get(0).sequence() == changes);
    }

    @Test
    void aPrimaryThatHoldsNothingIsFollowedFromItsFirstChangeOn() {
        final Storage replica = open("replica", Role.REPLICA);
        final SimulatedConnection connection = connect(replica, "");
        until(connection, () -> ticking.state() == FollowerSession.State.STREAMING);
        change(10);
        until(connection, () -> isCaughtUp(replica));
        assertEqual(replica);
    }

    @Test
    void cutsAnywhereAreGoneOnFrom() {
        change(200);
        final Storage replica = open("replica", Role.REPLICA);
        SimulatedConnection connection = connect(replica, "");
        for (int cuts = 0; cuts < 40; cuts++) {
            final int steps = random.nextInt(60);
            for (int step = 0; step < steps && !connection.isCut(); step++) {
                turn(connection);
                if (random.nextInt(4) == 0) {
                    change(1 + random.nextInt(5));
                }
            }
            connection.cut();
            slowlyDone();
            connection = connect(replica, "");
        }
        final SimulatedConnection last = connection;
        until(last, () -> isCaughtUp(replica));
        assertEqual(replica);
    }

    /** What is being installed is finished before there is another session. */
    private void slowlyDone() {
        CompletableFuture.runAsync(() -> {}, slowly).join();
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    @Test
    void aDamagedChunkIsRefusedAndAskedForAgain() {
        change(300);
        final Storage replica = open("replica", Role.REPLICA);
        final SimulatedConnection damaged = connect(replica, "");
        damaged.flipChunk(1);
        until(damaged, damaged::isCut);
        assertThat(refusals).hasSize(1);
        assertThat(refusals.get(0)).contains("came damaged");
        assertThat(installed).isEmpty();
        final SimulatedConnection next = connect(replica, "");
        until(next, () -> isCaughtUp(replica));
        assertEqual(replica);
    }

    @Test
    void anotherDataSetIsRefused() {
        change(3);
        final Storage stranger = open("stranger", Role.PRIMARY);
        final Storage mine = primary;
        primary = stranger;
        change(2);
        primary = mine;
        stranger.close();
        opened.remove(stranger);
        final Storage follower = open("stranger", Role.REPLICA);
        final SimulatedConnection connection = connect(follower, "");
        until(connection, connection::isCut);
        assertThat(refusals.get(0)).contains("data set");
        assertThat(follower.sequence()).isEqualTo(2);
    }

    @Test
    void wrongCredentialsAreRefused() {
        source.stop(RefusalReason.STOPPING, "another");
        source = source(primary, "geheim");
        final Storage replica = open("replica", Role.REPLICA);
        final SimulatedConnection connection = connect(replica, "geheimer");
        until(connection, connection::isCut);
        assertThat(refusals.get(0)).contains("credentials");
        final SimulatedConnection right = connect(replica, "geheim");
        until(right, () -> ticking.state() == FollowerSession.State.STREAMING);
    }

    @Test
    void aPrimaryThatHearsOfANewerTermTakesNoMoreWrites() {
        change(5);
        final Storage replica = open("replica", Role.REPLICA);
        final SimulatedConnection first = connect(replica, "");
        until(first, () -> isCaughtUp(replica));
        first.cut();
        final Term promoted = replica.replication().promote().join();
        assertThat(promoted.isNewerThan(primary.replication().term())).isTrue();
        replica.close();
        opened.remove(replica);
        final Storage again = open("replica", Role.REPLICA);
        final SimulatedConnection second = connect(again, "");
        until(second, second::isCut);
        assertThat(refusals.get(refusals.size() - 1)).contains("term");
        assertThat(superseded).isTrue();
        until(second, () -> primary.replication().role() == Role.FENCED);
    }

    /** Two who need not ask anybody could open rival terms. */
    @Test
    void aTermIsHandedOverToOneAndByWhoIsPrimary() {
        change(5);
        final Storage first = open("first", Role.REPLICA);
        final SimulatedConnection one = connect(first, "", ":7401");
        final FollowerSession ofFirst = ticking;
        until(one, () -> isCaughtUp(first) && ofFirst.state() == FollowerSession.State.STREAMING);
        final Storage second = open("second", Role.REPLICA);
        final SimulatedConnection two = connect(second, "", ":7402");
        final FollowerSession ofSecond = ticking;
        final BooleanSupplier firstGoesOn = () -> {
            one.step(random, System.nanoTime());
            ofFirst.onTick(System.nanoTime());
            return true;
        };
        until(
                two,
                () -> firstGoesOn.getAsBoolean()
                        && isCaughtUp(second)
                        && ofSecond.state() == FollowerSession.State.STREAMING);

        assertThat(ofFirst.askToYield()).isTrue();
        until(two, () -> firstGoesOn.getAsBoolean() && yielded.size() == 1);
        assertThat(primary.replication().role()).isEqualTo(Role.FENCED);
        assertThat(ofSecond.askToYield()).isTrue();
        until(two, () -> firstGoesOn.getAsBoolean() && yielded.size() == 2);
        assertThat(ofFirst.askToYield()).as("once more").isTrue();
        until(two, () -> firstGoesOn.getAsBoolean() && yielded.size() == 3);
        assertThat(yielded).containsExactly((long) changes, Message.Yielded.DECLINED, (long) changes);
    }

    @Test
    void whoWasSupersededHandsNothingOver() {
        change(5);
        final Storage replica = open("replica", Role.REPLICA);
        final SimulatedConnection connection = connect(replica, "");
        until(connection, () -> isCaughtUp(replica) && ticking.state() == FollowerSession.State.STREAMING);
        primary.replication().fence().join();
        assertThat(ticking.askToYield()).isTrue();
        until(connection, () -> !yielded.isEmpty());
        assertThat(yielded).containsExactly(Message.Yielded.DECLINED);
    }

    /** Whoever is away could be promoted, and would not ask whom it has never heard of. */
    @Test
    void aReplicaCountsOnceAllOthersKnowOfItThoseThatAreAwayToo() {
        change(20);
        final Storage first = open("first", Role.REPLICA);
        final Storage second = open("second", Role.REPLICA);
        final SimulatedConnection one = connect(first, "", ":7401");
        until(one, () -> counted().containsKey(first.replication().nodeId()));
        one.cut();
        final SimulatedConnection two = connect(second, "", ":7402");
        until(two, () -> isCaughtUp(second) && members.size() == 2);
        change(20);
        until(two, () -> isCaughtUp(second));
        assertThat(counted()).containsOnlyKeys(first.replication().nodeId());
        final FollowerSession ofSecond = ticking;
        final SimulatedConnection again = connect(first, "", ":7401");
        until(again, () -> {
            two.step(random, System.nanoTime());
            ofSecond.onTick(System.nanoTime());
            return counted().containsKey(second.replication().nodeId());
        });
        assertThat(counted()).hasSize(2);
    }

    /** Who believes in a larger number, or in none, would ask too few before it is promoted. */
    @Test
    void afterTheNumberHasChangedAReplicaCountsOnceAllOthersKnowTheNewOne() {
        final MemberList list = MemberList.inMemory();
        final Storage first = open("first", Role.REPLICA);
        final Storage second = open("second", Role.REPLICA);
        for (final int ackReplicas : new int[] {2, 1, 0, 1}) {
            source.stop(RefusalReason.STOPPING, "it is started again");
            source = source(primary, "", ackReplicas, list);
            final SimulatedConnection one = connect(first, "", ":7401");
            final FollowerSession ofFirst = ticking;
            until(one, () -> announced.containsKey(first));
            if (list.members().size() == 2) {
                assertThat(list.isCounted(first.replication().nodeId())).isFalse();
            }
            final SimulatedConnection two = connect(second, "", ":7402");
            until(two, () -> {
                one.step(random, System.nanoTime());
                ofFirst.onTick(System.nanoTime());
                return list.isCounted(first.replication().nodeId())
                        && list.isCounted(second.replication().nodeId());
            });
            assertThat(announced).containsOnly(Map.entry(first, ackReplicas), Map.entry(second, ackReplicas));
            announced.clear();
        }
    }

    @Test
    void aReplicaIsForgottenOnceOthersHaveWhatItMayHaveBeenNeededFor() {
        source.stop(RefusalReason.STOPPING, "another");
        source = source(primary, "", 1, MemberList.inMemory());
        change(20);
        final Storage lost = open("lost", Role.REPLICA);
        final long lostNode = lost.replication().nodeId();
        final SimulatedConnection first = connect(lost, "", ":7401");
        until(first, () -> counted().containsKey(lostNode));
        assertThat(source.forget(lostNode))
                .failsWithin(0, TimeUnit.SECONDS)
                .withThrowableThat()
                .withMessageContaining("stop it first");
        assertThat(source.forget(1))
                .failsWithin(0, TimeUnit.SECONDS)
                .withThrowableThat()
                .withMessageContaining("is on the list");
        first.cut();
        source.work(System.nanoTime());

        final CompletableFuture<Integer> inVain = source.forget(lostNode);
        source.work(System.nanoTime());
        assertThat(counted())
                .as("nothing more is acknowledged because it has it")
                .doesNotContainKey(lostNode);
        source.keep(lostNode, "there is no other");
        assertThat(inVain)
                .failsWithin(0, TimeUnit.SECONDS)
                .withThrowableThat()
                .withMessageContaining("there is no other");

        final Storage other = open("other", Role.REPLICA);
        final long otherNode = other.replication().nodeId();
        final SimulatedConnection second = connect(other, "", ":7402");
        until(second, () -> isCaughtUp(other) && source.holding(changes) == 1);
        assertThat(source.known()).hasSize(2);
        assertThat(counted()).isEmpty();
        assertThat(announced)
                .as("the lost one, were it promoted, would know of no other, and so would this one if it were told")
                .containsOnlyKeys(lost);
        final CompletableFuture<Integer> left = source.forget(lostNode);
        until(second, left::isDone);
        assertThat(left).isCompletedWithValue(1);
        until(second, () -> counted().containsKey(otherNode) && members.size() == 1);
        assertThat(source.known()).containsExactly(new KnownReplica(otherNode, "127.0.0.1:7402", true, true));
        assertThat(forgotten).containsExactly(lostNode);
    }

    @Test
    void whoComesToTheAddressOfALostOneTakesItsPlaceOnceItHasEverything() {
        source.stop(RefusalReason.STOPPING, "another");
        source = source(primary, "", 1, MemberList.inMemory());
        change(20);
        final Storage lost = open("lost", Role.REPLICA);
        final long lostNode = lost.replication().nodeId();
        final SimulatedConnection first = connect(lost, "", ":7401");
        until(first, () -> counted().containsKey(lostNode));
        first.cut();
        final Storage other = open("other", Role.REPLICA);
        final long otherNode = other.replication().nodeId();
        final SimulatedConnection second = connect(other, "", ":7401");
        until(second, () -> forgotten.contains(lostNode));
        assertThat(source.holding(changes)).isEqualTo(1);
        until(second, () -> counted().containsKey(otherNode));
        assertThat(counted()).containsOnlyKeys(otherNode);
    }

    private Map<Long, Long> counted() {
        return primary.replication().acknowledgements().positions();
    }

    private final class Heard implements FollowerSession.Listener {
        private final Storage replica;
        private long welcomedAt;

        Heard(Storage replica) {
            this.replica = replica;
        }

        @Override
        public void onWelcome(Message.Welcome welcome) {
            welcomedAt = welcome.standing().end().sequence();
            assertThat(welcome.httpAddress()).isEqualTo("http://h:1");
        }

        @Override
        public void onRefused(RefusalReason reason, String detail) {
            refusals.add(reason + ": " + detail);
        }

        @Override
        public void onSyncBegins(JournalEnd end, long totalBytes, long presentBytes) {
            assertThat(presentBytes).isLessThanOrEqualTo(totalBytes);
        }

        @Override
        public void onInstalled(Installed done) {
            installed.add(done);
        }

        @Override
        public void onNewest(long sequence, long nowNanos) {}

        @Override
        public void onMembers(Message.Members said) {
            assertThat(replica.replication().end().sequence())
                    .as("a list is relied on by who has what was acknowledged before it")
                    .isGreaterThanOrEqualTo(welcomedAt);
            members = said.members();
            announced.put(replica, said.ackReplicas());
        }

        @Override
        public void onYielded(long lastSequence) {
            yielded.add(lastSequence);
        }
    }
}
