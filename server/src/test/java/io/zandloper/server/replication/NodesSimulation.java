package io.zandloper.server.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.server.role.ReplicationStatus;
import io.zandloper.storage.ChangeListener;
import io.zandloper.storage.Replication;
import io.zandloper.storage.Role;
import io.zandloper.storage.StateChecksum;
import io.zandloper.storage.StorageException;
import io.zandloper.storage.TooFewReplicasException;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.journal.JournalEnd;
import io.zandloper.storage.journal.Term;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * One primary and two replicas on one thread, by one seed: changes, crashes, full disks, lost machines, cuts, lost ways,
 * promotions, other settings, in any order. What runs is the production's: the storage, the sessions of both sides, links, lists
 * of members, promotions. Simulated are disks, clocks, the network and who waits.
 */
final class NodesSimulation {
    private static final int FIRST_CREATED = 1_000;
    private static final int HEALING_ROUNDS_MAX = 20_000;
    /** Who waits has the others go on, who may wait as well. */
    private static final int WAITING_MAX = 2;

    private static final long ROUND_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(8);
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(6);

    private final long seed;
    private final SplittableRandom random;
    private final SimulatedNetwork network;
    private final List<SimulatedServer> servers = new ArrayList<>();
    /** Whose machines are gone for good, by their hosts. */
    private final Set<String> lost = new HashSet<>();

    private final Path root;
    /** Of all servers to begin with. */
    private final int ackReplicas;
    /** Whether a server may be started with another number. */
    private final boolean renumbering;

    private final boolean forcing;
    private final Counts counts;
    /**
     * Profiles whose creation was acknowledged once replicas had it, with the newest term in which it was; nothing else changes
     * them.
     */
    private final Map<Integer, Term> acknowledged = new HashMap<>();

    private final Set<Term> opened = new HashSet<>();
    private int created = FIRST_CREATED;
    private long lastForced = -1;
    private int waiting;
    private boolean healing;

    /** What ran how often. */
    static final class Counts {
        int runs;
        int changes;
        int acknowledgedChanges;
        int tooFew;
        int crashes;
        int stops;
        int cuts;
        int blocks;
        int fullDisks;
        int promotions;
        int forcedPromotions;
        int refusedPromotions;
        int lost;
        int forgotten;
        int notForgotten;
        int fencedStarts;
        int compared;
    }

