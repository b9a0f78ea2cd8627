package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.change.Change;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.ChangeOutcome.Status;
import io.zandloper.storage.change.EraseProfile;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Changes that wait for replicas. */
class ReplicaAcknowledgementTest extends StorageFixture {
    private static final Duration WAIT = Duration.ofSeconds(3);
    private static final long ONE = 11;
    private static final long OTHER = 22;
    private static final long THIRD = 33;

    private Storage storage;
    private ReplicaPositions replicas;

    @BeforeEach
    void start() {
        storage = Storage.open(
                StorageConfig.of(folder).with(new ReplicaSettings(2, WAIT)), source -> compiled(BANK), now::get);
        replicas = storage.replication().acknowledgements();
    }

    @AfterEach
    void stop() {
        pass(WAIT); // nobody waits any more
        storage.close();
    }

    private void pass(Duration duration) {
        now.addAndGet(duration.toNanos() / 1_000);
    }

    private CompletableFuture<ChangeOutcome> submit(Change change) {
        final CompletableFuture<ChangeOutcome> outcome = new CompletableFuture<>();
        assertThat(storage.submit(change, new ChangeListener() {
                    @Override
                    public void onOutcome(ChangeOutcome result) {
                        outcome.complete(result);
                    }

                    @Override
                    public void onFailure(StorageException cause) {
                        outcome.completeExceptionally(cause);
                    }
                }))
                .isTrue();
        return outcome;
    }

    private CompletableFuture<ChangeOutcome> create(int number) {
        return submit(patch(crm(number), List.of(), Map.of("age", (long) number), Map.of()));
    }

    @Test
    void aChangeIsAcknowledgedWhenSoManyReplicasHaveIt() {
        final CompletableFuture<ChangeOutcome> first = create(1);
        final CompletableFuture<ChangeOutcome> second = create(2);
        await(() -> replicas.waiting() == 2);
        assertThat(read(storage, crm(2))).as("made, and seen here").isNotNull();
        replicas.onConnected(ONE, 2);
        replicas.onAcknowledged(ONE, 2);
        assertThat(first).isNotDone();
        replicas.onConnected(OTHER, 0);
        replicas.onAcknowledged(OTHER, 1);
        assertThat(ReplicationTest.get(first).sequence()).isEqualTo(1);
        assertThat(second).isNotDone();
        assertThat(replicas.holding(2)).isEqualTo(1);
        replicas.onAcknowledged(OTHER, 2);
        assertThat(ReplicationTest.get(second).sequence()).isEqualTo(2);
        await(() -> replicas.waiting() == 0);
        assertThat(ReplicationTest.get(submit(new EraseProfile(crm(9)))).status())
                .as("what is refused waits for nobody")
                .isEqualTo(Status.UNKNOWN);
    }

    @Test
    void tooFewReplicasInTimeAreToldAndTheChangeStays() {
        final CompletableFuture<ChangeOutcome> change = create(1);
        await(() -> replicas.waiting() == 1);
        replicas.onConnected(ONE, 1);
        assertThat(change).isNotDone();
        pass(WAIT);
        replicas.onAcknowledged(THIRD, 0); // any sign of life has it look at the clock
        await(change::isDone);
        assertThat(change.exceptionNow())
                .isInstanceOf(TooFewReplicasException.class)
                .hasMessageContaining("too few replicas: 1 of the 2")
                .hasMessageContaining("the change 1");
        assertThat(replicas.refused()).isEqualTo(1);
        assertThat(read(storage, crm(1))).isNotNull();
        final CompletableFuture<ChangeOutcome> again = create(1);
        await(() -> replicas.waiting() == 1);
        assertThat(again)
                .as("it changes nothing, but what is there is on too few")
                .isNotDone();
        replicas.onAcknowledged(OTHER, 1);
        assertThat(ReplicationTest.get(again).status()).isEqualTo(Status.UNCHANGED);
    }

    @Test
    void oneReplicaCountsOnceAndOneThatLostItsJournalNotAtAll() {
        final CompletableFuture<ChangeOutcome> change = create(1);
        replicas.onConnected(ONE, 1);
        replicas.onConnected(ONE, 1);
        assertThat(replicas.holding(1)).isEqualTo(1);
        replicas.onConnected(ONE, 0);
        assertThat(replicas.holding(1)).isZero();
        replicas.onConnected(ONE, 1);
        replicas.onLost(ONE);
        replicas.onConnected(OTHER, 1);
        assertThat(change).isNotDone();
        replicas.onConnected(THIRD, 1);
        assertThat(ReplicationTest.get(change).sequence()).isEqualTo(1);
        assertThat(replicas.positions()).isEqualTo(Map.of(OTHER, 1L, THIRD, 1L));
    }

    /** Entries of an older term alone may still give way to those of a term in between, on however many replicas they are. */
    @Test
    void whatChangesNothingInANewTermWaitsForAnEntryOfThatTerm() {
        final CompletableFuture<ChangeOutcome> change = create(1);
        replicas.onConnected(ONE, 1);
        replicas.onConnected(OTHER, 1);
        ReplicationTest.get(change);
        ReplicationTest.get(storage.replication().fence());
        ReplicationTest.get(storage.replication().promote());
        replicas.onConnected(ONE, 1);
        replicas.onConnected(OTHER, 1);
        final CompletableFuture<ChangeOutcome> again = create(1);
        await(() -> replicas.waiting() == 1);
        assertThat(storage.replication().end().term())
                .isEqualTo(storage.replication().term());
        replicas.onAcknowledged(ONE, 2);
        assertThat(again).isNotDone();
        replicas.onAcknowledged(OTHER, 2);
        final ChangeOutcome outcome = ReplicationTest.get(again);
        assertThat(outcome.status()).isEqualTo(Status.UNCHANGED);
        assertThat(outcome.sequence()).isEqualTo(2);
        assertThat(ReplicationTest.get(create(1)).sequence())
                .as("one entry is enough")
                .isEqualTo(2);
    }

    @Test
    void theWriterDoesNotWait() {
        final CompletableFuture<ChangeOutcome> first = create(0);
        for (int i = 1; i < 1_000; i++) {
            create(i);
        }
        await(() -> storage.sequence() == 1_000);
        assertThat(first).isNotDone();
        replicas.onConnected(ONE, 1_000);
        replicas.onConnected(OTHER, 1_000);
        await(() -> replicas.waiting() == 0);
        assertThat(ReplicationTest.get(first).sequence()).isEqualTo(1);
    }
}
