package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.storage.change.EraseProfile;
import io.zandloper.storage.change.LinkProfiles;
import io.zandloper.storage.change.RecordEvent;
import io.zandloper.storage.journal.JournalBatch;
import io.zandloper.storage.journal.JournalEnd;
import io.zandloper.storage.journal.JournalFeed;
import io.zandloper.storage.journal.JournalFeed.Match;
import io.zandloper.storage.journal.Lineage;
import io.zandloper.storage.journal.Term;
import io.zandloper.storage.profile.Times;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A replica that follows a primary, entry by entry, without a network between them. */
class ReplicationTest extends StorageFixture {
    static final long BUDGET_BYTES = 1L << 30;
    static final int BATCH_BYTES = 1_000;

    private Path primaryFolder;
    private Path replicaFolder;
    private Storage primary;
    private @Nullable Storage replica;

    @BeforeEach
    void start() throws Exception {
        primaryFolder = folder.resolve("primary");
        replicaFolder = folder.resolve("replica");
        primary = open(primaryFolder);
        Files.createDirectories(replicaFolder.resolve("journal"));
        // What the first full sync brings.
        Files.copy(primaryFolder.resolve("journal/identity.key"), replicaFolder.resolve("journal/identity.key"));
        replica = openReplica(replicaFolder);
    }

    @AfterEach
    void stop() {
        primary.close();
        if (replica != null) {
            replica.close();
        }
    }

    private Storage replica() {
        assertThat(replica).isNotNull();
        return replica;
    }

    static <T> T get(CompletableFuture<T> future) {
        return future.orTimeout(30, TimeUnit.SECONDS).join();
    }

    /** What a replica's connection does. */
    static CompletableFuture<Long> append(Follower follower, Lineage lineage, ByteBuffer entries) {
        final CompletableFuture<Long> done = new CompletableFuture<>();
        follower.append(lineage, entries, new Follower.AppendListener() {
            @Override
            public void onDurable(long sequence) {
                done.complete(sequence);
            }

            @Override
            public void onRefused(StorageException cause) {
                done.completeExceptionally(cause);
            }
        });
        return done;
    }

    static ByteBuffer copy(ByteBuffer entries) {
        return ByteBuffer.allocate(entries.remaining()).put(entries.duplicate()).flip();
    }

    /** Brings a replica to where its primary is. */
    static void follow(Storage source, Storage follower) {
        final Follower following =
                get(follower.replication().follow(source.replication().term()));
        final JournalFeed.Opened opened =
                source.replication().openFeed(follower.replication().end(), BUDGET_BYTES);
        assertThat(opened.match()).isEqualTo(Match.SHARED);
        try (JournalFeed feed = opened.feed()) {
            for (JournalBatch batch = feed.read(BATCH_BYTES); batch != null; batch = feed.read(BATCH_BYTES)) {
                assertThat(get(append(following, batch.lineage(), copy(batch.entries()))))
                        .isEqualTo(batch.lastSequence());
            }
        }
    }

    private void someChanges() {
        apply(primary, catalog("{1}", BANK));
        for (int i = 0; i < 20; i++) {
            apply(primary, patch(crm(i), List.of(), Map.of("age", (long) i * 5), Map.of("vip", Times.NEVER)));
        }
        apply(primary, new LinkProfiles(crm(1), crm(2)));
        apply(primary, new EraseProfile(crm(3)));
        apply(primary, patch(crm(40), List.of(), Map.of("text", "x".repeat(5_000)), Map.of()));
        apply(
                primary,
                new RecordEvent(crm(5), "e", "click", null, null, now.get(), null, null, Map.of("channel", "web")));
        apply(primary, replaceMembers(primary, "ads", Times.NEVER, List.of(crm(7), crm(8))));
    }

    private void assertEqual() {
        final StateChecksum ours = primary.replication().checksum();
        assertThat(ours.exact()).isTrue();
        assertThat(replica().replication().checksum()).isEqualTo(ours);
        assertThat(replica().replication().end())
                .isEqualTo(primary.replication().end());
        assertThat(replica().catalogSource()).isEqualTo(primary.catalogSource());
        assertThat(replica().catalog().version()).isEqualTo(primary.catalog().version());
    }

