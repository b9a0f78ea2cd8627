package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.ChangeOutcome.Status;
import io.zandloper.storage.change.RecordEvent;
import io.zandloper.storage.change.TidyProfile;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import io.zandloper.storage.resolve.ProfileTidier;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tidies by hand: the storages here make no changes of their own, which would come first at random. */
class TidyTest extends StorageFixture {
    private static final CatalogDocument FORGETFUL = new CatalogDocument(
            BANK.segments(),
            List.of(),
            List.of(),
            new CatalogDocument.Policies(false, null, List.of(), List.of(), 86_400_000_000L, 1_000));

    @Override
    Storage open(Path dataFolder) {
        return Storage.open(StorageConfig.of(dataFolder).withoutOwnChanges(), source -> compiled(BANK), now::get);
    }

    @Test
    void anExpiredRowIsJudgedAnewAndTheDocumentStaysAsItIs() throws Exception {
        final Path running = folder.resolve("running");
        final Path killed = folder.resolve("killed");
        try (Storage storage = open(running)) {
            apply(storage, catalog("{1}", BANK));
            apply(storage, patch(crm(1), List.of(), Map.of("age", 70L), Map.of("vip", 2_000_000L)));
            assertThat(apply(storage, new TidyProfile(0)).status()).isEqualTo(Status.UNCHANGED);
            assertThat(apply(storage, new TidyProfile(1)).status()).isEqualTo(Status.UNKNOWN);
            now.set(2_000_000);
            final ChangeOutcome tidied = apply(storage, new TidyProfile(0));
            assertThat(tidied).isEqualTo(new ChangeOutcome(Status.UPDATED, crm(1), 2, 3, List.of()));
            copy(running, killed);
        }
        for (final Path folder : List.of(running, killed)) {
            try (Storage storage = open(folder)) {
                assertThat(visible(storage, crm(1))).containsExactly("senior");
                final Profile profile = read(storage, crm(1));
                assertThat(profile.version()).isEqualTo(2);
                assertThat(profile.updatedAtMicros()).isEqualTo(1_000_000);
                assertThat(profile.sequence()).isEqualTo(3);
                assertThat(profile.listed()).containsEntry("vip", 2_000_000L);
                assertThat(apply(storage, new TidyProfile(0)).status()).isEqualTo(Status.UNCHANGED);
            }
        }
    }

    @Test
    void whatExpiredThirtyDaysAgoGoes() {
        try (Storage storage = open()) {
            apply(storage, catalog("{1}", BANK));
            apply(storage, patch(crm(1), List.of(), Map.of(), Map.of("vip", 2_000_000L, "ads", Times.NEVER)));
            now.set(2_000_000 + ProfileTidier.EXPIRED_KEPT_MICROS);
            assertThat(apply(storage, new TidyProfile(0)).status()).isEqualTo(Status.UPDATED);
            assertThat(read(storage, crm(1)).listed()).containsOnlyKeys("ads");
        }
    }

    @Test
    void anIdleProfileGoesAndIsNotRemembered() {
        try (Storage storage = open()) {
            apply(storage, catalog("{1}", FORGETFUL));
            apply(storage, patch(crm(1), List.of(), Map.of(), Map.of()));
            now.addAndGet(1_000);
            assertThat(apply(storage, new TidyProfile(0)).status()).isEqualTo(Status.UNCHANGED);
            now.addAndGet(1);
            final ChangeOutcome gone = apply(storage, new TidyProfile(0));
            assertThat(gone.erased()).containsExactly(crm(1));
            assertThat(read(storage, crm(1))).isNull();
            assertThat(storage.status().profiles()).isZero();
            final RecordEvent event = new RecordEvent(crm(1), "e", "click", null, null, 5, null, null, Map.of());
            assertThat(apply(storage, event).status()).isEqualTo(Status.CREATED);
        }
    }
}
