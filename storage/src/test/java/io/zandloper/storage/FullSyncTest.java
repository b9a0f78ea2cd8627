package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.storage.change.EraseProfile;
import io.zandloper.storage.journal.FellBehindException;
import io.zandloper.storage.journal.JournalEnd;
import io.zandloper.storage.journal.JournalEntry;
import io.zandloper.storage.journal.JournalFeed;
import io.zandloper.storage.journal.JournalFeed.Match;
import io.zandloper.storage.journal.JournalTails;
import io.zandloper.storage.profile.Times;
import io.zandloper.storage.snapshot.SnapshotFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A replica that receives a whole state, without a network between the two. */
class FullSyncTest extends StorageFixture {
    private static final int CHUNK_BYTES = 1_000;
    private static final long BUDGET_BYTES = ReplicationTest.BUDGET_BYTES;

    private Path primaryFolder;
    private Path replicaFolder;
    private Storage primary;
    private Storage replica;

    @BeforeEach
    void start() {
        primaryFolder = folder.resolve("primary");
        replicaFolder = folder.resolve("replica");
        primary = open(primaryFolder);
        replica = openReplica(replicaFolder);
        apply(primary, catalog("{1}", BANK));
        for (int i = 0; i < 50; i++) {
            apply(primary, patch(crm(i), List.of(), Map.of("age", (long) i * 2), Map.of("vip", Times.NEVER)));
        }
        apply(primary, new EraseProfile(crm(3)));
    }

    @AfterEach
    void stop() {
        primary.close();
        replica.close();
    }

    private static SnapshotLease lease(Storage of) {
        return ReplicationTest.get(of.replication().leaseSnapshot(BUDGET_BYTES));
    }

