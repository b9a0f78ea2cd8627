package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.storage.change.ChangeOutcome.Status;
import io.zandloper.storage.change.EraseProfile;
import io.zandloper.storage.change.LinkProfiles;
import io.zandloper.storage.change.RecordEvent;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Times;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A snapshot becomes a data folder; who was erased since is in no part of it. */
class RestoreTest extends StorageFixture {
    private static final Identity COOKIE = new Identity("cookie", "c2");

    private Path source;
    private Path target;

    @BeforeEach
    void name() {
        source = folder.resolve("source");
        target = folder.resolve("target");
    }

    private StorageRestore.Restored restore(Path snapshot, @Nullable Path ledger) {
        return StorageRestore.restore(snapshot, StorageConfig.of(target), text -> compiled(BANK), now::get, ledger);
    }

    private Path snapshotOfTen() throws Exception {
        try (Storage storage = open(source)) {
            apply(storage, catalog("{1}", BANK));
            for (int i = 0; i < 10; i++) {
                apply(storage, patch(crm(i), List.of(), Map.of("age", 60L + i), Map.of("vip", Times.NEVER)));
            }
            apply(storage, patch(crm(2), List.of(COOKIE), Map.of(), Map.of()));
            return storage.snapshot().get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void everythingAtTheSnapshotIsThereAndNothingLater() throws Exception {
        final Path snapshot = snapshotOfTen();
        try (Storage storage = open(source)) {
            apply(storage, patch(crm(11), List.of(), Map.of(), Map.of()));
        }
        final StorageRestore.Restored restored = restore(snapshot, null);
        assertThat(restored).isEqualTo(new StorageRestore.Restored(12, 12, 10, 0, null));
        try (Storage storage = open(target)) {
            assertThat(storage.sequence()).isEqualTo(12);
            assertThat(storage.catalog().version()).isEqualTo(1);
            assertThat(new String(storage.catalogSource(), StandardCharsets.UTF_8))
                    .isEqualTo("{1}");
            assertThat(read(storage, COOKIE).primary()).isEqualTo(crm(2));
            assertThat(visible(storage, crm(3))).containsExactly("vip", "senior", "senior-vip");
            assertThat(read(storage, crm(11))).isNull();
            assertThat(apply(storage, patch(crm(12), List.of(), Map.of(), Map.of()))
                            .sequence())
                    .isEqualTo(13);
        }
    }

    @Test
    void whoWasErasedSinceIsErasedInTheFolderAndInEveryFileOfIt() throws Exception {
        final Path snapshot = snapshotOfTen();
        try (Storage storage = open(source)) {
            apply(storage, new EraseProfile(COOKIE));
            apply(storage, new LinkProfiles(crm(5), crm(6)));
            apply(storage, new EraseProfile(crm(6)));
            apply(storage, patch(crm(20), List.of(), Map.of(), Map.of()));
            apply(storage, new EraseProfile(crm(20)));
        }
        final StorageRestore.Restored restored = restore(snapshot, null);
        assertThat(restored.erased()).isEqualTo(3);
        assertThat(restored.profiles()).isEqualTo(7);
        assertThat(restored.ledger()).isEqualTo(source.resolve("journal/erasures.ledger"));
        final StorageVerifier.Report report = StorageVerifier.verify(target);
        assertThat(report.damage()).isEmpty();
        try (Storage storage = open(target)) {
            for (final Identity gone : List.of(crm(2), COOKIE, crm(5), crm(6), crm(20))) {
                assertThat(read(storage, gone)).as("%s", gone).isNull();
                assertThat(apply(storage, new RecordEvent(gone, null, "click", null, null, 5, null, null, Map.of()))
                                .status())
                        .isEqualTo(Status.ERASED);
            }
            assertThat(read(storage, crm(7))).isNotNull();
            assertThat(storage.status().durability().pendingErasures()).isZero();
        }
    }

    @Test
    void aSnapshotTakenAfterARestoreCarriesTheErasuresOnToTheNext() throws Exception {
        final Path first = snapshotOfTen();
        try (Storage storage = open(source)) {
            apply(storage, new EraseProfile(crm(1)));
        }
        restore(first, null);
        final Path third = folder.resolve("third");
        final Path second;
        try (Storage storage = open(target)) {
            second = storage.snapshot().get(30, TimeUnit.SECONDS);
            apply(storage, new EraseProfile(crm(3)));
        }
        target = third;
        assertThat(restore(second, null).erased()).isEqualTo(1);
        try (Storage storage = open(third)) {
            assertThat(read(storage, crm(1))).isNull();
            assertThat(read(storage, crm(3))).isNull();
            assertThat(apply(storage, new RecordEvent(crm(1), null, "click", null, null, 5, null, null, Map.of()))
                            .status())
                    .isEqualTo(Status.ERASED);
        }
    }

    @Test
    void aFolderThatIsNotEmptyIsRefused() throws Exception {
        final Path snapshot = snapshotOfTen();
        Files.createDirectories(target);
        Files.createFile(target.resolve("mine"));
        assertThatThrownBy(() -> restore(snapshot, null))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(target.toString())
                .hasMessageContaining("mine");
    }

    @Test
    void aDamagedSnapshotAndALedgerOfAnotherFolderAreRefusedByName() throws Exception {
        final Path snapshot = snapshotOfTen();
        final Path profiles = snapshot.resolve("profiles");
        final byte[] bytes = Files.readAllBytes(profiles);
        bytes[100] ^= 1;
        Files.write(profiles, bytes);
        assertThatThrownBy(() -> restore(snapshot, null))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(profiles.toString())
                .hasMessageContaining("offset 0");
        assertThat(StorageVerifier.verify(snapshot).damage())
                .singleElement()
                .asString()
                .contains("profiles", "offset 0");
        bytes[100] ^= 1;
        Files.write(profiles, bytes);
        assertThatThrownBy(() -> restore(snapshot, folder.resolve("none")))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(folder.resolve("none").toString());
    }

    @Test
    void aRestoreThatDidNotEndIsNotServed() throws Exception {
        restore(snapshotOfTen(), null);
        Files.createFile(target.resolve("journal/restoring"));
        assertThatThrownBy(() -> open(target))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("not finished");
    }
}
