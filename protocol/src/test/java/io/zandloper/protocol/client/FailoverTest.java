package io.zandloper.protocol.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.client.ScriptedServer.Peer;
import io.zandloper.protocol.client.ScriptedServer.Request;
import io.zandloper.protocol.schema.Role;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client of two servers, both played by hand. */
@Timeout(30)
final class FailoverTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    /** Longer than a test takes: what is avoided stays so, and nobody is asked without a reason. */
    private static final Duration NEVER = Duration.ofHours(20);

    private static final byte[] OF_A = Bodies.segmentList("a");
    private static final byte[] OF_B = Bodies.segmentList("b");

    private final ScriptedServer serverA = new ScriptedServer();
    private final ScriptedServer serverB = new ScriptedServer();
    private ZandloperClient client;
    private Peer a;
    private Peer b;

    private void connect(int roleOfA, int roleOfB) {
        connect(roleOfA, roleOfB, ReadPreference.PRIMARY, Duration.ofMillis(5));
    }

    private void connect(int roleOfA, int roleOfB, ReadPreference preference, Duration pause) {
        final CompletableFuture<ZandloperClient> connecting = CompletableFuture.supplyAsync(
                ZandloperClient.builder(serverA.address(), serverB.address())
                        .deadline(LONG)
                        .readPreference(preference)
                        .connectTimeout(LONG)
                        .reconnectPauses(pause, pause)
                        .checkInterval(NEVER)::connect,
                ScriptedServer.THREADS);
        a = serverA.acceptAndGreet(roleOfA);
        b = serverB.acceptAndGreet(roleOfB);
        client = connecting.join();
        awaitBoth();
    }

    /** The client has read both hellos. */
    private void awaitBoth() {
        while (client.servers().size() < 2 && !Thread.currentThread().isInterrupted()) {
            Thread.onSpinWait();
        }
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        a.close();
        b.close();
        serverA.close();
        serverB.close();
    }

    private CompletableFuture<SegmentList> read() {
        return client.segments("crm:1");
    }

    private CompletableFuture<UpsertResult> write() {
        return client.upsert(ProfileChange.merge("crm:1"));
    }

    private static String answered(CompletableFuture<SegmentList> read) throws Exception {
        return read.get().segments().get(0);
    }

    @Test
    void writesGoToThePrimaryAndReadsWhereTheyAreSent() throws Exception {
        connect(Role.Replica, Role.Primary);
        final CompletableFuture<UpsertResult> write = write();
        final Request written = b.read();
        assertThat(written.is(MessageType.UPSERT)).isTrue();
        b.answer(written, Status.OK, Bodies.upsert("crm:1", 7));
        assertThat(write.get().sequence()).isEqualTo(7);

        final CompletableFuture<SegmentList> fromPrimary = read();
        b.answer(b.read(), Status.OK, OF_B);
        assertThat(answered(fromPrimary)).isEqualTo("b");

        final CompletableFuture<SegmentList> fromReplica =
                client.withReadPreference(ReadPreference.REPLICA).segments("crm:1");
        a.answer(a.read(), Status.OK, OF_A);
        assertThat(answered(fromReplica)).isEqualTo("a");
        assertThat(client.servers().keySet()).containsExactly(serverA.address(), serverB.address());
        assertThat(client.servers().get(serverB.address()).replica()).isFalse();
    }

    @Test
    void aReadThatIsCutOffIsAnsweredByAnotherWithinItsDeadline() throws Exception {
        connect(Role.Primary, Role.Replica);
        final CompletableFuture<SegmentList> read = read();
        final long firstDeadlineMicros = a.read().deadlineMicros();
        a.close();
        final Request again = b.read();
        assertThat(again.deadlineMicros()).isBetween(1L, firstDeadlineMicros);
        b.answer(again, Status.OK, OF_B);
        assertThat(answered(read)).isEqualTo("b");
    }

    @Test
    void aReadWaitsForWhoComesBackFirst() throws Exception {
        connect(Role.Primary, Role.Replica);
        serverB.close();
        final CompletableFuture<SegmentList> read = read();
        final Request first = a.read();
        b.close();
        a.close();
        assertThat(first.is(MessageType.SEGMENT_LIST)).isTrue();
        a = serverA.acceptAndGreet(Role.Primary);
        a.answer(a.read(), Status.OK, OF_A);
        assertThat(answered(read)).isEqualTo("a");
    }

    @Test
    void aWriteThatIsCutOffIsNotRepeated() throws Exception {
        connect(Role.Primary, Role.Replica);
        final CompletableFuture<UpsertResult> write = write();
        a.read();
        a.close();
        assertThatThrownBy(write::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(ConnectionLostException.class)
                .hasMessageContaining(serverA.address());
        // The next one waits for a primary.
        final CompletableFuture<UpsertResult> next = write();
        b.become(Role.Primary);
        final Request request = b.read();
        assertThat(request.is(MessageType.UPSERT)).isTrue();
        b.answer(request, Status.OK, Bodies.upsert("crm:1", 8));
        assertThat(next.get().sequence()).isEqualTo(8);
    }

    @Test
    void aReplicaThatRefusesAWriteMakesTheClientLookForThePrimary() throws Exception {
        connect(Role.Primary, Role.Replica);
        final CompletableFuture<UpsertResult> write = write();
        final Request first = a.read();
        a.become(Role.Replica);
        b.become(Role.Primary);
        a.answer(first, Status.READ_ONLY, Bodies.EMPTY);
        final Request second = b.read();
        assertThat(second.is(MessageType.UPSERT)).isTrue();
        assertThat(second.body()).isEqualTo(first.body());
        b.answer(second, Status.OK, Bodies.upsert("crm:1", 9));
        assertThat(write.get().sequence()).isEqualTo(9);
    }

    @Test
    void aPrimaryThatWasCutOffFromItsReplicasIsWrittenToNoMore() throws Exception {
        connect(Role.Primary, Role.Replica);
        final Peer cutOff = a;
        final CompletableFuture<SegmentList> read = read();
        a.answer(a.read(), Status.OK, OF_A);
        assertThat(answered(read)).isEqualTo("a");
        // It stays the primary by its own words, while the replica takes over with a new term.
        b.close();
        b = serverB.acceptAndGreet(Role.Primary, Bodies.hello(Role.Primary, 2));
        while (client.servers().get(serverB.address()).term() < 2
                && !Thread.currentThread().isInterrupted()) {
            Thread.onSpinWait();
        }
        final CompletableFuture<UpsertResult> write = write();
        b.answer(b.read(), Status.OK, Bodies.upsert("crm:1", 11));
        assertThat(write.get().sequence()).isEqualTo(11);
        cutOff.close();
    }

    @Test
    void withoutAPrimaryAWriteEndsAtItsDeadlineAndSaysWhoWasAsked() {
        connect(Role.Replica, Role.Replica);
        assertThatThrownBy(() -> client.withDeadline(Duration.ofMillis(20))
                        .upsert(ProfileChange.merge("crm:1"))
                        .get())
                .hasCauseInstanceOf(CallTimeoutException.class)
                .hasMessageContaining("primary")
                .hasMessageContaining(serverA.address())
                .hasMessageContaining(serverB.address());
    }

    @Test
    void aBusyServersReadGoesToAnotherAndAWriteBackToItsCaller() throws Exception {
        connect(Role.Primary, Role.Replica);
        final CompletableFuture<SegmentList> read = read();
        a.answer(a.read(), Status.BUSY, Bodies.EMPTY);
        b.answer(b.read(), Status.OK, OF_B);
        assertThat(answered(read)).isEqualTo("b");

        final CompletableFuture<SegmentList> inVain = read();
        a.answer(a.read(), Status.BUSY, Bodies.EMPTY);
        b.answer(b.read(), Status.BUSY, Bodies.EMPTY);
        assertThatThrownBy(inVain::get)
                .hasCauseInstanceOf(RequestRejectedException.class)
                .hasMessageContaining("BUSY");

        final CompletableFuture<UpsertResult> write = write();
        a.answer(a.read(), Status.BUSY, Bodies.EMPTY);
        assertThatThrownBy(write::get)
                .hasCauseInstanceOf(RequestRejectedException.class)
                .hasMessageContaining("BUSY");
    }

    @Test
    void whoIsBusyAgainAndAgainIsAvoidedForAWhile() throws Exception {
        connect(Role.Primary, Role.Replica, ReadPreference.PRIMARY, NEVER);
        for (int i = 0; i < ServerHealth.REFUSALS_MAX; i++) {
            final CompletableFuture<SegmentList> read = read();
            a.answer(a.read(), Status.BUSY, Bodies.EMPTY);
            b.answer(b.read(), Status.OK, OF_B);
            assertThat(answered(read)).isEqualTo("b");
        }
        final CompletableFuture<SegmentList> read = read();
        b.answer(b.read(), Status.OK, OF_B);
        assertThat(answered(read)).isEqualTo("b");
    }

    @Test
    void aServerThatIsStoppingIsLeft() throws Exception {
        connect(Role.Primary, Role.Replica);
        final CompletableFuture<UpsertResult> write = write();
        final CompletableFuture<SegmentList> read = read();
        final Request upsert = a.read();
        final Request list = a.read();
        a.answer(upsert, Status.SHUTTING_DOWN, Bodies.EMPTY);
        // What it still answers is taken.
        a.answer(list, Status.OK, OF_A);
        assertThat(answered(read)).isEqualTo("a");
        b.become(Role.Primary);
        final Request again = b.read();
        assertThat(again.body()).isEqualTo(upsert.body());
        b.answer(again, Status.OK, Bodies.upsert("crm:1", 10));
        assertThat(write.get().sequence()).isEqualTo(10);
    }

    @Test
    void aReplicaThatIsBehindLeavesTimeForThePrimary() throws Exception {
        connect(Role.Primary, Role.Replica, ReadPreference.REPLICA, Duration.ofMillis(5));
        final CompletableFuture<SegmentList> read =
                client.withMinSequence(1_000_000).segments("crm:1");
        final Request behind = b.read();
        assertThat(behind.minSequence()).isEqualTo(1_000_000);
        assertThat(behind.deadlineMicros()).isBetween(1L, LONG.toMillis() * 1000 / 2);
        b.answer(behind, Status.SEQUENCE_NOT_REACHED, Bodies.EMPTY);
        final Request atPrimary = a.read();
        assertThat(atPrimary.minSequence()).isEqualTo(1_000_000);
        a.answer(atPrimary, Status.OK, OF_A);
        assertThat(answered(read)).isEqualTo("a");
    }

    @Test
    void callersMistakesAreNobodyElsesToRepeat() {
        connect(Role.Primary, Role.Replica);
        for (final Status status : List.of(Status.INPUT_INVALID, Status.FORBIDDEN, Status.INTERNAL)) {
            final CompletableFuture<SegmentList> read = read();
            a.answer(a.read(), status, Bodies.EMPTY);
            assertThatThrownBy(read::get)
                    .hasCauseInstanceOf(RequestRejectedException.class)
                    .hasMessageContaining(status.name());
        }
        final CompletableFuture<UpsertResult> write = write();
        a.answer(a.read(), Status.WRITES_STOPPED, Bodies.EMPTY);
        assertThatThrownBy(write::get).hasMessageContaining("WRITES_STOPPED");
    }

    @Test
    void aServerThatNeverAnswersHelloDoesNotHoldUpTheOthers() throws Exception {
        final CompletableFuture<ZandloperClient> connecting = CompletableFuture.supplyAsync(
                ZandloperClient.builder(serverA.address(), serverB.address())
                        .deadline(LONG)
                        .connectTimeout(LONG)::connect,
                ScriptedServer.THREADS);
        a = serverA.accept();
        b = serverB.acceptAndGreet(Role.Replica);
        client = connecting.get();
        final CompletableFuture<SegmentList> read = read();
        b.answer(b.read(), Status.OK, OF_B);
        assertThat(answered(read)).isEqualTo("b");
    }
}
