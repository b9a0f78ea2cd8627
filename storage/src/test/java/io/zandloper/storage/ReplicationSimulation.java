package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.journal.Durability;
import io.zandloper.storage.journal.JournalEnd;
import io.zandloper.storage.journal.Term;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One primary and two replicas on one thread, by one seed: changes, crashes, full disks, cuts, late messages, promotions, in
 * any order. The production storage is what runs; simulated are disks, clocks and the ways between nodes.
 */
final class ReplicationSimulation {
    private static final int FIRST_KEPT = 1_000;
    private static final int HEALING_ROUNDS_MAX = 60_000;
    private static final long SECOND = 1_000_000;

    private final SplittableRandom random;
    private final int acknowledging;
    private final Counts counts;
    private final List<SimulatedNode> nodes = new ArrayList<>();
    private final List<SimulatedLink> links = new ArrayList<>();
    /** Profiles whose creation was acknowledged; nobody changes them afterwards. */
    private final Set<Integer> acknowledged = new HashSet<>();

    private int created = FIRST_KEPT;
    private @Nullable Candidacy candidacy;

    /** What ran how often. */
    static final class Counts {
        int runs;
        int changes;
        int acknowledgedChanges;
        int tooFew;
        int crashes;
        int stops;
        int cuts;
        int fullDisks;
        int promotions;
        int votesRefused;
        int installed;
        int tails;
        int fenced;
        int refused;
        int fellBehind;
        int acknowledged;
    }

    /** A replica that is about to be promoted, and who granted it that. */
    private static final class Candidacy {
        private final SimulatedNode node;
        private final Term term;
        private final JournalEnd end;
        private final Set<SimulatedNode> granted = new HashSet<>();

        Candidacy(SimulatedNode node) {
            this.node = node;
            this.term = node.replication().proposeTerm();
            this.end = node.replication().end();
        }
    }

    ReplicationSimulation(long seed, Path root, Counts counts) {
        this.random = new SplittableRandom(seed);
        this.acknowledging = random.nextInt(3);
        this.counts = counts;
        final ReplicaSettings replicas = new ReplicaSettings(acknowledging, Duration.ofSeconds(1));
        for (int i = 0; i < 3; i++) {
            nodes.add(new SimulatedNode(
                    "node " + i,
                    root.resolve(Integer.toString(i)),
                    random.split(),
                    i == 0 ? Role.PRIMARY : Role.REPLICA,
                    replicas));
        }
    }

    void run() {
        counts.runs++;
        nodes.forEach(node -> node.start(node.wasPrimary() ? Role.PRIMARY : Role.REPLICA));
        for (int left = 300 + random.nextInt(1_500); left > 0; left--) {
            act();
        }
        heal();
        compare();
        nodes.forEach(node -> node.kill(false));
    }

    private void act() {
        final SimulatedNode node = nodes.get(random.nextInt(nodes.size()));
        switch (random.nextInt(60)) {
            case 0 -> armCrash(node);
            case 1 -> fillDisk(node);
            case 2, 3, 4 -> node.machine.disk.empty();
            case 5 -> cutSome();
            case 6 -> promoteSome(node);
            case 7 -> node.machine.pass(random.nextLong(SECOND));
            case 8 -> stop(node);
            case 9 -> node.machine.memory.refuseOneIn(random.nextInt(4) == 0 ? 8 : 0);
            case 10, 11, 12, 13, 14, 15 -> connect(node);
            case 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27 -> change(node);
            default -> stepAll();
        }
    }

    private void armCrash(SimulatedNode node) {
        if (random.nextInt(3) == 0) {
            node.machine.disk.crashAfter(random.nextInt(300));
        }
    }

    private void fillDisk(SimulatedNode node) {
        if (random.nextInt(3) == 0) {
            counts.fullDisks++;
            node.machine.disk.fullAfter(random.nextInt(60));
        }
    }

    private void stop(SimulatedNode node) {
        if (node.isUp() && random.nextInt(6) == 0) {
            counts.stops++;
            cutAll(node);
            on(node, node::stop);
        }
    }