    /** Sends what is missing, at most so many chunks. */
    private static void send(SnapshotLease lease, SnapshotStaging staging, int chunksMax) {
        int left = chunksMax;
        for (final SnapshotFile file : lease.files()) {
            while (staging.lengthBytes(file.name()) < file.lengthBytes() && left-- > 0) {
                final long offset = staging.lengthBytes(file.name());
                final ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(CHUNK_BYTES, file.lengthBytes() - offset));
                assertThat(lease.read(file.name(), offset, chunk)).isEqualTo(chunk.capacity());
                staging.append(file.name(), offset, chunk.flip());
            }
        }
    }

    /** All of it, verified. */
    static SnapshotStaging received(Storage from, Storage by) {
        try (SnapshotLease lease = lease(from)) {
            final SnapshotStaging staging = by.replication().stage(lease.end(), lease.files());
            send(lease, staging, Integer.MAX_VALUE);
            assertThat(staging.missingBytes()).isZero();
            staging.verify();
            return staging;
        }
    }

    /** Once over, and then followed to the end. */
    static Installed sync(Storage from, Storage by) throws InterruptedException {
        final Replication replication = by.replication();
        final long common = replication.commonSequence(
                from.replication().history(), from.replication().end().sequence());
        final Installed installed = replication.install(received(from, by), common);
        ReplicationTest.follow(from, by);
        return installed;
    }

    static void assertEqual(Storage one, Storage other) {
        final StateChecksum checksum = one.replication().checksum();
        assertThat(checksum.exact()).isTrue();
        assertThat(other.replication().checksum()).isEqualTo(checksum);
        assertThat(other.replication().end()).isEqualTo(one.replication().end());
        assertThat(other.catalogSource()).isEqualTo(one.catalogSource());
    }

    private static List<String> names(Path in) throws Exception {
        try (Stream<Path> files = Files.list(in)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aBlankReplicaReceivesAllAndGoesOnWithTheJournal() throws Exception {
        assertThat(replica.replication().isBlank()).isTrue();
        try (StorageReader reader = replica.newReader()) {
            assertThat(reader.enter().profile(crm(7))).isNull();
            reader.leave();
            final SnapshotStaging staging = received(primary, replica);
            apply(primary, patch(crm(60), List.of(), Map.of("age", 66L), Map.of()));
            assertThat(reader.enter().profile(crm(7)))
                    .as("serves the old state")
                    .isNull();
            reader.leave();
            final Installed installed = replica.replication().install(staging, 0);
            assertThat(installed.end().sequence()).isEqualTo(primary.sequence() - 1);
            assertThat(installed.tails()).isEmpty();
            assertThat(reader.enter().profile(crm(7))).as("the same reader").isNotNull();
            assertThat(reader.enter().profile(crm(3))).isNull();
            reader.leave();
        }
        assertThat(replica.replication().dataSet())
                .isEqualTo(primary.replication().dataSet());
        ReplicationTest.follow(primary, replica);
        assertEqual(primary, replica);
        assertThat(visible(replica, crm(60))).containsExactly("senior");
        final StateChecksum before = replica.replication().checksum();
        for (int restart = 0; restart < 2; restart++) {
            replica.close();
            replica = openReplica(replicaFolder);
            assertThat(replica.replication().checksum()).isEqualTo(before);
            assertThat(visible(replica, crm(60))).containsExactly("senior");
        }
    }

    @Test
    void aReplicaThatIsKilledAfterItReceivedAllHasIt() throws Exception {
        sync(primary, replica);
        final Path left = folder.resolve("left");
        copy(replicaFolder, left);
        try (Storage killed = openReplica(left)) {
            assertEqual(primary, killed);
            apply(primary, patch(crm(60), List.of(), Map.of("age", 66L), Map.of()));
            sync(primary, killed);
            assertEqual(primary, killed);
        }
        try (Storage again = openReplica(left)) {
            assertEqual(primary, again);
        }
    }

    @Test
    void oneSnapshotServesSeveralReplicasAndStaysWhileItIsSent() throws Exception {
        try (SnapshotLease one = lease(primary);
                SnapshotLease other = lease(primary)) {
            assertThat(other.path("profiles")).isEqualTo(one.path("profiles"));
            for (int i = 0; i < 4; i++) {
                apply(primary, patch(crm(70 + i), List.of(), Map.of(), Map.of()));
                primary.snapshot().join();
            }
            assertThat(one.isHeld()).isTrue();
            final SnapshotStaging staging = replica.replication().stage(one.end(), one.files());
            send(one, staging, Integer.MAX_VALUE);
            staging.verify();
            assertThat(primary.replication().openFeed(one.end(), BUDGET_BYTES).match())
                    .as("the journal after it")
                    .isEqualTo(Match.SHARED);
            replica.replication().install(staging, 0);
        }
        ReplicationTest.follow(primary, replica);
        assertEqual(primary, replica);
        primary.snapshot().join();
        apply(primary, patch(crm(80), List.of(), Map.of(), Map.of()));
        primary.snapshot().join();
        assertThat(names(primaryFolder.resolve("journal/snapshots")))
                .as("then it goes")
                .hasSize(2);
    }

    @Test
    void aPurgeOfWhoIsErasedEndsWhatIsSentAndFed() throws Exception {
        try (SnapshotLease lease = lease(primary);
                JournalFeed feed = primary.replication()
                        .openFeed(JournalEnd.EMPTY, BUDGET_BYTES)
                        .feed()) {
            apply(primary, new EraseProfile(crm(4)));
            primary.completeErasures();
            assertThat(lease.isHeld()).isFalse();
            assertThatThrownBy(() -> feed.read(CHUNK_BYTES)).isInstanceOf(FellBehindException.class);
        }
        assertThat(primary.replication()
                        .openFeed(JournalEnd.EMPTY, BUDGET_BYTES)
                        .match())
                .isEqualTo(Match.GONE);
    }

    @Test
    void whatIsReceivedIsGoneOnWithAfterACutAndARestart() throws Exception {
        try (SnapshotLease lease = lease(primary)) {
            SnapshotStaging staging = replica.replication().stage(lease.end(), lease.files());
            send(lease, staging, 2);
            final long missing = staging.missingBytes();
            staging.close();
            replica.close();
            replica = openReplica(replicaFolder);
            staging = replica.replication().stage(lease.end(), lease.files());
            assertThat(staging.missingBytes()).isEqualTo(missing).isPositive();
            send(lease, staging, Integer.MAX_VALUE);
            staging.verify();
            replica.replication().install(staging, 0);
        }
        assertEqual(primary, replica);
    }

    @Test
    void whatIsReceivedOfAnotherSnapshotIsNotMixedWithThis() {
        try (SnapshotLease lease = lease(primary)) {
            send(lease, replica.replication().stage(lease.end(), lease.files()), 3);
            final List<SnapshotFile> others = new ArrayList<>(lease.files());
            final SnapshotFile first = others.get(0);
            others.set(0, new SnapshotFile(first.name(), first.lengthBytes(), first.checksum() + 1));
            final SnapshotStaging staging = replica.replication().stage(lease.end(), others);
            assertThat(others).allMatch(file -> staging.lengthBytes(file.name()) == 0);
        }
    }

    @Test
    void aNameThatIsNoneOfASnapshotsFilesIsRefused() {
        for (final String name : List.of("../lock", "other", "")) {
            assertThatThrownBy(
                            () -> replica.replication().stage(JournalEnd.EMPTY, List.of(new SnapshotFile(name, 1, 1))))
                    .isInstanceOf(StorageException.class);
        }
    }

    @Test
    void aByteThatIsWrongIsFoundAndTheOldStateServesOn() throws Exception {
        sync(primary, replica);
        apply(primary, patch(crm(60), List.of(), Map.of("age", 66L), Map.of()));
        primary.snapshot().join();
        final StateChecksum before = replica.replication().checksum();
        for (final String name : List.of("manifest", "profiles")) {
            try (SnapshotLease lease = lease(primary)) {
                final SnapshotStaging staging = replica.replication().stage(lease.end(), lease.files());
                send(lease, staging, Integer.MAX_VALUE);
                staging.close();
                final Path file = staging.folder().resolve(name);
                final byte[] bytes = Files.readAllBytes(file);
                bytes[bytes.length - 1] ^= 1;
                Files.write(file, bytes);
                assertThatThrownBy(staging::verify)
                        .isInstanceOf(StorageException.class)
                        .hasMessageContaining(name);
                assertThatThrownBy(() -> replica.replication().install(staging, 0))
                        .isInstanceOf(StorageException.class);
                assertThat(staging.lengthBytes(name))
                        .as("to be asked for again")
                        .isZero();
            }
        }
        assertThat(replica.replication().checksum()).isEqualTo(before);
        ReplicationTest.follow(primary, replica);
        assertEqual(primary, replica);
    }

    @Test
    void aSnapshotOfANewerFormatIsRefusedWithItsManifest() {
        try (SnapshotLease lease = lease(primary)) {
            final SnapshotStaging staging = replica.replication().stage(lease.end(), lease.files());
            final SnapshotFile manifest = lease.files().get(0);
            final ByteBuffer bytes = ByteBuffer.allocate((int) manifest.lengthBytes());
            lease.read(manifest.name(), 0, bytes);
            bytes.put(8, (byte) 99);
            assertThatThrownBy(() -> staging.append(manifest.name(), 0, bytes.flip()))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("format version 99, too new");
        }
    }

    @Test
    void aStateOfAnotherDataSetIsRefused() throws Exception {
        sync(primary, replica);
        try (Storage other = open(folder.resolve("other"))) {
            apply(other, patch(crm(1), List.of(), Map.of(), Map.of()));
            final SnapshotStaging staging = received(other, replica);
            assertThatThrownBy(() -> replica.replication().install(staging, 0))
                    .hasMessageContaining("another data set");
        }
        assertEqual(primary, replica);
    }

    @Test
    void aPrimaryTakesOverNoState() {
        try (Storage other = open(folder.resolve("other"))) {
            final SnapshotStaging staging = received(primary, other);
            assertThatThrownBy(() -> other.replication().install(staging, 0)).hasMessageContaining("only a replica");
        }
    }

    @Test
    void spaceIsTold() {
        try (SnapshotLease lease = lease(primary)) {
            final SnapshotStaging staging = replica.replication().stage(lease.end(), lease.files());
            final SpaceNeeded space = replica.replication().spaceNeeded(staging);
            assertThat(space.hasRoom()).isTrue();
            final long missing = staging.missingBytes();
            send(lease, staging, 3);
            assertThat(replica.replication().spaceNeeded(staging).neededBytes())
                    .as("what has come needs no more room")
                    .isEqualTo(space.neededBytes() - (missing - staging.missingBytes()))
                    .isLessThan(space.neededBytes());
            final List<SnapshotFile> huge = List.of(new SnapshotFile("profiles", Long.MAX_VALUE / 8, 0));
            final SnapshotStaging tooLong = replica.replication().stage(lease.end(), huge);
            assertThat(replica.replication().spaceNeeded(tooLong).hasRoom()).isFalse();
        }
    }

    /** The old primary goes on alone, and then follows the one that was promoted. */
    @Test
    void whatOnlyThisNodeHasIsPutAsideAndNamedAndWhoeverIsErasedIsNotInIt() throws Exception {
        sync(primary, replica);
        final long common = primary.sequence();
        ReplicationTest.get(replica.replication().promote());
        apply(primary, patch(crm(90), List.of(), Map.of("name", "lost-and-found"), Map.of()));
        apply(primary, patch(crm(91), List.of(), Map.of("name", "erased-there"), Map.of()));
        apply(primary, patch(crm(92), List.of(), Map.of("name", "erased-here"), Map.of()));
        apply(primary, new EraseProfile(crm(92)));
        apply(replica, patch(crm(91), List.of(), Map.of("name", "someone"), Map.of()));
        apply(replica, new EraseProfile(crm(91)));
        apply(replica, patch(crm(93), List.of(), Map.of("name", "new"), Map.of()));
        primary.close();
        primary = openReplica(primaryFolder);
        final JournalEnd end = primary.replication().end();
        assertThat(replica.replication().openFeed(end, BUDGET_BYTES).match()).isEqualTo(Match.DIVERGED);
        assertThat(primary.replication()
                        .commonSequence(
                                replica.replication().history(),
                                replica.replication().end().sequence()))
                .isEqualTo(common);
        replica.snapshot().join(); // with its ledger
        final Installed installed = sync(replica, primary);
        assertEqual(replica, primary);
        assertThat(installed.tails()).hasSize(1);
        final Path tail = installed.tails().get(0);
        assertThat(tail.getFileName().toString())
                .contains(Long.toString(common + 1))
                .contains(Long.toString(end.sequence()))
                .contains(end.term().toString());
        assertThat(SetAsideTails.list(primaryFolder.resolve("journal"))).containsExactly(tail);
        final List<Long> sequences = new ArrayList<>();
        final List<Integer> types = new ArrayList<>();
        SetAsideTails.read(tail, (JournalEntry entry) -> {
            sequences.add(entry.sequence());
            types.add(entry.type());
        });
        assertThat(sequences).containsExactly(common + 1, common + 2, common + 3, common + 4);
        assertThat(types).containsExactly(EffectCodec.STORE_PROFILE, JournalTails.WIPED, JournalTails.WIPED, 4);
        final String bytes = Files.readString(tail, java.nio.charset.StandardCharsets.ISO_8859_1);
        assertThat(bytes).contains("lost-and-found").doesNotContain("erased-there", "erased-here");

        final StorageVerifier.Report report = StorageVerifier.verify(primaryFolder);
        assertThat(report.isWhole()).isTrue();
        assertThat(report.checked())
                .anyMatch(line -> line.contains(tail.getFileName().toString()) && line.endsWith(": 4"));

        // And who is erased later goes with the purge.
        apply(replica, patch(crm(90), List.of(), Map.of("name", "back"), Map.of()));
        apply(replica, new EraseProfile(crm(90)));
        ReplicationTest.follow(replica, primary);
        primary.completeErasures();
        assertThat(Files.readString(tail, java.nio.charset.StandardCharsets.ISO_8859_1))
                .doesNotContain("lost-and-found");
    }
}
