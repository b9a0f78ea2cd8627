package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.ChangeOutcome.Status;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MembersTest extends StorageFixture {
    private static ChangeOutcome replace(Storage storage, String segment, long expiresMicros, Identity... members) {
        return apply(storage, replaceMembers(storage, segment, expiresMicros, List.of(members)));
    }

    private static @Nullable Long expiry(Storage storage, int person, String segment) {
        return read(storage, crm(person)).expiryOf(segment);
    }

    @Test
    void theMembersAreExactlyThoseNamedAsOneChange() {
        try (Storage storage = open()) {
            apply(storage, catalog("{1}", BANK));
            for (int i = 0; i < 6; i++) {
                final Map<String, Long> segments = new HashMap<>();
                if (i < 4) {
                    segments.put("ads", i == 0 ? 5L : Times.NEVER); // seen by nobody: no consent, and one has expired
                }
                apply(storage, patch(crm(i), List.of(new Identity("cookie", "c" + i)), Map.of("age", 70L), segments));
            }
            now.set(3_000_000);
            final ChangeOutcome outcome =
                    replace(storage, "ads", Times.NEVER, crm(3), new Identity("cookie", "c4"), crm(5), crm(5), crm(99));
            assertThat(outcome).isEqualTo(new ChangeOutcome(Status.UPDATED, null, 8, 8, List.of()));
            assertThat(expiry(storage, 0, "ads")).isEqualTo(5); // was none any more
            assertThat(expiry(storage, 1, "ads")).isNull();
            assertThat(expiry(storage, 2, "ads")).isNull();
            for (int i = 3; i < 6; i++) {
                assertThat(expiry(storage, i, "ads")).isEqualTo(Times.NEVER);
            }
            assertThat(read(storage, crm(3)).version()).isEqualTo(5);
            final Profile added = read(storage, crm(4));
            assertThat(added.version()).isEqualTo(8);
            assertThat(added.sequence()).isEqualTo(8);
            assertThat(added.updatedAtMicros()).isEqualTo(3_000_000);
            assertThat(visible(storage, crm(4))).containsExactly("senior");
            assertThat(storage.sequence()).isEqualTo(8);
        }
    }

    @Test
    void rowsFollowAndAnExpiryIsChanged() {
        try (Storage storage = open()) {
            apply(storage, catalog("{1}", BANK));
            apply(storage, patch(crm(1), List.of(), Map.of("age", 70L), Map.of("vip", Times.NEVER)));
            apply(storage, patch(crm(2), List.of(), Map.of("age", 70L), Map.of()));
            assertThat(replace(storage, "vip", 9_000_000, crm(1), crm(2)).status())
                    .isEqualTo(Status.UPDATED);
            assertThat(visible(storage, crm(2))).containsExactly("vip", "senior", "senior-vip");
            assertThat(expiry(storage, 1, "vip")).isEqualTo(9_000_000);
            assertThat(replace(storage, "vip", 9_000_000, crm(2), crm(1)).status())
                    .isEqualTo(Status.UNCHANGED);
            assertThat(replace(storage, "vip", Times.NEVER).status()).isEqualTo(Status.UPDATED);
            assertThat(visible(storage, crm(1))).containsExactly("senior");
            assertThat(storage.sequence()).isEqualTo(5);
        }
    }

    @Test
    void whoseMembershipHasExpiredBecomesAMemberAgainOrStaysNone() {
        try (Storage storage = open()) {
            apply(storage, catalog("{1}", BANK));
            for (int i = 1; i <= 3; i++) {
                apply(storage, patch(crm(i), List.of(), Map.of(), Map.of("vip", 2_000_000L + i)));
            }
            now.set(2_000_002);
            assertThat(replace(storage, "vip", Times.NEVER, crm(1)).status()).isEqualTo(Status.UPDATED);
            assertThat(visible(storage, crm(1))).containsExactly("vip");
            assertThat(expiry(storage, 2, "vip")).isEqualTo(2_000_002);
            assertThat(expiry(storage, 3, "vip")).isNull();
        }
    }

    @Test
    void anUnknownOrComputedSegmentIsRefused() {
        try (Storage storage = open()) {
            apply(storage, catalog("{1}", BANK));
            assertThat(replace(storage, "senior", Times.NEVER).errors().get(0).reason())
                    .contains("'senior'", "computed");
            assertThat(replace(storage, "other", Times.NEVER).errors().get(0).reason())
                    .contains("'other'");
            assertThat(storage.sequence()).isEqualTo(1);
        }
    }

    @Test
    void membersOutliveACleanStopAndAKill() throws Exception {
        final Path running = folder.resolve("running");
        final Path killed = folder.resolve("killed");
        final Map<Identity, Profile> before = new HashMap<>();
        try (Storage storage = open(running)) {
            apply(storage, catalog("{1}", BANK));
            for (int i = 0; i < 50; i++) {
                final Map<String, Long> segments = i % 2 == 0 ? Map.of("vip", Times.NEVER) : Map.of();
                apply(storage, patch(crm(i), List.of(), Map.of("age", 70L), segments));
            }
            replace(storage, "vip", 9_000_000, crm(1), crm(2), crm(3));
            apply(storage, patch(crm(2), List.of(), Map.of("age", 20L), Map.of()));
            for (int i = 0; i < 50; i++) {
                before.put(crm(i), read(storage, crm(i)));
            }
            copy(running, killed);
        }
        for (final Path folder : List.of(running, killed)) {
            try (Storage storage = open(folder)) {
                before.forEach(
                        (person, profile) -> assertThat(read(storage, person)).isEqualTo(profile));
                assertThat(visible(storage, crm(1))).containsExactly("vip", "senior", "senior-vip");
                assertThat(visible(storage, crm(2))).containsExactly("vip");
                assertThat(visible(storage, crm(4))).containsExactly("senior");
            }
        }
    }
}
