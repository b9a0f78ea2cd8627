package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.storage.change.Change;
import io.zandloper.storage.change.EraseProfile;
import io.zandloper.storage.change.LinkProfiles;
import io.zandloper.storage.change.UpsertProfile;
import io.zandloper.storage.change.UpsertProfile.AttributesPatch;
import io.zandloper.storage.change.UpsertProfile.IdentitiesPatch;
import io.zandloper.storage.change.UpsertProfile.Mode;
import io.zandloper.storage.disk.FileDisk;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import io.zandloper.storage.snapshot.SnapshotReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SnapshotTest extends StorageFixture {
    @Test
    void aSnapshotUnderWritesIsOneMomentAndWithTheJournalAfterItEverything() throws Exception {
        final Path killed = folder.resolve("killed");
        final Path running = folder.resolve("running");
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        final Map<Identity, Profile> before = new HashMap<>();
        final Map<Identity, List<String>> visible = new HashMap<>();
        final int people = 300;
        try (Storage storage = open(running)) {
            apply(storage, catalog("{1}", BANK));
            for (int i = 0; i < people; i++) {
                apply(storage, patch(crm(i), List.of(), Map.of("age", 20L), Map.of("vip", Times.NEVER)));
            }
            for (int round = 0; round < 4; round++) {
                final CompletableFuture<Path> snapshot = storage.snapshot();
                for (int i = 0; i < 200; i++) {
                    apply(storage, randomChange(storage, random, people));
                }
                assertThat(snapshot.get(30, TimeUnit.SECONDS)).isDirectory();
            }
            for (int i = 0; i < people; i++) {
                before.put(crm(i), read(storage, crm(i)));
            }
            for (int c = 0; c < 40; c++) {
                before.put(new Identity("cookie", "c" + c), read(storage, new Identity("cookie", "c" + c)));
            }
            before.forEach((identity, profile) -> {
                if (profile != null) {
                    visible.put(identity, visible(storage, identity));
                }
            });
            copy(running, killed);
        }
        try (Storage storage = open(killed)) {
            before.forEach((identity, profile) -> assertThat(read(storage, identity))
                    .as("seed %d %s", seed, identity)
                    .isEqualTo(profile));
            visible.forEach((identity, segments) -> assertThat(visible(storage, identity))
                    .as("seed %d %s", seed, identity)
                    .isEqualTo(segments));
            assertThat(storage.status().profiles())
                    .isEqualTo(before.values().stream()
                            .filter(Objects::nonNull)
                            .distinct()
                            .count());
        }
        try (Stream<Path> kept = Files.list(killed.resolve("journal/snapshots"))) {
            assertThat(kept).hasSize(2);
        }
    }

    private static Change randomChange(Storage storage, SplittableRandom random, int people) {
        return switch (random.nextInt(12)) {
            case 0 -> new EraseProfile(crm(random.nextInt(people)));
            case 1, 2 -> new LinkProfiles(crm(random.nextInt(people)), crm(random.nextInt(people)));
            case 3 -> {
                final List<Identity> members = new ArrayList<>();
                for (int i = 0; i < people / 2; i++) {
                    members.add(crm(random.nextInt(people)));
                }
                yield replaceMembers(storage, "vip", Times.NEVER, members);
            }
            default -> randomIdentityChange(random, people);
        };
    }

    private static UpsertProfile randomIdentityChange(SplittableRandom random, int people) {
        final List<Identity> cookie = List.of(new Identity("cookie", "c" + random.nextInt(40)));
        final boolean remove = random.nextBoolean();
        return new UpsertProfile(
                crm(random.nextInt(people)),
                Mode.MERGE,
                null,
                null,
                new IdentitiesPatch(false, remove ? List.of() : cookie, remove ? cookie : List.of()),
                new AttributesPatch(false, Map.of("age", (long) random.nextInt(90))),
                null,
                null,
                null);
    }

    @Test
    void itsLengthIsThatOfAllItsFiles() throws Exception {
        final long bytes;
        try (Storage storage = open()) {
            apply(storage, catalog("{1}", BANK));
            apply(storage, patch(crm(1), List.of(), Map.of("age", 5L), Map.of()));
            apply(storage, patch(crm(2), List.of(), Map.of("age", 5L), Map.of()));
            apply(storage, new EraseProfile(crm(2)));
            final Path snapshot = storage.snapshot().get(30, TimeUnit.SECONDS);
            bytes = storage.status().durability().snapshotBytes();
            try (Stream<Path> files = Files.list(snapshot)) {
                assertThat(bytes)
                        .isEqualTo(
                                files.mapToLong(file -> file.toFile().length()).sum());
            }
        }
        try (Storage storage = open()) {
            assertThat(storage.status().durability().snapshotBytes()).isEqualTo(bytes);
        }
    }

    @Test
    void aDamagedSnapshotIsPassedOverForAnOlderOne() throws Exception {
        final Path snapshot;
        try (Storage storage = open()) {
            apply(storage, patch(crm(1), List.of(), Map.of("age", 5L), Map.of()));
            storage.snapshot().get(30, TimeUnit.SECONDS);
            apply(storage, patch(crm(2), List.of(), Map.of("age", 6L), Map.of()));
            snapshot = storage.snapshot().get(30, TimeUnit.SECONDS);
        }
        final Path profiles = snapshot.resolve("profiles");
        final byte[] bytes = Files.readAllBytes(profiles);
        bytes[40] ^= 1;
        Files.write(profiles, bytes);
        assertThatThrownBy(
                        () -> SnapshotReader.open(FileDisk.INSTANCE, snapshot).verify())
                .hasMessageContaining(profiles.toString())
                .hasMessageContaining("offset 0");
        Files.delete(folder.resolve("clean-stop"));
        try (Storage storage = open()) {
            assertThat(storage.sequence()).isEqualTo(2);
            assertThat(read(storage, crm(2)).attributes()).containsEntry("age", 6L);
        }
    }
}
