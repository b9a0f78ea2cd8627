package io.zandloper.server.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.server.replication.Message.Member;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MemberListTest {
    private static final Member ONE = new Member(-1, "10.0.0.1:7400");
    private static final Member TWO = new Member(2, "[::1]:7400");

    @TempDir
    private Path folder;

    @Test
    void outlivesItsProcess() {
        final Path file = folder.resolve("replicas");
        final MemberList list = MemberList.open(file, 1);
        list.add(ONE);
        list.add(TWO);
        final MemberList again = MemberList.open(file, 0);
        assertThat(again.members()).containsExactly(ONE, TWO);
        assertThat(again.ackReplicas()).isEqualTo(1);
    }

    @Test
    void whatThePrimarySaysReplacesWhatWasKnown() {
        final Path file = folder.resolve("replicas");
        final MemberList list = MemberList.open(file, 1);
        list.add(ONE);
        list.replace(2, List.of(TWO));
        assertThat(MemberList.open(file, 0).members()).containsExactly(TWO);
        assertThat(MemberList.open(file, 0).ackReplicas()).isEqualTo(2);
    }

    @Test
    void whoComesAgainWithAnotherAddressIsThereOnce() {
        final MemberList list = MemberList.inMemory(0);
        list.add(ONE);
        list.add(new Member(ONE.node(), "10.0.0.9:1"));
        assertThat(list.members()).containsExactly(new Member(ONE.node(), "10.0.0.9:1"));
    }

    @Test
    void aFileThatIsNoneIsNamed() throws IOException {
        final Path file = folder.resolve("replicas");
        Files.writeString(file, "what is this\n");
        assertThatThrownBy(() -> MemberList.open(file, 0))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(file.toString());
    }
}
