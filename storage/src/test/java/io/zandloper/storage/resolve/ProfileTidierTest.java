package io.zandloper.storage.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogDocument.Policies;
import io.zandloper.storage.profile.Event;
import io.zandloper.storage.profile.EventHistory;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import io.zandloper.storage.resolve.ProfileTidier.Kind;
import io.zandloper.storage.resolve.ProfileTidier.Tidying;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProfileTidierTest {
    private static final long DAY = 86_400_000_000L;
    private static final long NOW = 100 * DAY;
    private static final long SEQUENCE = 50;

    private static Catalog catalog(long retentionMicros) {
        return Catalogs.of(
                List.of(Catalogs.listed("a")),
                List.of(),
                new Policies(false, null, List.of(), List.of(), DAY, retentionMicros));
    }

    private static Profile profile(long updatedAt, Map<String, Long> listed, EventHistory history) {
        return new Profile(
                List.of(new Identity("crm", "1")),
                new TreeMap<>(Map.of("age", 41L)),
                new TreeMap<>(listed),
                Collections.emptySortedMap(),
                null,
                history,
                7,
                updatedAt,
                3,
                9);
    }

    private static Tidying tidied(Profile profile, long rowNextExpiry) {
        return new ProfileTidier(catalog(-1)).tidy(profile, rowNextExpiry, NOW, SEQUENCE);
    }

    /** Minus a microsecond: not yet; then: is. */
    @ParameterizedTest
    @CsvSource({"1, NOTHING", "0, STORE", "-1, STORE"})
    void aRowIsJudgedAnewFromItsNextExpiryOn(long micros, Kind expected) {
        final Profile profile = profile(NOW, Map.of("a", NOW + micros), EventHistory.EMPTY);
        final Tidying tidying = tidied(profile, NOW + micros);
        assertThat(tidying.kind()).isEqualTo(expected);
        if (tidying.profile() != null) {
            assertThat(tidying.profile().listed()).containsOnlyKeys("a");
            assertThat(tidying.profile().sequence()).isEqualTo(SEQUENCE);
            assertThat(tidying.profile().version()).isEqualTo(7);
            assertThat(tidying.profile().updatedAtMicros()).isEqualTo(NOW);
            assertThat(tidying.profile().createdSequence()).isEqualTo(3);
        }
    }

    @Test
    void aRowThatIsExactForEverIsLeft() {
        assertThat(tidied(profile(NOW, Map.of("a", Times.NEVER), EventHistory.EMPTY), Times.NEVER)
                        .kind())
                .isEqualTo(Kind.NOTHING);
    }

    @Test
    void membershipsAreDroppedOnceTheyExpired30DaysAgo() {
        final Map<String, Long> listed = new TreeMap<>();
        listed.put("never", Times.NEVER);
        listed.put("later", NOW + 1);
        listed.put("kept", NOW - 30 * DAY + 1);
        listed.put("gone-from-the-catalog", NOW - 30 * DAY);
        listed.put("a", Long.MIN_VALUE);
        final Profile profile = profile(0, listed, EventHistory.EMPTY);
        assertThat(new ProfileTidier(catalog(-1)).isDue(profile, NOW)).isTrue();
        final Tidying tidying = tidied(profile, Times.NEVER);
        assertThat(tidying.kind()).isEqualTo(Kind.STORE);
        assertThat(tidying.profile().listed()).containsOnlyKeys("never", "later", "kept");
        assertThat(new ProfileTidier(catalog(-1)).isDue(tidying.profile(), NOW)).isFalse();
        assertThat(tidied(tidying.profile(), Times.NEVER).kind()).isEqualTo(Kind.NOTHING);
    }

    @Test
    void whatAReaderSeesAtATimeUpTo30DaysAgoIsTheSameAfterwards() {
        final Profile profile = profile(NOW, Map.of("a", NOW - 30 * DAY + 1), EventHistory.EMPTY);
        final Tidying tidying = tidied(profile, NOW);
        assertThat(tidying.profile().expiryOf("a")).isEqualTo(NOW - 30 * DAY + 1);
    }

    @ParameterizedTest
    @CsvSource({
        // updated, event, convert (days before now), kind
        "10, , , NOTHING",
        "11, , , GO",
        "99, 3, , NOTHING",
        "99, 99, , GO",
        "99, , 4, NOTHING",
        "99, , 20, GO",
        "99, -5, , GO",
        "99, -5, 2, NOTHING",
    })
    void anIdleProfileGoesAfterTheRetention(long updated, @Nullable Long event, @Nullable Long convert, Kind expected) {
        final List<Event> events = event == null
                ? List.of()
                : List.of(new Event(null, "click", null, null, NOW - event * DAY, null, null, Map.of()));
        final SortedMap<String, Long> converts = new TreeMap<>();
        if (convert != null) {
            converts.put("shoes", NOW - convert * DAY);
        }
        final Profile profile =
                profile(NOW - updated * DAY, Map.of("a", Times.NEVER), new EventHistory(events, converts, List.of()));
        final ProfileTidier tidier = new ProfileTidier(catalog(10 * DAY));
        assertThat(tidier.tidy(profile, Times.NEVER, NOW, SEQUENCE).kind()).isEqualTo(expected);
        assertThat(tidier.isDue(profile, NOW)).isEqualTo(expected == Kind.GO);
        assertThat(tidied(profile, Times.NEVER).kind())
                .as("without a retention")
                .isEqualTo(Kind.NOTHING);
    }

    @Test
    void anIdleProfileGoesEvenWhereItsRowIsDue() {
        final Profile profile = profile(0, Map.of("a", NOW - 1), EventHistory.EMPTY);
        assertThat(new ProfileTidier(catalog(DAY)).tidy(profile, NOW - 1, NOW, SEQUENCE))
                .isEqualTo(new Tidying(Kind.GO, null));
    }
}
