package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.EraseProfile;
import io.zandloper.storage.change.RecordEvent;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Times;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Within the erasure bound no file of the data folder holds anything of who was erased. */
class ErasureFilesTest extends StorageFixture {
    private static final Identity PERSON = new Identity("crm", "person-7f3a91");
    private static final Identity COOKIE = new Identity("cookie", "cookie-5be2c8");
    private static final String NAME = "name-d41d8cd9";
    private static final String LONG_NAME = "longer-" + "e9800998".repeat(60);
    private static final String EVENT = "event-0cc175b9";
    private static final List<String> TEXTS = List.of(PERSON.value(), COOKIE.value(), NAME, "e9800998e9800998", EVENT);

    /** Files that hold one of the person's texts, with it. */
    private List<String> found() throws IOException {
        final List<String> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (final Path file : files.filter(Files::isRegularFile).toList()) {
                final String bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
                TEXTS.stream().filter(bytes::contains).forEach(text -> found.add(file.getFileName() + ": " + text));
            }
        }
        return found;
    }

    private void writePerson(Storage storage) {
        apply(storage, catalog("{1}", BANK));
        for (int i = 0; i < 50; i++) {
            apply(storage, patch(crm(i), List.of(), Map.of("age", 20L), Map.of("vip", Times.NEVER)));
        }
        apply(storage, patch(PERSON, List.of(COOKIE), Map.of("name", NAME), Map.of("vip", Times.NEVER)));
        // Its record moves to another place of the map as it grows.
        apply(storage, patch(PERSON, List.of(), Map.of("name", LONG_NAME), Map.of()));
        apply(storage, new RecordEvent(COOKIE, EVENT, "click", null, null, 5, null, 1.0, Map.of("channel", EVENT)));
        apply(storage, patch(crm(51), List.of(), Map.of("age", 20L), Map.of()));
    }

    @Test
    void afterTheBoundNoFileHoldsAnyOfTheBytesThatAreEverywhereBefore() throws Exception {
        try (Storage storage = openQuick()) {
            writePerson(storage);
            storage.snapshot().get(30, TimeUnit.SECONDS);
            apply(storage, patch(PERSON, List.of(), Map.of("age", 3L), Map.of()));
            storage.snapshot().get(30, TimeUnit.SECONDS);
            final ChangeOutcome erased = apply(storage, new EraseProfile(COOKIE));
            assertThat(erased.erased()).containsExactlyInAnyOrder(PERSON, COOKIE);
            // Able to fail: journal and both snapshots hold all of it.
            assertThat(found().stream().map(text -> text.substring(text.indexOf(' ') + 1)))
                    .containsAll(TEXTS);
            assertThat(found()).anyMatch(text -> text.contains(".journal")).anyMatch(text -> text.contains("profiles"));
            assertThat(storage.status().durability().pendingErasures()).isEqualTo(1);

            now.addAndGet(storage.catalog().policies().erasureBoundMicros() / 2);
            await(() -> storage.status().durability().pendingErasures() == 0);

            assertThat(found()).isEmpty();
            assertThat(read(storage, crm(3)).attributes()).containsEntry("age", 20L);
        }
        assertThat(found()).isEmpty();
        try (Storage storage = openQuick()) {
            assertThat(read(storage, PERSON)).isNull();
            assertThat(read(storage, crm(51))).isNotNull();
            assertThat(storage.status().durability().pendingErasures()).isZero();
        }
    }

    /** Nothing changes after the erasure, and a snapshot is taken that began before it: it must not be taken for one after. */
    @Test
    void aSnapshotThatBeganBeforeTheErasureAndEndedAfterItGoesAsWell() throws Exception {
        try (Storage storage = openQuick()) {
            writePerson(storage);
            apply(storage, new EraseProfile(PERSON));
            final Path snapshot = storage.snapshot().get(30, TimeUnit.SECONDS);
            assertThat(snapshot).isDirectory();
            now.addAndGet(storage.catalog().policies().erasureBoundMicros());
            await(() -> storage.status().durability().pendingErasures() == 0);
            assertThat(found()).isEmpty();
        }
    }

    @Test
    void anErasureLeftPendingByAStopIsCompletedAfterTheNextStart() throws Exception {
        try (Storage storage = openQuick()) {
            writePerson(storage);
            apply(storage, new EraseProfile(PERSON));
        }
        assertThat(found()).isNotEmpty();
        Files.delete(folder.resolve("clean-stop"));
        now.addAndGet(2L * 24 * 60 * 60 * 1_000_000);
        try (Storage storage = openQuick()) {
            await(() -> storage.status().durability().pendingErasures() == 0);
            assertThat(found()).isEmpty();
        }
    }

    @Test
    void whatACrashLeftOfASnapshotGoesAsWell() throws Exception {
        try (Storage storage = openQuick()) {
            writePerson(storage);
            apply(storage, new EraseProfile(PERSON));
            now.addAndGet(storage.catalog().policies().erasureBoundMicros());
            await(() -> storage.status().durability().pendingErasures() == 0);
        }
        final Path left = Files.createDirectories(folder.resolve("journal/snapshots/0000000000000000007.new"));
        Files.writeString(left.resolve("profiles"), NAME);
        assertThat(found()).isNotEmpty();
        try (Storage storage = openQuick()) {
            await(() -> storage.status().durability().pendingErasures() == 0);
            assertThat(found()).isEmpty();
        }
    }
}
