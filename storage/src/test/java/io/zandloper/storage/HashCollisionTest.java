package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.change.Change;
import io.zandloper.storage.change.ChangeOutcome.Status;
import io.zandloper.storage.change.EraseProfile;
import io.zandloper.storage.change.LinkProfiles;
import io.zandloper.storage.change.RecordEvent;
import io.zandloper.storage.disk.FileDisk;
import io.zandloper.storage.erasure.ErasureLedger;
import io.zandloper.storage.format.IdentityHash;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two identities with one hash: nobody will ever see it, and nobody may see another's data by it. */
class HashCollisionTest extends StorageFixture {
    private static final Identity STRANGER = new Identity("cookie", "stranger");

    private Tables tables;
    private Resolver resolver;

    /** The index leads the stranger to crm:1, as it would if both had the same hash. */
    @BeforeEach
    void collide() {
        tables = Tables.create(
                new DataFolder(folder.resolve("tables"), folder, Platform.MACHINE, new byte[IdentityHash.KEY_BYTES]),
                ErasureLedger.open(FileDisk.INSTANCE, folder.resolve("ledger"), 0, 0, 0));
        resolver = new Resolver(tables, now::get);
        apply(patch(crm(1), List.of(), Map.of("age", 1L), Map.of()));
        apply(patch(crm(2), List.of(), Map.of(), Map.of()));
        tables.index()
                .put(tables.hashes(List.of(STRANGER))[0], tables.hashes(List.of(STRANGER))[1], tables.find(crm(1)));
    }

    @AfterEach
    void unmap() {
        tables.abandon();
    }

    private Status apply(Change change) {
        final Resolver.Resolved resolved = resolver.resolve(change);
        if (resolved.effect() != null) {
            tables.apply(resolved.effect());
        }
        return resolved.outcome().status();
    }

    @Test
    void aReaderIsToldThatNobodyHasTheIdentity() {
        try (StorageReader reader = new StorageReader(() -> tables)) {
            final View view = reader.enter();
            assertThat(view.find(STRANGER)).isEqualTo(view.find(crm(1)));
            assertThat(view.profile(STRANGER)).isNull();
            final Profile profile = view.profile(crm(1));
            assertThat(profile.identities()).containsExactly(crm(1));
        }
    }

    @Test
    void noChangeTouchesTheOther() {
        final long sequence = tables.sequence();
        assertThat(apply(patch(STRANGER, List.of(), Map.of("age", 2L), Map.of())))
                .isEqualTo(Status.CONFLICT);
        assertThat(apply(patch(null, List.of(STRANGER), Map.of("age", 2L), Map.of())))
                .isEqualTo(Status.CONFLICT);
        assertThat(apply(patch(crm(2), List.of(STRANGER), Map.of(), Map.of()))).isEqualTo(Status.CONFLICT);
        assertThat(apply(patch(null, List.of(crm(2), STRANGER), Map.of(), Map.of())))
                .isEqualTo(Status.CONFLICT);
        assertThat(apply(new RecordEvent(STRANGER, "e", "click", null, null, 1, null, null, Map.of())))
                .isEqualTo(Status.CONFLICT);
        assertThat(apply(new LinkProfiles(STRANGER, crm(2)))).isEqualTo(Status.CONFLICT);
        assertThat(apply(new LinkProfiles(crm(1), STRANGER))).isEqualTo(Status.CONFLICT);
        assertThat(apply(new EraseProfile(STRANGER))).isEqualTo(Status.UNKNOWN);
        assertThat(tables.sequence()).isEqualTo(sequence);
        assertThat(tables.readProfile(tables.find(crm(1))).attributes()).containsEntry("age", 1L);
    }
}
