package io.zandloper.server.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.server.replication.Message.Member;
import io.zandloper.storage.disk.FileDisk;
import io.zandloper.storage.disk.SimulatedDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MemberListTest {
    private static final Member ONE = new Member(-1, "10.0.0.1:7400");
    private static final Member TWO = new Member(2, "[::1]:7400");

    private static final long OWN = 9;

    @TempDir
    private Path folder;

    private MemberList open() {
        return MemberList.open(FileDisk.INSTANCE, folder, "replicas");
    }

    @Test
    void outlivesItsProcess() {
        final MemberList list = open();
        list.begin(OWN, 2);
        list.add(ONE);
        list.add(TWO);
        final MemberList again = open();
        assertThat(again.members()).containsExactly(ONE, TWO);
        assertThat(again.ackReplicas()).isEqualTo(2);
    }

    @Test
    void whatThePrimarySaysReplacesWhatWasKnown() {
        final MemberList list = open();
        list.add(ONE);
        list.replace(2, List.of(TWO));
        assertThat(open().members()).containsExactly(TWO);
        assertThat(open().ackReplicas()).isEqualTo(2);
    }

    @Test
    void whoComesAgainWithAnotherAddressIsThereOnce() {
        final MemberList list = MemberList.inMemory();
        list.add(ONE);
        list.add(new Member(ONE.node(), "10.0.0.9:1"));
        assertThat(list.members()).containsExactly(new Member(ONE.node(), "10.0.0.9:1"));
    }

    @Test
    void whoIsForgottenIsGoneAndANewcomerWhenItComesAgain() {
        final MemberList list = open();
        list.add(ONE);
        list.add(TWO);
        list.count(ONE.node());
        list.remove(ONE.node());
        list.remove(ONE.node());
        assertThat(open().members()).containsExactly(TWO);
        assertThat(list.add(ONE)).isTrue();
        assertThat(list.isCounted(ONE.node())).isFalse();
        assertThat(open().members()).containsExactly(TWO, ONE);
    }

    @Test
    void whoCountsIsKeptUntilAPrimarySaysSomethingElse() {
        final MemberList list = open();
        assertThat(list.add(ONE)).isTrue();
        assertThat(list.isCounted(ONE.node())).isFalse();
        list.count(ONE.node());
        assertThat(list.add(ONE)).as("it is there").isFalse();
        assertThat(open().isCounted(ONE.node())).isTrue();
        list.replace(1, List.of(ONE));
        assertThat(open().isCounted(ONE.node())).isFalse();
    }

    @Test
    void whoWasNeverToldTakesItThatWritesWaitForReplicas() {
        assertThat(open().ackReplicas()).isEqualTo(1);
        assertThat(open().members()).isEmpty();
    }

    @Test
    void aPrimaryIsNoneOfItsReplicas() {
        final MemberList list = open();
        final Member own = new Member(OWN, "10.0.0.3:7400");
        list.replace(2, List.of(ONE, own));
        assertThat(open().begin(OWN, 2)).as("another number").isFalse();
        assertThat(open().members()).containsExactly(ONE);
        assertThat(open().ackReplicas()).isEqualTo(2);
    }

    @Test
    void withAnotherNumberNobodyCountsAnyMore() {
        final MemberList list = open();
        assertThat(list.begin(OWN, 2)).isTrue();
        list.add(ONE);
        list.count(ONE.node());
        assertThat(open().begin(OWN, 2)).as("the same number").isFalse();
        assertThat(open().isCounted(ONE.node())).isTrue();
        for (final int other : new int[] {1, 0, 1}) {
            final MemberList again = open();
            assertThat(again.begin(OWN, other)).isTrue();
            assertThat(again.isCounted(ONE.node())).isFalse();
            assertThat(open().isCounted(ONE.node())).as("after a crash").isFalse();
            assertThat(open().ackReplicas()).isEqualTo(other);
            assertThat(open().members()).containsExactly(ONE);
            again.count(ONE.node());
        }
    }

    @Test
    void whatIsKnownIsOnTheDiskFirst() throws IOException {
        final SimulatedDisk disk = new SimulatedDisk(new SplittableRandom(1));
        disk.createFolder(folder);
        final MemberList list = MemberList.open(disk, folder, "replicas");
        list.add(ONE);
        disk.fullAfter(0);
        assertThatThrownBy(() -> list.add(TWO)).isInstanceOf(UncheckedIOException.class);
        assertThat(list.members()).as("nobody may rely on it").containsExactly(ONE);
        disk.restart(true);
        assertThat(MemberList.open(disk, folder, "replicas").members()).containsExactly(ONE);
        assertThat(list.add(TWO)).isTrue();
        disk.restart(true);
        assertThat(MemberList.open(disk, folder, "replicas").members()).containsExactly(ONE, TWO);
    }

    @Test
    void aFileThatIsNoneIsNamed() throws IOException {
        final Path file = folder.resolve("replicas");
        Files.writeString(file, "what is this\n");
        assertThatThrownBy(() -> open())
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(file.toString());
    }
}