    private void stepAll() {
        for (final SimulatedNode node : nodes) {
            if (!node.isUp()) {
                restart(node, node.wasPrimary() && random.nextInt(3) != 0 ? Role.PRIMARY : Role.REPLICA);
            } else if (random.nextBoolean()) {
                on(node, node::step);
            }
        }
        for (int left = random.nextInt(4); left > 0; left--) {
            List.copyOf(links).stream().filter(link -> !link.isCut()).forEach(this::step);
        }
    }

    private void step(SimulatedLink link) {
        try {
            link.step();
        } catch (RuntimeException e) {
            onFailure(link.follower, link.source, e);
            link.cut();
        }
        buryCrashed();
        links.removeIf(SimulatedLink::isCut);
    }

    /** Does something that a disk may end. */
    private void on(SimulatedNode node, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            onFailure(node, node, e);
        }
        buryCrashed();
    }

    private static void onFailure(SimulatedNode one, SimulatedNode other, RuntimeException e) {
        if (!one.machine.disk.hasCrashed() && !other.machine.disk.hasCrashed() && !SimulatedMachine.isCauseOf(e)) {
            throw e;
        }
    }

    private void buryCrashed() {
        for (final SimulatedNode node : nodes) {
            if (node.machine.disk.hasCrashed() || (node.isUp() && node.isBroken())) {
                counts.crashes++;
                cutAll(node);
                node.kill(node.machine.durability == Durability.FSYNC && random.nextInt(3) != 0);
            }
        }
    }

    private void cutAll(SimulatedNode node) {
        links.stream().filter(link -> link.isBetween(node)).forEach(SimulatedLink::cut);
        links.removeIf(SimulatedLink::isCut);
        if (candidacy != null && candidacy.node == node) {
            candidacy = null;
        }
    }

    private void cutSome() {
        if (!links.isEmpty()) {
            counts.cuts++;
            links.remove(random.nextInt(links.size())).cut();
        }
    }

    private void restart(SimulatedNode node, Role role) {
        on(node, () -> node.start(role));
    }

    private void connect(SimulatedNode follower) {
        final SimulatedNode source = nodes.get(random.nextInt(nodes.size()));
        final boolean follows = links.stream().anyMatch(link -> link.follower == follower);
        if (follower != source && follower.isUp() && source.isPrimary() && (!follows || random.nextInt(20) == 0)) {
            connect(follower, source);
        }
    }

    private void connect(SimulatedNode follower, SimulatedNode source) {
        if (!follower.isPrimary() && (candidacy == null || candidacy.node != follower)) {
            links.stream().filter(link -> link.follower == follower).forEach(SimulatedLink::cut);
            links.removeIf(SimulatedLink::isCut);
            links.add(new SimulatedLink(follower, source, random, counts));
        }
    }

    // Changes.

    private void change(SimulatedNode node) {
        if (!node.isPrimary()) {
            return;
        }
        for (int left = random.nextInt(4); left >= 0; left--) {
            counts.changes++;
            if (random.nextBoolean()) {
                node.changeAnything(listener(-1));
            } else {
                created++;
                node.create(created, listener(created));
            }
        }
    }

    private ChangeListener listener(int number) {
        return new ChangeListener() {
            @Override
            public void onOutcome(ChangeOutcome outcome) {
                if (number >= 0 && outcome.status() == ChangeOutcome.Status.CREATED) {
                    counts.acknowledgedChanges++;
                    acknowledged.add(number);
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

    // Promotions, none of them forced.

    private void promoteSome(SimulatedNode node) {
        final Candidacy current = candidacy;
        if (current == null) {
            if (node.isUp()
                    && node.replication().role() == Role.REPLICA
                    && !node.replication().isBlank()) {
                cutAll(node);
                candidacy = new Candidacy(node);
            }
        } else if (node != current.node && node.isUp()) {
            on(node, () -> vote(current, node));
        } else if (current.granted.size() + 1 >= votesNeeded()) {
            candidacy = null;
            on(current.node, () -> open(current));
        } else if (random.nextInt(3) == 0) {
            candidacy = null; // given up
        }
    }

    /** R − n + 1 of R = 2 replicas, the promoted one among them. Where n = 0 nothing is promised. */
    private int votesNeeded() {
        return acknowledging == 0 ? 1 : 2 - acknowledging + 1;
    }

    private void vote(Candidacy current, SimulatedNode node) {
        if (node.get(node.replication().grant(current.term, current.end))) {
            current.granted.add(node);
        } else {
            counts.votesRefused++;
        }
    }

    private void open(Candidacy current) {
        try {
            current.node.get(current.node.replication().promote(current.term));
            counts.promotions++;
        } catch (java.util.concurrent.CompletionException e) {
            if (!String.valueOf(e.getMessage()).contains("is not opened")
                    && !current.node.machine.disk.hasCrashed()
                    && !SimulatedMachine.isCauseOf(e)) {
                throw e;
            }
        }
    }

    // Afterwards.

    /** Every disk works and every node is up; one is primary, and the others follow it until they have all. */
    private void heal() {
        candidacy = null;
        List.copyOf(links).forEach(SimulatedLink::cut);
        links.clear();
        for (final SimulatedNode node : nodes) {
            node.machine.disk.restart(false);
            node.machine.memory.refuseOneIn(0);
            if (node.isUp()) {
                node.kill(false);
            }
            node.start(node.wasPrimary() ? Role.PRIMARY : Role.REPLICA);
        }
        final SimulatedNode primary = choosePrimary();
        for (final SimulatedNode node : nodes) {
            if (node != primary && node.isPrimary()) {
                node.kill(false);
                node.start(Role.REPLICA);
            }
        }
        for (int rounds = 0; !isEqual(primary); rounds++) {
            assertThat(rounds).as("%s does not get there", nodes).isLessThan(HEALING_ROUNDS_MAX);
            for (final SimulatedNode node : nodes) {
                node.step();
                if (node != primary && links.stream().noneMatch(link -> link.follower == node)) {
                    connect(node, primary);
                }
            }
            List.copyOf(links).forEach(SimulatedLink::step);
            links.removeIf(SimulatedLink::isCut);
            primary.machine.pass(SECOND / 100);
        }
        links.forEach(SimulatedLink::cut);
    }

    /** The primary of the newest term; where there is none, or two of one number, whoever holds most, in a term that all take. */
    private SimulatedNode choosePrimary() {
        for (final SimulatedNode node : nodes) {
            if (node.isPrimary() && isUndisputed(node.replication().term())) {
                return node;
            }
        }
        SimulatedNode most = nodes.get(0);
        long newest = 0;
        for (final SimulatedNode node : nodes) {
            newest = Math.max(newest, node.replication().term().number());
            if (node.replication().end().isBeyond(most.replication().end())) {
                most = node;
            }
        }
        most.get(most.replication().fence());
        most.get(most.replication().promote(new Term(newest, 0).promoted(random.nextLong())));
        return most;
    }

    private boolean isUndisputed(Term term) {
        return nodes.stream()
                .map(node -> node.replication().term())
                .noneMatch(other -> other.isNewerThan(term) || other.conflictsWith(term));
    }

    private boolean isEqual(SimulatedNode primary) {
        final JournalEnd end = primary.storage().engine().journal().end();
        for (final SimulatedNode node : nodes) {
            if (!node.replication().end().isSamePlace(end) || node.storage().sequence() != end.sequence()) {
                return false;
            }
        }
        return true;
    }

    private void compare() {
        final SimulatedNode first = nodes.get(0);
        final StateChecksum expected = first.replication().checksum();
        for (final SimulatedNode node : nodes) {
            assertThat(node.replication().checksum()).as(node.name).isEqualTo(expected);
            assertThat(node.storage().catalogSource()).isEqualTo(first.storage().catalogSource());
            if (acknowledging > 0) {
                for (final int number : acknowledged) {
                    assertThat(node.holds(number))
                            .as("%s of what was acknowledged, on %s", number, node.name)
                            .isTrue();
                }
            }
        }
    }
}
