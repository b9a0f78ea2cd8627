package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.ChangeOutcome.Status;
import io.zandloper.storage.change.RecordEvent;
import io.zandloper.storage.change.UpsertProfile;
import io.zandloper.storage.change.UpsertProfile.ConsentPatch;
import io.zandloper.storage.change.UpsertProfile.IdentitiesPatch;
import io.zandloper.storage.change.UpsertProfile.Mode;
import io.zandloper.storage.profile.Consent;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Times;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StorageTest extends StorageFixture {
    @Test
    void aProfileIsFoundByEveryIdentityAndByNoOther() {
        try (Storage storage = open()) {
            final Identity cookie = new Identity("cookie", "a");
            final ChangeOutcome created = apply(storage, patch(crm(1), List.of(cookie), Map.of("age", 41L), Map.of()));
            assertThat(created).isEqualTo(new ChangeOutcome(Status.CREATED, crm(1), 1, 1, List.of()));
            assertThat(storage.sequence()).isEqualTo(1);
            assertThat(read(storage, cookie)).isEqualTo(read(storage, crm(1)));
            assertThat(read(storage, cookie).attributes()).containsEntry("age", 41L);
            assertThat(read(storage, crm(2))).isNull();
            apply(
                    storage,
                    new UpsertProfile(
                            crm(1),
                            Mode.MERGE,
                            null,
                            null,
                            new IdentitiesPatch(false, List.of(), List.of(cookie)),
                            null,
                            null,
                            null,
                            null));
            assertThat(read(storage, cookie)).isNull();
            apply(storage, patch(crm(2), List.of(cookie), Map.of(), Map.of()));
            assertThat(read(storage, cookie).primary()).isEqualTo(crm(2));
        }
    }

    @Test
    void anIdentityOfAnotherProfileIsAConflict() {
        try (Storage storage = open()) {
            apply(storage, patch(crm(1), List.of(), Map.of(), Map.of()));
            apply(storage, patch(crm(2), List.of(), Map.of(), Map.of()));
            assertThat(apply(storage, patch(crm(1), List.of(crm(2)), Map.of(), Map.of()))
                            .status())
                    .isEqualTo(Status.CONFLICT);
            assertThat(apply(storage, patch(crm(3), List.of(crm(2)), Map.of(), Map.of()))
                            .status())
                    .isEqualTo(Status.CONFLICT);
            assertThat(apply(storage, patch(null, List.of(crm(1), crm(2)), Map.of(), Map.of()))
                            .status())
                    .isEqualTo(Status.CONFLICT);
            assertThat(apply(storage, patch(null, List.of(crm(2), crm(3)), Map.of(), Map.of()))
                            .status())
                    .isEqualTo(Status.UPDATED);
            assertThat(apply(storage, patch(null, List.of(), Map.of(), Map.of()))
                            .status())
                    .isEqualTo(Status.INVALID);
            assertThat(read(storage, crm(3)).primary()).isEqualTo(crm(2));
            assertThat(storage.sequence()).isEqualTo(3);
        }
    }

    @Test
    void rowsHoldWhatIsVisibleAndFollowEveryWrite() {
        try (Storage storage = open()) {
            apply(storage, catalog("{1}", BANK));
            apply(storage, patch(crm(1), List.of(), Map.of("age", 70L), Map.of("vip", Times.NEVER, "ads", 5_000_000L)));
            assertThat(visible(storage, crm(1))).containsExactly("vip", "senior", "senior-vip");
            apply(
                    storage,
                    new UpsertProfile(
                            crm(1),
                            Mode.MERGE,
                            null,
                            null,
                            null,
                            null,
                            null,
                            null,
                            new ConsentPatch(false, Consent.purposeBit(4), true, null, null)));
            assertThat(visible(storage, crm(1))).containsExactly("vip", "ads", "senior", "senior-vip");
            apply(storage, patch(crm(1), List.of(), Map.of("age", 20L), Map.of()));
            assertThat(visible(storage, crm(1))).containsExactly("vip", "ads");
        }
    }

    @Test
    void afterAnExpiryTheRowSendsItsReaderToTheRecord() {
        try (Storage storage = open()) {
            apply(storage, catalog("{1}", BANK));
            apply(storage, patch(crm(1), List.of(), Map.of(), Map.of("vip", 2_000_000L)));
            try (StorageReader reader = storage.newReader()) {
                final View view = reader.enter();
                final int ordinal = view.find(crm(1));
                final int vip = view.catalog().segmentBit("vip");
                assertThat(view.testSegment(ordinal, vip, 1_999_999)).isEqualTo(1);
                assertThat(view.testSegment(ordinal, vip, 2_000_000)).isEqualTo(-1);
                assertThat(view.testSegment(ordinal, view.catalog().segmentBit("senior"), 1_999_999))
                        .isZero();
            }
        }
    }

    @Test
    void aNewCatalogIsJudgedForEveryProfileAndForgetsNoMembership() {
        final CatalogDocument without = new CatalogDocument(
                List.of(segment("young", 0, "profile.age < 30"), segment("ads", 0, null)),
                List.of(),
                List.of(),
                CatalogDocument.Policies.DEFAULT);
        try (Storage storage = open()) {
            apply(storage, catalog("{1}", BANK));
            apply(
                    storage,
                    patch(crm(1), List.of(), Map.of("age", 20L), Map.of("vip", Times.NEVER, "ads", Times.NEVER)));
            final ChangeOutcome replaced = apply(storage, catalog("{2}", without));
            assertThat(replaced).isEqualTo(new ChangeOutcome(Status.UPDATED, null, 2, 3, List.of()));
            assertThat(visible(storage, crm(1))).containsExactly("young", "ads");
            assertThat(apply(storage, catalog("{2}", without)).status()).isEqualTo(Status.UNCHANGED);
            apply(storage, catalog("{3}", BANK));
            assertThat(visible(storage, crm(1))).containsExactly("vip");
            assertThat(read(storage, crm(1)).version()).isEqualTo(2);
        }
    }

    @Test
    void anEventCreatesItsProfileAndIsKnownAgainById() {
        try (Storage storage = open()) {
            final RecordEvent event =
                    new RecordEvent(crm(1), "e1", "click", null, null, 5, null, null, Map.of("channel", "web"));
            assertThat(apply(storage, event).status()).isEqualTo(Status.CREATED);
            assertThat(apply(storage, event).status()).isEqualTo(Status.DUPLICATE);
            assertThat(storage.sequence()).isEqualTo(1);
            assertThat(read(storage, crm(1)).history().events()).hasSize(1);
        }
    }

    @Test
    void aDocumentOverItsLimitIsRefusedAndChangesNothing() {
        final Map<String, Object> large = new HashMap<>();
        for (int i = 0; i < 16; i++) {
            large.put("a" + i, "x".repeat(4096));
        }
        try (Storage storage = open()) {
            assertThat(apply(storage, patch(crm(1), List.of(), large, Map.of())).status())
                    .isEqualTo(Status.INVALID);
            assertThat(read(storage, crm(1))).isNull();
            large.remove("a0");
            assertThat(apply(storage, patch(crm(1), List.of(), large, Map.of())).status())
                    .isEqualTo(Status.CREATED);
        }
    }
}
