package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.change.EraseProfile;
import io.zandloper.storage.disk.FileDisk;
import io.zandloper.storage.disk.SimulatedDisk;
import io.zandloper.storage.journal.JournalException;
import io.zandloper.storage.profile.Times;
import io.zandloper.storage.snapshot.SnapshotFiles;
import io.zandloper.storage.snapshot.SnapshotManifest;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Once it is decided that a received state takes the place of a replica's, no crash brings the old one back, or neither. */
class JournalReplacementTest extends StorageFixture {
    private Path replicaFolder;
    private Storage primary;
    private Storage replica;

    /** A replica with a snapshot, a journal and a ledger of its own, which lags. */
    @BeforeEach
    void start() throws Exception {
        replicaFolder = folder.resolve("replica");
        primary = open(folder.resolve("primary"));
        replica = openReplica(replicaFolder);
        apply(primary, catalog("{1}", BANK));
        for (int i = 0; i < 20; i++) {
            apply(primary, patch(crm(i), List.of(), Map.of("age", (long) i * 5), Map.of("vip", Times.NEVER)));
        }
        apply(primary, new EraseProfile(crm(3)));
        FullSyncTest.sync(primary, replica);
        apply(primary, patch(crm(60), List.of(), Map.of("age", 66L), Map.of()));
        ReplicationTest.follow(primary, replica);
        apply(primary, new EraseProfile(crm(4)));
        apply(primary, patch(crm(61), List.of(), Map.of("age", 67L), Map.of()));
        primary.snapshot().join();
    }

    @AfterEach
    void stop() {
        primary.close();
        replica.close();
    }

    @Test
    void aCrashLeavesTheNewState() throws Exception {
        final SnapshotStaging staging = FullSyncTest.received(primary, replica);
        final Path before = folder.resolve("before");
        copy(replicaFolder, before);
        final Path journal = replicaFolder.resolve("journal");
        JournalReplacement.prepareLedger(FileDisk.INSTANCE, journal, staging.folder(), staging.manifest());
        JournalReplacement.decide(FileDisk.INSTANCE, journal, staging.end().sequence());
        final Path after = folder.resolve("after");
        copy(replicaFolder, after);
        try (Storage old = openReplica(before)) {
            assertThat(read(old, crm(61))).isNull();
        }
        try (Storage received = openReplica(after)) {
            FullSyncTest.assertEqual(primary, received);
        }
        replica.close();
        replica = openReplica(replicaFolder);
        FullSyncTest.assertEqual(primary, replica);
    }

    /** The process is killed on the way, at every step there is; the next one finishes it, and then the power goes, before the third. */
    @Test
    void aKillAndAPowerCutThatComesLaterLeaveTheNewState() throws Exception {
        final SnapshotStaging staging = FullSyncTest.received(primary, replica);
        replica.close();
        final Path journal = Path.of("journal");
        boolean killed = true;
        for (int step = 0; killed; step++) {
            final SimulatedDisk disk = copied(replicaFolder.resolve("journal"), journal, step);
            final Path incoming = SnapshotFiles.incoming(
                    JournalFolder.snapshots(journal), staging.end().sequence());
            JournalReplacement.prepareLedger(disk, journal, incoming, staging.manifest());
            JournalReplacement.decide(disk, journal, staging.end().sequence());
            disk.crashAfter(step);
            killed = isKilledInFinish(disk, journal);
            disk.restart(false);
            JournalReplacement.finish(disk, journal);
            final SimulatedDisk left = disk.durableCopy();
            JournalReplacement.finish(left, journal);
            assertReplaced(left, journal, staging.manifest(), "step " + step);
        }
    }

    /** Everything of a folder, durable. */
    private static SimulatedDisk copied(Path from, Path to, long seed) throws Exception {
        final SimulatedDisk disk = new SimulatedDisk(new SplittableRandom(seed));
        try (Stream<Path> files = Files.walk(from)) {
            for (final Path file : files.toList()) {
                final Path copy = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    disk.createFolder(copy);
                } else {
                    disk.put(copy, Files.readAllBytes(file));
                }
            }
        }
        return disk;
    }

    private static boolean isKilledInFinish(SimulatedDisk disk, Path journal) {
        try {
            JournalReplacement.finish(disk, journal);
        } catch (UncheckedIOException | JournalException e) {
            assertThat(disk.hasCrashed()).as(String.valueOf(e)).isTrue();
        }
        return disk.hasCrashed();
    }

    private static void assertReplaced(SimulatedDisk disk, Path journal, SnapshotManifest received, String when) {
        final Path snapshots = JournalFolder.snapshots(journal);
        final Path snapshot = SnapshotFiles.folder(snapshots, received.end().sequence());
        assertThat(JournalReplacement.isDecided(disk, journal)).as(when).isFalse();
        assertThat(SnapshotFiles.complete(disk, snapshots)).as(when).containsExactly(snapshot);
        assertThat(SnapshotManifest.read(disk, snapshot).end()).as(when).isEqualTo(received.end());
        assertThat(disk.bytes(JournalFolder.ledger(journal)))
                .as(when)
                .isEqualTo(disk.bytes(snapshot.resolve(received.erasures().name())));
        assertThat(disk.paths()).as(when).noneMatch(file -> file.toString().endsWith(".journal"));
    }
}
