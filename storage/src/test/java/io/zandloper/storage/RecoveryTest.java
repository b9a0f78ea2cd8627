package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.change.RecordEvent;
import io.zandloper.storage.change.UpsertProfile;
import io.zandloper.storage.change.UpsertProfile.IdentitiesPatch;
import io.zandloper.storage.change.UpsertProfile.Mode;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecoveryTest extends StorageFixture {
    @Test
    void aCleanStopAndRestartKeepsEverything() {
        final long seed = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        final Map<Identity, Profile> before = new HashMap<>();
        try (Storage storage = open()) {
            apply(storage, catalog("{1}", BANK));
            for (int i = 0; i < 3_000; i++) {
                final Map<String, Object> attributes =
                        Map.of("age", (long) random.nextInt(100), "name", "n" + random.nextInt());
                final Map<String, Long> segments = random.nextBoolean() ? Map.of("vip", Times.NEVER) : Map.of();
                apply(storage, patch(crm(i), List.of(new Identity("cookie", "c" + i)), attributes, segments));
            }
            for (int i = 0; i < 3_000; i++) {
                before.put(crm(i), read(storage, crm(i)));
            }
        }
        try (Storage storage = open()) {
            assertThat(storage.sequence()).isEqualTo(3_001);
            assertThat(storage.catalog().version()).isEqualTo(1);
            assertThat(new String(storage.catalogSource(), StandardCharsets.UTF_8))
                    .isEqualTo("{1}");
            for (int i = 0; i < 3_000; i++) {
                final Profile profile = read(storage, new Identity("cookie", "c" + i));
                assertThat(profile).as("seed %d profile %d", seed, i).isEqualTo(before.get(crm(i)));
                final boolean senior = (long) profile.attributes().get("age") >= 60;
                assertThat(visible(storage, crm(i)).contains("senior")).isEqualTo(senior);
            }
            assertThat(apply(storage, patch(crm(5_000), List.of(), Map.of(), Map.of()))
                            .sequence())
                    .isEqualTo(3_002);
        }
    }

    @Test
    void aFolderInUseIsRefused() {
        try (Storage storage = open()) {
            assertThat(storage.sequence()).isZero();
            assertThatThrownBy(this::open)
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("in use")
                    .hasMessageContaining(folder.toString());
        }
    }

    @Test
    void afterAnUncleanEndEverythingAcknowledgedIsThere() throws Exception {
        final Path killed = folder.resolve("killed");
        final Map<Identity, Profile> before = new HashMap<>();
        final Identity cookie = new Identity("cookie", "x");
        try (Storage storage = open(folder.resolve("running"))) {
            apply(storage, catalog("{1}", BANK));
            for (int i = 0; i < 500; i++) {
                apply(storage, patch(crm(i), List.of(), Map.of("age", 20L + i), Map.of("vip", Times.NEVER)));
            }
            apply(storage, patch(crm(7), List.of(cookie), Map.of(), Map.of()));
            apply(
                    storage,
                    new UpsertProfile(
                            crm(7),
                            Mode.MERGE,
                            null,
                            null,
                            new IdentitiesPatch(false, List.of(), List.of(cookie)),
                            null,
                            null,
                            null,
                            null));
            apply(storage, new RecordEvent(crm(9), "e", "click", null, null, 5, null, 1.5, Map.of("a", true)));
            for (int i = 0; i < 500; i++) {
                before.put(crm(i), read(storage, crm(i)));
            }
            copy(folder.resolve("running"), killed);
        }
        try (Storage storage = open(killed)) {
            assertThat(storage.sequence()).isEqualTo(504);
            assertThat(storage.catalog().version()).isEqualTo(1);
            before.forEach(
                    (identity, profile) -> assertThat(read(storage, identity)).isEqualTo(profile));
            assertThat(read(storage, cookie)).isNull();
            assertThat(visible(storage, crm(60))).containsExactly("vip", "senior", "senior-vip");
            assertThat(apply(storage, patch(crm(501), List.of(), Map.of(), Map.of()))
                            .sequence())
                    .isEqualTo(505);
        }
    }

    @Test
    void aStartAfterAnUncleanEndCompilesOneCatalogHoweverManyThereWere() throws Exception {
        final CatalogDocument seniors = new CatalogDocument(
                List.of(segment("extra", 0, null), segment("senior", 0, "profile.age >= 30"), segment("vip", 0, null)),
                List.of(),
                List.of(),
                CatalogDocument.Policies.DEFAULT);
        final AtomicInteger compiled = new AtomicInteger();
        final CatalogLoader loader = new CatalogLoader() {
            @Override
            public Catalog compile(byte[] source) {
                compiled.incrementAndGet();
                return compiled(read(source));
            }

            @Override
            public CatalogDocument read(byte[] source) {
                return source[0] == 'b' ? BANK : seniors;
            }
        };
        final Path running = folder.resolve("running");
        final Path killed = folder.resolve("killed");
        try (Storage storage = Storage.open(StorageConfig.of(running), loader, now::get)) {
            for (int i = 0; i < 5; i++) {
                apply(storage, catalog("b" + i, BANK));
                apply(storage, patch(crm(i), List.of(), Map.of("age", 70L), Map.of("vip", Times.NEVER)));
                apply(storage, replaceMembers(storage, "vip", Times.NEVER, List.of(crm(i), crm(0))));
            }
            storage.snapshot().get(30, TimeUnit.SECONDS);
            apply(storage, catalog("b", BANK));
            apply(storage, catalog("s", seniors));
            apply(storage, patch(crm(1), List.of(), Map.of("age", 35L), Map.of("extra", Times.NEVER)));
            apply(storage, replaceMembers(storage, "extra", Times.NEVER, List.of(crm(1), crm(2))));
            copy(running, killed);
        }
        try (Storage storage = Storage.open(StorageConfig.of(killed), loader, now::get)) {
            assertThat(compiled).hasValue(1);
            assertThat(storage.catalog().version()).isEqualTo(7);
            assertThat(visible(storage, crm(0))).containsExactly("senior", "vip");
            assertThat(visible(storage, crm(1))).containsExactly("extra", "senior");
            assertThat(visible(storage, crm(2))).containsExactly("extra", "senior");
            apply(storage, patch(crm(2), List.of(), Map.of("age", 20L), Map.of()));
            assertThat(visible(storage, crm(2))).containsExactly("extra");
        }
    }

    @Test
    void aDamagedMarkerIsNotBelievedAndTheTablesAreMadeAgain() throws Exception {
        try (Storage storage = open()) {
            apply(storage, patch(crm(1), List.of(), Map.of("age", 5L), Map.of()));
        }
        final Path marker = folder.resolve("clean-stop");
        final byte[] bytes = Files.readAllBytes(marker);
        bytes[20] ^= 1;
        Files.write(marker, bytes);
        try (Storage storage = open()) {
            assertThat(read(storage, crm(1)).attributes()).containsEntry("age", 5L);
        }
    }

    @Test
    void aMarkerThatTheJournalContradictsIsNotBelieved() throws Exception {
        try (Storage storage = open()) {
            apply(storage, patch(crm(1), List.of(), Map.of(), Map.of()));
        }
        final byte[] marker = Files.readAllBytes(folder.resolve("clean-stop"));
        try (Storage storage = open()) {
            apply(storage, patch(crm(2), List.of(), Map.of(), Map.of()));
        }
        Files.write(folder.resolve("clean-stop"), marker);
        try (Storage storage = open()) {
            assertThat(storage.sequence()).isEqualTo(2);
            assertThat(read(storage, crm(2))).isNotNull();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {72, 200}) // the length of the first entry, which its padding would hide; some other byte
    void aDamagedJournalIsRefusedByName(int offset) throws Exception {
        try (Storage storage = open()) {
            for (int i = 0; i < 10; i++) {
                apply(storage, patch(crm(i), List.of(), Map.of(), Map.of()));
            }
        }
        Files.delete(folder.resolve("clean-stop"));
        final Path journal;
        try (Stream<Path> files = Files.list(folder.resolve("journal"))) {
            journal = files.filter(file -> file.toString().endsWith(".journal"))
                    .findFirst()
                    .orElseThrow();
        }
        final byte[] bytes = Files.readAllBytes(journal);
        bytes[offset] ^= 1;
        Files.write(journal, bytes);
        assertThatThrownBy(this::open)
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(journal.getFileName().toString())
                .hasMessageContaining("offset");
    }

    @Test
    void rowsOfEarlierCatalogsLeaveTheFolder() throws Exception {
        try (Storage storage = open()) {
            apply(storage, patch(crm(1), List.of(), Map.of(), Map.of()));
            for (int i = 0; i < 5; i++) {
                apply(storage, catalog("{" + i + "}", BANK));
            }
        }
        try (Stream<Path> names = Files.list(folder)) {
            assertThat(names.filter(name -> name.getFileName().toString().startsWith("rows-")))
                    .hasSize(1);
        }
    }
}
