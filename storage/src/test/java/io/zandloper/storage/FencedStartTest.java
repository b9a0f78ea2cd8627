package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.storage.journal.Term;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nobody becomes primary by being started who has handed over, was superseded, or followed another one. */
class FencedStartTest extends StorageFixture {
    private static final int PERSONS = 5;

    private Path primaryFolder() {
        return folder.resolve("primary");
    }

    private Storage openAsReplica(Path dataFolder) {
        return Storage.open(StorageConfig.of(dataFolder).withRole(Role.REPLICA), source -> compiled(BANK), now::get);
    }

    private static void change(Storage storage, int person) {
        apply(storage, patch(crm(person), List.of(), Map.of("age", 61L), Map.of()));
    }

    private Path leaveFenced(boolean killed) throws Exception {
        return leave(killed, true);
    }

    /** Leaves a primary's folder; as after a stop, or as a kill leaves it. */
    private Path leave(boolean killed, boolean fenced) throws Exception {
        final Path left = killed ? folder.resolve("left") : primaryFolder();
        try (Storage primary = open(primaryFolder())) {
            for (int person = 0; person < PERSONS; person++) {
                change(primary, person);
            }
            if (fenced) {
                ReplicationTest.get(primary.replication().fence());
            }
            if (killed) {
                copy(primaryFolder(), left);
            }
        }
        return left;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void servesReadsInTheTermItKnowsAndTakesNoChanges(boolean killed) throws Exception {
        final Path left = leaveFenced(killed);
        for (int starts = 0; starts < 2; starts++) {
            try (Storage fenced = open(left)) {
                final Replication replication = fenced.replication();
                assertThat(replication.role()).isEqualTo(Role.FENCED);
                assertThat(replication.term().number()).as("opens none").isEqualTo(1);
                assertThat(read(fenced, crm(1))).isNotNull();
                assertThatThrownBy(() -> change(fenced, 9))
                        .hasCauseInstanceOf(NotPrimaryException.class)
                        .hasMessageContaining("promoted");
                assertThat(fenced.sequence()).isEqualTo(PERSONS);
                assertThat(replication.end().sequence()).isEqualTo(PERSONS);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPromotionLiftsIt(boolean killed) throws Exception {
        final Path left = leaveFenced(killed);
        final Term opened;
        try (Storage fenced = open(left)) {
            opened = ReplicationTest.get(fenced.replication().promote());
            assertThat(opened.number()).isEqualTo(Term.PROMOTION_STEP);
            change(fenced, PERSONS);
        }
        try (Storage primary = open(left)) {
            assertThat(primary.replication().role()).isEqualTo(Role.PRIMARY);
            assertThat(primary.replication().term()).isEqualTo(opened);
            change(primary, PERSONS + 1);
            assertThat(primary.sequence()).isEqualTo(PERSONS + 2);
        }
    }

    /** It was killed before it could hear of its successor, or was fenced. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoFollowedItsSuccessorDoesNotTakeItsPlaceByAStart(boolean wasFenced) throws Exception {
        final Path left = leave(false, wasFenced);
        final Path successorFolder = folder.resolve("successor");
        Files.createDirectories(successorFolder.resolve("journal"));
        Files.copy(left.resolve("journal/identity.key"), successorFolder.resolve("journal/identity.key"));
        try (Storage successor = openAsReplica(successorFolder)) {
            try (Storage before = open(left)) {
                ReplicationTest.follow(before, successor);
            }
            ReplicationTest.get(successor.replication().promote());
            change(successor, PERSONS);
            try (Storage back = openAsReplica(left)) {
                ReplicationTest.follow(successor, back);
                assertThat(back.replication().role()).isEqualTo(Role.REPLICA);
                assertThat(back.replication().checksum())
                        .isEqualTo(successor.replication().checksum());
            }
            try (Storage fenced = open(left)) {
                assertThat(fenced.replication().role()).isEqualTo(Role.FENCED);
                assertThat(fenced.replication().term())
                        .isEqualTo(successor.replication().term());
                assertThatThrownBy(() -> change(fenced, 9)).hasCauseInstanceOf(NotPrimaryException.class);
                ReplicationTest.get(fenced.replication().promote());
                change(fenced, 9);
            }
        }
    }

    private static SimulatedNode node(Path root) {
        return new SimulatedNode("node", root, new SplittableRandom(1), Role.PRIMARY, ReplicaSettings.NONE);
    }

    @Test
    void whoHasHeardOfTheEndOfWritesCanCountOnItWhereverTheDiskCrashes() {
        boolean crashed = true;
        for (int steps = 0; crashed; steps++) {
            final SimulatedNode node = node(folder.resolve(Integer.toString(steps)));
            node.start(Role.PRIMARY);
            node.machine.disk.crashAfter(steps);
            final CompletableFuture<Boolean> told = node.replication().fence();
            while (!told.isDone()) {
                node.step();
            }
            crashed = node.machine.disk.hasCrashed();
            final boolean counted = !told.isCompletedExceptionally();
            node.kill(true);
            node.start(Role.PRIMARY);
            assertThat(counted || crashed).isTrue();
            if (counted) {
                assertThat(node.replication().role()).as("crash at %d", steps).isEqualTo(Role.FENCED);
            }
            node.kill(false);
        }
    }

    @Test
    void whereTheDiskDoesNotTakeItNoChangesAreTakenAndWhoAskedHearsOfIt() {
        final SimulatedNode node = node(folder);
        node.start(Role.PRIMARY);
        node.machine.disk.fullAfter(0);
        final CompletableFuture<Boolean> told = node.replication().fence();
        while (!told.isDone()) {
            node.step();
        }
        assertThat(told).isCompletedExceptionally();
        assertThat(node.replication().role()).isEqualTo(Role.FENCED);
        node.kill(false);
    }
}