    NodesSimulation(long seed, Path root, Counts counts) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        this.network = new SimulatedNetwork(random.split());
        this.root = root;
        this.ackReplicas = random.nextInt(3);
        this.renumbering = random.nextInt(3) == 0;
        this.forcing = random.nextInt(3) == 0;
        this.counts = counts;
        for (int i = 0; i < 3; i++) {
            servers.add(newServer("n" + i, i == 0 ? Role.PRIMARY : Role.REPLICA));
        }
    }

    private SimulatedServer newServer(String host, Role role) {
        final SimulatedServer server =
                new SimulatedServer(host, root.resolve(host), this, network, random.split(), role, ackReplicas);
        network.add(server);
        return server;
    }

    void run() {
        counts.runs++;
        servers.forEach(server -> server.start(server.node.wasPrimary() ? null : servers.get(0)));
        for (int left = 300 + random.nextInt(1_500); left > 0; left--) {
            turn();
        }
        heal();
        compare();
        servers.forEach(server -> server.kill(false));
    }

    /** Something happens, or nothing does and time passes; also while somebody waits. */
    void turn() {
        if (!healing) {
            act(servers.get(random.nextInt(servers.size())));
        }
        round();
    }

    /** Nothing goes wrong any more. */
    boolean isHealing() {
        return healing;
    }

    void onCrash() {
        counts.crashes++;
    }

    boolean isPowerCut() {
        return !healing && random.nextInt(3) != 0;
    }

    private void act(SimulatedServer server) {
        switch (random.nextInt(100)) {
            case 0 -> armCrash(server);
            case 1 -> fillDisk(server);
            case 2, 3, 4 -> server.node.machine.disk.empty();
            case 5 -> counts.cuts += network.cutSome() ? 1 : 0;
            case 6 -> block(server);
            case 7, 8 -> network.unblock();
            case 9, 10 -> promote(server);
            case 11 -> stop(server);
            case 12 -> server.node.machine.refuseMemoryOneIn(random.nextInt(4) == 0 ? 8 : 0);
            case 13 -> pass(random.nextInt(8) == 0 ? SILENCE_NANOS : TimeUnit.MILLISECONDS.toNanos(100));
            case 14 -> lose(server);
            case 15, 16 -> forget(server);
            default -> {
                if (random.nextInt(3) == 0) {
                    change(server);
                }
            }
        }
    }

    private void round() {
        pass(random.nextLong(ROUND_NANOS_MAX));
        for (final SimulatedServer server : servers) {
            if (server.node.isUp()) {
                if (healing || random.nextInt(4) != 0) {
                    server.run(() -> server.step(random));
                }
            } else if (!server.isBusy() && random.nextInt(10) == 0) {
                restart(server);
            }
        }
        network.deliver();
    }

    private void pass(long nanos) {
        network.pass(nanos);
        servers.forEach(server -> server.node.machine.pass(nanos / 1_000));
    }

    private void armCrash(SimulatedServer server) {
        if (random.nextInt(3) == 0) {
            server.node.machine.disk.crashAfter(random.nextInt(300));
        }
    }

    private void fillDisk(SimulatedServer server) {
        if (random.nextInt(3) == 0) {
            counts.fullDisks++;
            server.node.machine.disk.fullAfter(random.nextInt(60));
        }
    }

    private void block(SimulatedServer server) {
        final SimulatedServer other = servers.get(random.nextInt(servers.size()));
        if (other != server) {
            counts.blocks++;
            network.block(server, other);
            if (random.nextInt(3) != 0) {
                network.block(other, server);
            }
        }
    }

    private void stop(SimulatedServer server) {
        if (server.node.isUp() && !server.isBusy() && waiting < WAITING_MAX && random.nextInt(4) == 0) {
            counts.stops++;
            waiting++;
            server.run(server::stop);
            waiting--;
        }
    }

    /**
     * As an operator does: who was primary is started as it, also where it has handed over, or comes back as a replica of
     * another one; or as a supervisor does that has the command of long ago.
     */
    private void restart(SimulatedServer server) {
        if (renumbering && random.nextInt(3) == 0) {
            server.setAckReplicas(random.nextInt(3));
        }
        final boolean primary = server.node.wasPrimary()
                ? random.nextInt(3) != 0
                : server.node.wasPrimaryOnce() && random.nextInt(8) == 0;
        server.run(() -> server.start(primary ? null : toFollow(server)));
        counts.fencedStarts += server.node.isFenced() ? 1 : 0;
        remember(server);
    }

    /** The primary, as far as the operator knows. */
    private SimulatedServer toFollow(SimulatedServer server) {
        final SimulatedServer other = otherThan(server);
        return servers.stream()
                .filter(one -> one != server && one.node.isPrimary() && random.nextInt(3) != 0)
                .findFirst()
                .orElse(other);
    }

    private SimulatedServer otherThan(SimulatedServer server) {
        return servers.get((servers.indexOf(server) + 1 + random.nextInt(servers.size() - 1)) % servers.size());
    }

    /** The terms there were. */
    private void remember(SimulatedServer server) {
        if (server.node.isPrimary()) {
            opened.add(server.node.replication().term());
        }
    }

    // Machines.

    /** A replica's machine is gone for good, and an empty one comes in its stead, elsewhere. */
    private void lose(SimulatedServer server) {
        if (server.isBusy() || server.node.wasPrimary() || server.node.isPrimary() || random.nextInt(4) != 0) {
            return;
        }
        final Set<Integer> kept = new HashSet<>();
        acknowledged.forEach((number, term) -> {
            if (isKept(term)) {
                kept.add(number);
            }
        });
        servers.stream()
                .filter(other -> other != server && isSettled(other))
                .forEach(other -> kept.removeIf(other.node::holds));
        if (!kept.isEmpty()) {
            return; // nobody was promised that it survives the last that has it
        }
        counts.lost++;
        server.kill(false);
        lost.add(server.host());
        servers.set(servers.indexOf(server), newServer("n" + (servers.size() + lost.size() - 1), Role.REPLICA));
    }

    /** Whether all that it shows is on its disk. */
    private static boolean isSettled(SimulatedServer server) {
        return server.node.isUp()
                && server.node.storage().sequence()
                        == server.node.replication().end().sequence();
    }

    /** As an operator does who knows of a machine that is gone. */
    private void forget(SimulatedServer server) {
        if (server.isBusy() || !server.node.isPrimary() || waiting >= WAITING_MAX) {
            return;
        }
        for (final ReplicationStatus.Known known : server.replication().status().known()) {
            if (lost.contains(hostOf(known)) && random.nextInt(3) == 0) {
                waiting++;
                server.run(() -> {
                    if (server.forget(Long.parseUnsignedLong(known.node(), 16))) {
                        counts.forgotten++;
                    } else {
                        counts.notForgotten++;
                    }
                });
                waiting--;
                return;
            }
        }
    }

    private static String hostOf(ReplicationStatus.Known known) {
        return known.address().substring(0, known.address().indexOf(':'));
    }

    // Changes.

    private void change(SimulatedServer server) {
        if (!server.node.isPrimary()) {
            return;
        }
        for (int left = random.nextInt(4); left >= 0; left--) {
            counts.changes++;
            final Term term = server.node.replication().term();
            final boolean replicas = server.ackReplicas() > 0;
            switch (random.nextInt(5)) {
                case 0, 1 -> server.run(() -> server.node.changeAnything(listener(-1, term, false)));
                case 2, 3 -> {
                    created++;
                    server.run(() -> server.node.create(created, listener(created, term, replicas)));
                }
                default -> {
                    final int again = FIRST_CREATED + random.nextInt(created - FIRST_CREATED + 1);
                    server.run(() -> server.node.create(again, listener(again, term, replicas)));
                }
            }
        }
    }

    /** @param kept whether replicas have it before it is acknowledged, so that it has to be there in the end */
    private ChangeListener listener(int number, Term term, boolean kept) {
        return new ChangeListener() {
            @Override
            public void onOutcome(ChangeOutcome outcome) {
                if (kept && outcome.status().isAccepted()) {
                    counts.acknowledgedChanges++;
                    acknowledged.merge(number, term, (one, other) -> other.isNewerThan(one) ? other : one);
                }
            }

            @Override
            public void onFailure(StorageException cause) {
                if (cause instanceof TooFewReplicasException) {
                    counts.tooFew++;
                }
            }
        };
    }

    // Promotions.

    private void promote(SimulatedServer server) {
        if (!server.node.isUp()
                || server.isBusy()
                || server.node.isPrimary()
                || waiting >= WAITING_MAX
                || random.nextInt(2) == 0) {
            return;
        }
        final boolean force = forcing && random.nextInt(3) == 0;
        if (server.node.replication().isBlank() && (force || renumbering || ackReplicas == 0)) {
            return; // nobody was promised anything
        }
        waiting++;
        server.run(() -> promote(server, force));
        waiting--;
    }

    private void promote(SimulatedServer server, boolean force) {
        switch (server.promote(force)) {
            case REFUSED -> counts.refusedPromotions++;
            case DIED -> lastForced = force ? Long.MAX_VALUE : lastForced;
            case DONE -> {
                counts.promotions++;
                remember(server);
                if (force) {
                    counts.forcedPromotions++;
                    lastForced = Math.max(
                            lastForced, server.node.replication().term().number());
                }
            }
        }
    }

    // Afterwards.

    /** Every disk works, every way is open and every server up; one is primary, and the others follow it until they have all. */
    private void heal() {
        healing = true;
        network.unblock();
        for (final SimulatedServer server : servers) {
            server.kill(false);
            server.start(server.node.wasPrimary() ? null : otherThan(server));
            remember(server);
        }
        final SimulatedServer primary = choosePrimary();
        for (final SimulatedServer server : servers) {
            if (server != primary) {
                server.kill(false);
                server.start(primary);
            }
        }
        for (int rounds = 0; !isHealed(primary); rounds++) {
            assertThat(rounds).as("they do not get there: %s", servers).isLessThan(HEALING_ROUNDS_MAX);
            round();
            assertThat(servers).allMatch(server -> server.node.isUp());
        }
        forgetLost(primary);
    }

    /** Then writes count with all that are left. */
    private void forgetLost(SimulatedServer primary) {
        for (final ReplicationStatus.Known known :
                primary.replication().status().known()) {
            if (lost.contains(hostOf(known))) {
                assertThat(primary.forget(Long.parseUnsignedLong(known.node(), 16)))
                        .as("%s is forgotten", known)
                        .isTrue();
            }
        }
        for (int rounds = 0; !isEachCounting(primary); rounds++) {
            assertThat(rounds)
                    .as("they do not count: %s", primary.replication().status())
                    .isLessThan(HEALING_ROUNDS_MAX);
            round();
        }
    }

    private boolean isEachCounting(SimulatedServer primary) {
        final List<ReplicationStatus.Known> known =
                primary.replication().status().known();
        return known.size() == servers.size() - 1 && known.stream().allMatch(ReplicationStatus.Known::counts);
    }

    /** The primary of the newest term; where there is none, or two of one number, whoever holds most, in a term that all take. */
    private SimulatedServer choosePrimary() {
        for (final SimulatedServer server : servers) {
            if (server.node.isPrimary()
                    && isUndisputed(server.node.replication().term())) {
                return server;
            }
        }
        SimulatedServer most = servers.get(0);
        long newest = 0;
        for (final SimulatedServer server : servers) {
            final Replication replication = server.node.replication();
            newest = Math.max(newest, replication.term().number());
            if (replication.end().isBeyond(most.node.replication().end())) {
                most = server;
            }
        }
        most.node.get(most.node.replication().fence());
        most.node.get(most.node.replication().promote(new Term(newest, 0).promoted(random.nextLong())));
        most.kill(false);
        most.start(null);
        return most;
    }

    private boolean isUndisputed(Term term) {
        return servers.stream()
                .map(server -> server.node.replication().term())
                .noneMatch(other -> other.isNewerThan(term) || other.conflictsWith(term));
    }

    private boolean isHealed(SimulatedServer primary) {
        final JournalEnd end = primary.node.replication().end();
        for (final SimulatedServer server : servers) {
            if (!server.node.replication().end().isSamePlace(end)
                    || server.node.storage().sequence() != end.sequence()
                    || server.replication().lagMillis() > 0) {
                return false;
            }
        }
        return primary.replication().status().replicas().size() == servers.size() - 1;
    }

    private void compare() {
        final Map<Integer, List<Long>> expected = new HashMap<>();
        final StateChecksum all = checksum(servers.get(0), expected);
        for (final SimulatedServer server : servers) {
            final Map<Integer, List<Long>> profiles = new HashMap<>();
            assertThat(checksum(server, profiles)).as(server.host()).isEqualTo(all);
            assertThat(profiles).as(server.host()).isEqualTo(expected);
            assertThat(server.node.storage().catalogSource())
                    .isEqualTo(servers.get(0).node.storage().catalogSource());
            acknowledged.forEach((number, term) -> {
                if (isKept(term)) {
                    counts.compared++;
                    assertThat(server.node.holds(number))
                            .as("%s, acknowledged in the term %s, on %s", number, term, server)
                            .isTrue();
                }
            });
        }
    }

    private static StateChecksum checksum(SimulatedServer server, Map<Integer, List<Long>> profiles) {
        return server.node
                .replication()
                .checksum((ordinal, sequence, checksum) -> profiles.put(ordinal, List.of(sequence, checksum)));
    }

    /**
     * Whether what was acknowledged in a term, by replicas too, has to be there: no promotion was forced since, nor
     * did a forced one leave two primaries of one number, of which the healing chose one.
     */
    private boolean isKept(Term term) {
        return term.number() >= lastForced
                && (lastForced < 0 || opened.stream().noneMatch(other -> other.conflictsWith(term)));
    }

    @Override
    public String toString() {
        return "seed " + seed + ", " + ackReplicas + " acknowledge" + (renumbering ? " at first, " : ", ") + servers;
    }
}