    @Test
    void whatAReplicaHoldsIsEqualRecordForRecord() {
        someChanges();
        follow(primary, replica());
        assertEqual();
        assertThat(visible(replica(), crm(13))).isEqualTo(visible(primary, crm(13)));
        assertThat(read(replica(), crm(3))).isNull();
    }

    @Test
    void aReplicaThatRestartsGoesOnFromItsOwnDisk() {
        someChanges();
        follow(primary, replica());
        final JournalEnd before = replica().replication().end();
        replica().close();
        apply(primary, patch(crm(50), List.of(), Map.of("age", 70L), Map.of()));
        replica = openReplica(replicaFolder);
        assertThat(replica.replication().end()).isEqualTo(before);
        assertThat(replica.replication().term()).isEqualTo(primary.replication().term());
        follow(primary, replica);
        assertEqual();
    }

    @Test
    void aReplicaThatIsKilledGoesOnFromItsOwnDisk() throws Exception {
        someChanges();
        follow(primary, replica());
        final Path left = folder.resolve("left");
        copy(replicaFolder, left);
        apply(primary, patch(crm(50), List.of(), Map.of("age", 70L), Map.of()));
        replica().close();
        replica = openReplica(left);
        assertThat(replica.replication().term())
                .as("opens none")
                .isEqualTo(primary.replication().term());
        follow(primary, replica);
        assertEqual();
    }

    @Test
    void aReplicaRefusesChangesOfItsOwn() {
        someChanges();
        follow(primary, replica());
        assertThat(replica().replication().role()).isEqualTo(Role.REPLICA);
        assertThatThrownBy(() -> apply(replica(), patch(crm(9), List.of(), Map.of("age", 1L), Map.of())))
                .hasCauseInstanceOf(NotPrimaryException.class)
                .hasMessageContaining("replica");
        assertThat(replica().sequence()).isEqualTo(primary.sequence());
    }

    @Test
    void aPromotedReplicaTakesChangesInANewTermAndOthersFollowIt() {
        someChanges();
        follow(primary, replica());
        final Term before = primary.replication().term();
        final Term term = get(replica().replication().promote());
        assertThat(term.isNewerThan(before)).isTrue();
        assertThat(term.number()).isEqualTo(Term.PROMOTION_STEP);
        assertThat(replica().replication().role()).isEqualTo(Role.PRIMARY);
        assertThat(get(replica().replication().promote())).as("once more").isEqualTo(term);
        final long sequence =
                apply(replica(), patch(crm(60), List.of(), Map.of(), Map.of())).sequence();
        assertThat(sequence).isEqualTo(primary.sequence() + 1);
        assertThat(replica().replication().end().lineage()).isEqualTo(new Lineage(term, sequence, before));
        assertThat(replica().replication().history()).extracting(Lineage::term).containsExactly(before, term);

        // The one before has nothing that it alone knows, so it may follow once it takes no changes.
        get(primary.replication().fence());
        follow(replica(), primary);
        assertThat(primary.replication().role()).isEqualTo(Role.REPLICA);
        assertEqual();
    }

    @Test
    void aFencedPrimaryTakesNoChanges() {
        someChanges();
        get(primary.replication().fence());
        assertThat(primary.replication().role()).isEqualTo(Role.FENCED);
        assertThatThrownBy(() -> apply(primary, patch(crm(9), List.of(), Map.of("age", 1L), Map.of())))
                .hasCauseInstanceOf(NotPrimaryException.class)
                .hasMessageContaining("promoted");
        follow(primary, replica());
        assertEqual();
    }

    @Test
    void noOlderTermIsFollowedAndNoOtherOfTheSameNumber() {
        final Term term = new Term(7, 1);
        get(replica().replication().follow(term));
        assertThat(replica().replication().term()).isEqualTo(term);
        get(replica().replication().follow(term));
        for (final Term other : List.of(new Term(7, 2), new Term(6, 1))) {
            assertThatThrownBy(() -> get(replica().replication().follow(other)))
                    .isInstanceOf(CompletionException.class)
                    .hasMessageContaining(other.toString())
                    .hasMessageContaining(term.toString());
        }
        replica().close();
        replica = openReplica(replicaFolder);
        assertThat(replica.replication().term()).as("not forgotten").isEqualTo(term);
    }

