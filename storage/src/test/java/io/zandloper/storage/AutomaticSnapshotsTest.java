package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Snapshots that nobody asked for. */
class AutomaticSnapshotsTest extends StorageFixture {
    private static final long HOUR = 3_600_000_000L;

    private Storage open(SnapshotSettings settings) {
        return Storage.open(StorageConfig.of(folder).with(settings), source -> compiled(BANK), now::get);
    }

    private void change(Storage storage, int bytes) {
        apply(storage, patch(crm(1), List.of(), Map.of("text", "x".repeat(bytes) + storage.sequence()), Map.of()));
    }

    private void awaitSnapshotAt(Storage storage, long sequence) {
        await(() -> storage.status().durability().snapshotSequence() == sequence);
    }

    private List<String> snapshots() {
        try (Stream<Path> names = Files.list(folder.resolve("journal/snapshots"))) {
            return names.map(path -> path.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void areTakenWhenTheIntervalHasPassedAndSomethingChangedAndSoManyAreKept() throws Exception {
        try (Storage storage = open(new SnapshotSettings(Duration.ofHours(1), 0, 2))) {
            for (int i = 1; i <= 4; i++) {
                change(storage, 10);
                now.addAndGet(HOUR);
                awaitSnapshotAt(storage, i);
                now.addAndGet(3 * HOUR); // nothing has changed: nothing is due
            }
            await(() -> storage.status().durability().journalBytes() > 0);
            await(() -> snapshots().equals(List.of("0000000000000000003", "0000000000000000004")));
            assertThat(storage.status().durability().snapshotAtMicros()).isLessThanOrEqualTo(now.get() - 3 * HOUR);
            assertThat(StorageVerifier.verify(folder).damage()).isEmpty();
        }
    }

    @Test
    void areTakenWhenTheJournalHasGrown() throws Exception {
        try (Storage storage = open(new SnapshotSettings(Duration.ZERO, 20_000, 1))) {
            for (int i = 0; i < 6; i++) {
                change(storage, 4_000);
            }
            await(() -> storage.status().durability().snapshotSequence() >= 5);
            await(() -> snapshots().size() == 1);
        }
    }

    @Test
    void areNotTakenWithoutBeingAskedWhereBothAreOff() throws Exception {
        try (Storage storage = open(SnapshotSettings.ON_DEMAND)) {
            change(storage, 10);
            now.addAndGet(1_000 * HOUR);
            await(() -> storage.status().durability().journalBytes() > 0);
            assertThat(storage.status().durability().snapshotSequence()).isEqualTo(-1);
        }
    }

    @Test
    void aFailureIsToldAndTriedAgainAfterAWhile() throws Exception {
        final Path inTheWay = folder.resolve("journal/snapshots");
        final List<String> told = new CopyOnWriteArrayList<>();
        try (Storage storage = Storage.open(
                StorageConfig.of(folder).with(new SnapshotSettings(Duration.ofHours(1), 0, 2)),
                source -> compiled(BANK),
                now::get,
                (work, cause) -> told.add(work + ": " + cause.getMessage()))) {
            Files.createFile(inTheWay);
            change(storage, 10);
            now.addAndGet(HOUR);
            await(() -> storage.status().durability().snapshotFailure() != null);
            assertThat(storage.status().durability().snapshotFailure())
                    .startsWith("no snapshot could be taken")
                    .contains("snapshots");
            await(() -> !told.isEmpty());
            assertThat(told)
                    .containsOnly("taking a snapshot: "
                            + storage.status().durability().snapshotFailure());
            assertThat(storage.status().failures().count()).isPositive();
            assertThat(storage.status().failures().last())
                    .isEqualTo("taking a snapshot failed: "
                            + storage.status().durability().snapshotFailure());
            change(storage, 10);
            Files.delete(inTheWay);
            await(() -> {
                now.addAndGet(HOUR);
                return storage.status().durability().snapshotSequence() == 2;
            });
            await(() -> storage.status().durability().snapshotFailure() == null);
        }
    }
}
