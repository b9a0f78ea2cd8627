package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.storage.disk.SimulatedDisk;
import io.zandloper.storage.format.MetadataFile;
import io.zandloper.storage.journal.JournalEnd;
import io.zandloper.storage.journal.Lineage;
import io.zandloper.storage.journal.Term;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a node remembers of terms, over power cuts. */
class NodeStateTest {
    private static final Path FOLDER = Path.of("journal");
    private static final Term THEIRS = new Term(Term.PROMOTION_STEP, 5);

    private final SplittableRandom random = new SplittableRandom(1);
    private final SimulatedDisk disk = new SimulatedDisk(random);
    private Platform platform;

    @BeforeEach
    void newMachine() throws Exception {
        disk.createFolder(FOLDER);
        platform = new Platform(disk, new SparseMemory(random.split()), new HeapRecordStores(), random::nextBytes);
    }

    private NodeState start() {
        disk.restart(true);
        return NodeState.open(platform, FOLDER, JournalEnd.EMPTY);
    }

    private Term openFirst() {
        return start().openAtStart(false);
    }

    @Test
    void whoHasNotBeenFencedStartsAsItIsAsked() {
        final Term opened = openFirst();
        assertThat(start().roleAtStart(Role.PRIMARY)).isEqualTo(Role.PRIMARY);
        assertThat(start().roleAtStart(Role.REPLICA)).isEqualTo(Role.REPLICA);
        assertThat(start().openAtStart(true)).as("after a clean stop").isEqualTo(opened);
        assertThat(start().openAtStart(false).number()).as("after a crash").isEqualTo(2);
    }

    @Test
    void aFenceOutlivesARestartAndTheTermIsTheSame() {
        final Term opened = openFirst();
        start().fence();
        for (int starts = 0; starts < 3; starts++) {
            assertThat(start().roleAtStart(Role.PRIMARY)).isEqualTo(Role.FENCED);
            assertThat(start().roleAtStart(Role.REPLICA)).isEqualTo(Role.REPLICA);
            assertThat(start().term()).isEqualTo(opened);
        }
        start().fence();
        assertThat(start().roleAtStart(Role.PRIMARY)).as("fenced twice").isEqualTo(Role.FENCED);
    }

    @Test
    void aPromotionLiftsAFence() {
        openFirst();
        start().fence();
        final NodeState node = start();
        final Term candidate = node.propose();
        node.openProposed(candidate);
        assertThat(start().roleAtStart(Role.PRIMARY)).isEqualTo(Role.PRIMARY);
        assertThat(start().openAtStart(true)).isEqualTo(candidate);
    }

    @Test
    void whoFollowedAnotherOneDoesNotBecomePrimaryByAStart() {
        openFirst();
        start().follow(THEIRS);
        assertThat(start().term()).isEqualTo(THEIRS);
        assertThat(start().roleAtStart(Role.PRIMARY)).isEqualTo(Role.FENCED);
        assertThatThrownBy(() -> start().follow(new Term(1, 9))).hasMessageContaining(THEIRS.toString());
    }

    @Test
    void aTermThatOnlyTheJournalKnowsIsSomebodyElses() {
        openFirst();
        disk.restart(true);
        final JournalEnd end = new JournalEnd(1, new Lineage(THEIRS, 1, Term.NONE), 7);
        final NodeState node = NodeState.open(platform, FOLDER, end);
        assertThat(node.term()).isEqualTo(THEIRS);
        assertThat(node.roleAtStart(Role.PRIMARY)).isEqualTo(Role.FENCED);
    }

    @Test
    void aFenceThatTheDiskDoesNotTakeIsAnError() {
        openFirst();
        final NodeState node = start();
        disk.fullAfter(0);
        assertThatThrownBy(node::fence).hasMessageContaining("node");
        disk.empty();
        assertThat(node.roleAtStart(Role.PRIMARY)).isEqualTo(Role.PRIMARY);
        node.fence();
        assertThat(start().roleAtStart(Role.PRIMARY)).isEqualTo(Role.FENCED);
    }

    @Test
    void whoNeverFollowedAnybodyMayBecomePrimary() {
        start();
        assertThat(start().roleAtStart(Role.PRIMARY)).isEqualTo(Role.PRIMARY);
        assertThat(start().openAtStart(true).number()).as("after a clean stop").isEqualTo(1);
    }

    /** As it was before there were fences: it had opened that term, or followed another one that had. */
    @ParameterizedTest
    @CsvSource({"1, PRIMARY", "0, FENCED"})
    void aFileOfTheFirstVersionIsRead(int openedHere, Role role) {
        final ByteBuffer payload = ByteBuffer.allocate(28).order(ByteOrder.LITTLE_ENDIAN);
        payload.putLong(17).putLong(THEIRS.number()).putLong(THEIRS.id()).putInt(openedHere);
        new MetadataFile("ZNDLNODE", 1, 1).write(disk, FOLDER.resolve("node"), payload.flip());
        final NodeState node = start();
        assertThat(node.nodeId()).isEqualTo(17);
        assertThat(node.term()).isEqualTo(THEIRS);
        assertThat(node.roleAtStart(Role.PRIMARY)).isEqualTo(role);
        assertThat(node.roleAtStart(Role.REPLICA)).isEqualTo(Role.REPLICA);
    }
}