    @Test
    void whoFollowsAnotherTakesNothingOfTheOneBefore() {
        someChanges();
        final Follower late =
                get(replica().replication().follow(primary.replication().term()));
        follow(primary, replica());
        final JournalEnd before = replica().replication().end();
        final JournalFeed.Opened opened = primary.replication().openFeed(JournalEnd.EMPTY, BUDGET_BYTES);
        try (JournalFeed feed = opened.feed()) {
            final JournalBatch batch = feed.read(BATCH_BYTES);
            assertThatThrownBy(() -> get(append(late, batch.lineage(), copy(batch.entries()))))
                    .hasMessageContaining("not followed any more");
        }
        assertThat(replica().replication().end()).isEqualTo(before);
    }

    @Test
    void anEntryThatIsDamagedOrDoesNotComeNextIsRefusedAndTheRestIsKept() {
        someChanges();
        final Follower follower =
                get(replica().replication().follow(primary.replication().term()));
        try (JournalFeed feed =
                primary.replication().openFeed(JournalEnd.EMPTY, BUDGET_BYTES).feed()) {
            final JournalBatch batch = feed.read(BATCH_BYTES);
            final ByteBuffer whole = copy(batch.entries());
            for (int i = 0; i < whole.limit(); i += 13) {
                final ByteBuffer flipped = copy(whole);
                flipped.put(i, (byte) (flipped.get(i) ^ 4));
                final long end = replica().replication().end().sequence();
                assertThatThrownBy(() -> get(append(follower, batch.lineage(), flipped)))
                        .as("%d", i)
                        .isInstanceOf(CompletionException.class);
                assertThat(replica().replication().end().sequence()).isBetween(end, batch.lastSequence() - 1);
                if (replica().replication().end().sequence() > 0) {
                    break; // from here on the batch does not come next any more
                }
            }
            assertThatThrownBy(() -> get(append(follower, new Lineage(new Term(1, 9), 1, Term.NONE), copy(whole))))
                    .isInstanceOf(CompletionException.class);
        }
        follow(primary, replica());
        assertEqual();
    }

    @Test
    void aPlaceThatIsNotSharedIsTold() throws Exception {
        someChanges();
        follow(primary, replica());
        final JournalEnd end = replica().replication().end();
        final Replication replication = primary.replication();
        assertThat(replication.openFeed(end, BUDGET_BYTES).match()).isEqualTo(Match.SHARED);
        assertThat(replication
                        .openFeed(new JournalEnd(end.sequence() + 1, end.lineage(), 5), BUDGET_BYTES)
                        .match())
                .as("ahead")
                .isEqualTo(Match.DIVERGED);
        assertThat(replication
                        .openFeed(new JournalEnd(end.sequence() - 1, end.lineage(), end.chain()), BUDGET_BYTES)
                        .match())
                .as("another chain")
                .isEqualTo(Match.DIVERGED);
        final Lineage other =
                new Lineage(new Term(end.term().number(), end.term().id() + 1), 1, Term.NONE);
        assertThat(replication
                        .openFeed(new JournalEnd(end.sequence(), other, end.chain()), BUDGET_BYTES)
                        .match())
                .as("another term")
                .isEqualTo(Match.DIVERGED);
    }

    @Test
    void aFeedGivesNothingThatIsNotThereYetAndGoesOn() throws Exception {
        try (JournalFeed feed =
                primary.replication().openFeed(JournalEnd.EMPTY, BUDGET_BYTES).feed()) {
            assertThat(feed.read(BATCH_BYTES)).isNull();
            final CompletableFuture<Boolean> told = new CompletableFuture<>();
            try (Replication.Subscription subscription = primary.replication().onDurable(() -> told.complete(true))) {
                apply(primary, patch(crm(1), List.of(), Map.of(), Map.of()));
                assertThat(get(told)).isTrue();
            }
            final JournalBatch batch = feed.read(BATCH_BYTES);
            assertThat(batch.firstSequence()).isEqualTo(1);
            assertThat(batch.lastSequence()).isEqualTo(1);
            assertThat(feed.read(BATCH_BYTES)).isNull();
            apply(primary, patch(crm(2), List.of(), Map.of("text", "x".repeat(3_000)), Map.of()));
            assertThat(feed.read(BATCH_BYTES).lastSequence())
                    .as("alone, though longer")
                    .isEqualTo(2);
        }
    }

