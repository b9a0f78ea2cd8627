package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.ChangeOutcome.Status;
import io.zandloper.storage.change.LinkProfiles;
import io.zandloper.storage.change.RecordEvent;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import io.zandloper.storage.row.RowBits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LinkTest extends StorageFixture {
    private static final Identity COOKIE = new Identity("cookie", "a");

    private static Status link(Storage storage, Identity a, Identity b) {
        return apply(storage, new LinkProfiles(a, b)).status();
    }

    @Test
    void twoProfilesBecomeOneUnderTheIdentitiesOfBoth() {
        try (Storage storage = open()) {
            apply(storage, catalog("{1}", BANK));
            apply(storage, patch(crm(1), List.of(), Map.of("age", 70L), Map.of()));
            apply(storage, patch(COOKIE, List.of(), Map.of("age", 20L, "b", 1L), Map.of("vip", Times.NEVER)));
            apply(storage, new RecordEvent(COOKIE, "e1", "click", null, null, 5, null, null, Map.of()));
            final ChangeOutcome linked = apply(storage, new LinkProfiles(COOKIE, crm(1)));
            assertThat(linked).isEqualTo(new ChangeOutcome(Status.UPDATED, crm(1), 5, 5, List.of()));
            final Profile profile = read(storage, COOKIE);
            assertThat(profile).isEqualTo(read(storage, crm(1)));
            assertThat(profile.identities()).containsExactly(crm(1), COOKIE);
            assertThat(profile.attributes()).containsEntry("age", 70L).containsEntry("b", 1L);
            assertThat(profile.history().events()).hasSize(1);
            assertThat(visible(storage, COOKIE)).containsExactly("vip", "senior", "senior-vip");
            assertThat(storage.status().profiles()).isEqualTo(1);
            assertThat(storage.status().identities()).isEqualTo(2);
            assertThat(link(storage, crm(1), COOKIE)).isEqualTo(Status.UNCHANGED);
            assertThat(link(storage, crm(1), crm(1))).isEqualTo(Status.UNCHANGED);
            assertThat(storage.sequence()).isEqualTo(5);
        }
    }

    @Test
    void anUnknownIdentityIsAddedAndTwoAreUnknown() {
        try (Storage storage = open()) {
            assertThat(link(storage, crm(1), COOKIE)).isEqualTo(Status.UNKNOWN);
            assertThat(link(storage, crm(1), crm(1))).isEqualTo(Status.UNKNOWN);
            apply(storage, patch(crm(1), List.of(), Map.of(), Map.of()));
            assertThat(link(storage, COOKIE, crm(1))).isEqualTo(Status.UPDATED);
            assertThat(read(storage, COOKIE).identities()).containsExactly(crm(1), COOKIE);
            assertThat(link(storage, crm(1), crm(2))).isEqualTo(Status.UPDATED);
            assertThat(read(storage, crm(2)).primary()).isEqualTo(crm(1));
        }
    }

    @Test
    void moreThanThirtyTwoIdentitiesOrSixtyFourKiBAreRefusedAndNothingChanges() {
        try (Storage storage = open()) {
            final List<Identity> cookies = new ArrayList<>();
            for (int i = 0; i < 31; i++) {
                cookies.add(new Identity("cookie", "c" + i));
            }
            apply(storage, patch(crm(1), cookies, Map.of(), Map.of()));
            apply(storage, patch(crm(2), List.of(), Map.of(), Map.of()));
            assertThat(link(storage, crm(1), crm(2))).isEqualTo(Status.INVALID);
            assertThat(link(storage, crm(1), crm(3))).isEqualTo(Status.INVALID);
            final Map<String, Object> some = new HashMap<>();
            final Map<String, Object> others = new HashMap<>();
            for (int i = 0; i < 10; i++) {
                some.put("a" + i, "x".repeat(4096));
                others.put("b" + i, "x".repeat(4096));
            }
            apply(storage, patch(crm(4), List.of(), some, Map.of()));
            apply(storage, patch(crm(5), List.of(), others, Map.of()));
            final long sequence = storage.sequence();
            assertThat(link(storage, crm(4), crm(5))).isEqualTo(Status.INVALID);
            assertThat(storage.sequence()).isEqualTo(sequence);
            assertThat(read(storage, crm(5)).attributes()).hasSize(10);
            assertThat(storage.status().profiles()).isEqualTo(4);
        }
    }

    @Test
    void whoeverHoldsTheOrdinalOfTheOneThatWentFindsTheOther() {
        try (Storage storage = open();
                StorageReader reader = storage.newReader()) {
            apply(storage, patch(crm(1), List.of(), Map.of("age", 1L), Map.of()));
            apply(storage, patch(COOKIE, List.of(), Map.of(), Map.of()));
            final View view = reader.enter();
            final int held = view.find(COOKIE);
            apply(storage, new LinkProfiles(crm(1), COOKIE));
            assertThat(view.readRow(held, new RowBits())).isFalse();
            assertThat(view.readProfile(held)).isNull();
            assertThat(view.find(COOKIE)).isEqualTo(view.find(crm(1))).isNotEqualTo(held);
            assertThat(view.profile(COOKIE).attributes()).containsEntry("age", 1L);
        }
    }

    @Test
    void aLinkOutlivesACleanStopAndAKill() throws Exception {
        final Path running = folder.resolve("running");
        final Path killed = folder.resolve("killed");
        try (Storage storage = open(running)) {
            for (int i = 0; i < 20; i++) {
                apply(storage, patch(crm(i), List.of(new Identity("cookie", "c" + i)), Map.of("n", 1L * i), Map.of()));
            }
            for (int i = 0; i < 20; i += 2) {
                link(storage, crm(i), new Identity("cookie", "c" + (i + 1)));
            }
            copy(running, killed);
        }
        for (final Path folder : List.of(running, killed)) {
            try (Storage storage = open(folder)) {
                assertThat(storage.status().profiles()).isEqualTo(10);
                assertThat(storage.status().identities()).isEqualTo(40);
                for (int i = 0; i < 20; i++) {
                    final Profile profile = read(storage, crm(i));
                    assertThat(profile.identities()).hasSize(4);
                    assertThat(profile.attributes()).containsEntry("n", (long) (i & ~1));
                    assertThat(read(storage, new Identity("cookie", "c" + i))).isEqualTo(profile);
                }
            }
        }
    }
}