    @Test
    void aPrimaryOpensANewTermAfterAKillAndGoesOnInTheOldOneAfterAStop() throws Exception {
        final Term first = primary.replication().term();
        assertThat(first.number()).isEqualTo(1);
        someChanges();
        final Path left = folder.resolve("left");
        copy(primaryFolder, left);
        primary.close();
        primary = open(primaryFolder);
        assertThat(primary.replication().term()).isEqualTo(first);
        try (Storage killed = open(left)) {
            assertThat(killed.replication().term().number()).isEqualTo(2);
            assertThat(killed.sequence()).isEqualTo(primary.sequence());
            apply(killed, patch(crm(70), List.of(), Map.of(), Map.of()));
            apply(primary, patch(crm(71), List.of(), Map.of(), Map.of()));
            assertThat(primary.replication()
                            .openFeed(killed.replication().end(), BUDGET_BYTES)
                            .match())
                    .isEqualTo(Match.DIVERGED);
            assertThat(primary.replication()
                            .commonSequence(
                                    killed.replication().history(),
                                    killed.replication().end().sequence()))
                    .isEqualTo(primary.sequence() - 1);
        }
    }

    @Test
    void nodesOfOneDataSetKnowEachOther() {
        assertThat(replica().replication().dataSet())
                .isEqualTo(primary.replication().dataSet())
                .hasSize(32);
        assertThat(replica().replication().nodeId())
                .isNotEqualTo(primary.replication().nodeId());
        assertThat(replica().replication().isBlank()).isTrue();
        try (Storage other = open(folder.resolve("other"))) {
            assertThat(other.replication().dataSet())
                    .isNotEqualTo(primary.replication().dataSet());
            assertThat(other.replication().isBlank()).isTrue();
            apply(other, patch(crm(1), List.of(), Map.of(), Map.of()));
            assertThat(other.replication().isBlank()).isFalse();
        }
    }

    @Test
    void whoGrantsATermHasNoMoreThanWhoAsksAndTakesNothingMoreOfTheOldPrimary() {
        someChanges();
        follow(primary, replica());
        final JournalEnd before = replica().replication().end();
        final Replication granting = replica().replication();
        final Follower follower = get(granting.follow(primary.replication().term()));
        apply(primary, patch(crm(50), List.of(), Map.of(), Map.of()));
        final Term candidate = granting.proposeTerm();
        final JournalEnd less = new JournalEnd(before.sequence() - 1, before.lineage(), 5);
        assertThat(get(granting.grant(candidate, less))).as("it has more").isFalse();
        assertThat(get(granting.grant(primary.replication().term(), before)))
                .as("no newer term")
                .isFalse();
        assertThat(get(primary.replication()
                        .grant(candidate, primary.replication().end())))
                .as("a primary")
                .isFalse();
        assertThat(granting.term()).isEqualTo(primary.replication().term());
        assertThat(get(granting.grant(candidate, before))).isTrue();
        assertThat(granting.term()).isEqualTo(candidate);
        try (JournalFeed feed =
                primary.replication().openFeed(before, BUDGET_BYTES).feed()) {
            final JournalBatch batch = feed.read(BATCH_BYTES);
            assertThatThrownBy(() -> get(append(follower, batch.lineage(), copy(batch.entries()))))
                    .hasMessageContaining("not followed any more");
        }
        assertThatThrownBy(() -> get(granting.follow(primary.replication().term())))
                .isInstanceOf(CompletionException.class);
        assertThatThrownBy(() -> get(granting.promote(candidate)))
                .as("it is somebody else's")
                .hasMessageContaining(candidate.toString());
    }
}
