package io.zandloper.storage.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogDocument.Cap;
import io.zandloper.storage.catalog.CatalogDocument.Policies;
import io.zandloper.storage.catalog.CatalogDocument.Scope;
import io.zandloper.storage.change.ChangeOutcome.Status;
import io.zandloper.storage.profile.Consent;
import io.zandloper.storage.profile.Event;
import io.zandloper.storage.profile.EventHistory;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.ProfileLimits;
import io.zandloper.storage.profile.Times;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProfileLinkerTest {
    private static final long HOUR = 3_600_000_000L;
    private static final long NOW = 1_000 * HOUR;
    private static final long SEQUENCE = 50;

    private final Catalog catalog = Catalogs.of(
            List.of(Catalogs.listed("a"), Catalogs.listed("b")),
            List.of(Catalogs.offer("loan", "loan", List.of(new Cap(Scope.OFFER, "impression", 3, HOUR, "PT1H")), -1)),
            new Policies(false, null, List.of(), List.of("crm", "cookie"), Policies.DEFAULT.erasureBoundMicros(), -1));
    private final ProfileLinker linker = new ProfileLinker(catalog);

    /** A profile built part by part. */
    private static final class Person {
        private final List<Identity> identities;
        private final long created;
        private SortedMap<String, Object> attributes = new TreeMap<>();
        private SortedMap<String, Long> listed = new TreeMap<>();
        private SortedMap<String, Number> scores = new TreeMap<>();
        private @Nullable Consent consent;
        private EventHistory history = EventHistory.EMPTY;

        Person(long created, String... identities) {
            this.identities =
                    Arrays.stream(identities).map(Identity::ofCanonical).toList();
            this.created = created;
        }

        Profile build() {
            return new Profile(
                    identities, attributes, listed, scores, consent, history, created, 500, created, created);
        }
    }

    private Profile linked(Profile a, Profile b) {
        final Resolution resolution = linker.link(a, b, NOW, SEQUENCE);
        assertThat(resolution.errors()).isEmpty();
        assertThat(resolution.status()).isEqualTo(Status.UPDATED);
        assertThat(resolution.profile()).isNotNull();
        final Resolution swapped = new ProfileLinker(catalog).link(b, a, NOW, SEQUENCE);
        assertThat(swapped).isEqualTo(resolution);
        return resolution.profile();
    }

    private static Event event(@Nullable String id, long at) {
        return new Event(id, "click", null, null, at, null, null, Map.of());
    }

    private static EventHistory history(Event... events) {
        return new EventHistory(List.of(events), Collections.emptySortedMap(), List.of());
    }

    @ParameterizedTest
    @CsvSource({
        "crm:1,    9, cookie:1, 2, crm:1",
        "cookie:1, 9, crm:1,    2, crm:1",
        "cookie:1, 9, maid:1,   2, cookie:1",
        "maid:1,   2, cookie:1, 9, cookie:1",
        "crm:1,    2, crm:2,    9, crm:1",
        "crm:1,    9, crm:2,    2, crm:2",
        "maid:1,   9, other:1,  2, other:1",
        "other:1,  9, maid:1,   2, maid:1"
    })
    void theSurvivorIsTheBetterPrimaryNamespaceElseTheOlder(
            String a, long createdA, String b, long createdB, String survivor) {
        final Profile first = new Person(createdA, a, "email:1").build();
        final Profile second = new Person(createdB, b, "crm:further").build();
        final Profile linked = linked(first, second);
        assertThat(linked.primary()).hasToString(survivor);
        assertThat(linker.survives(first, second)).isEqualTo(a.equals(survivor));
        assertThat(linker.survives(second, first)).isEqualTo(b.equals(survivor));
        assertThat(linked.createdSequence()).isEqualTo(a.equals(survivor) ? createdA : createdB);
    }

    @Test
    void theSurvivorsIdentitiesStandFirst() {
        final Profile linked =
                linked(new Person(2, "cookie:a", "maid:a").build(), new Person(9, "crm:b", "email:b").build());
        assertThat(linked.identities())
                .extracting(Identity::text)
                .containsExactly("crm:b", "email:b", "cookie:a", "maid:a");
        assertThat(linked.version()).isEqualTo(SEQUENCE);
        assertThat(linked.sequence()).isEqualTo(SEQUENCE);
        assertThat(linked.updatedAtMicros()).isEqualTo(NOW);
        assertThat(linked.createdSequence()).isEqualTo(9);
    }

    @Test
    void moreThan32IdentitiesAreRefused() {
        final String[] many = new String[31];
        Arrays.setAll(many, i -> "cookie:n" + i);
        final Profile full = new Person(1, many).build();
        assertThat(linked(full, new Person(2, "crm:1").build()).identities()).hasSize(32);
        final Profile two = new Person(2, "crm:1", "crm:2").build();
        assertThat(linker.link(full, two, NOW, SEQUENCE).status()).isEqualTo(Status.INVALID);
        assertThat(linker.link(two, full, NOW, SEQUENCE).errors().get(0).path()).isEqualTo("identities");
    }

    @Test
    void onConflictTheSurvivorsStay() {
        final Person survivor = new Person(5, "crm:1");
        survivor.attributes.putAll(Map.of("age", 41L, "job", "cook"));
        survivor.scores.putAll(Map.of("loan", 0.5));
        final Person other = new Person(1, "cookie:1");
        other.attributes.putAll(Map.of("age", 30.0, "city", "Utrecht"));
        other.scores.putAll(Map.of("loan", 1L, "card", 2L));
        final Profile linked = linked(survivor.build(), other.build());
        assertThat(linked.attributes())
                .containsExactlyInAnyOrderEntriesOf(Map.of("age", 41L, "job", "cook", "city", "Utrecht"));
        assertThat(linked.scores()).containsExactlyInAnyOrderEntriesOf(Map.of("loan", 0.5, "card", 2L));
    }

    @Test
    void consentIsOneValueNeverMixed() {
        final Person survivor = new Person(5, "crm:1");
        final Person other = new Person(1, "cookie:1");
        other.consent = new Consent(0b111, "CTCF", "DGPP");
        assertThat(linked(survivor.build(), other.build()).consent()).isEqualTo(other.consent);
        survivor.consent = new Consent(0, null, null);
        assertThat(linked(survivor.build(), other.build()).consent()).isEqualTo(survivor.consent);
        other.consent = null;
        assertThat(linked(survivor.build(), other.build()).consent()).isEqualTo(survivor.consent);
    }

    @ParameterizedTest
    @CsvSource({"10, 20, 20", "20, 10, 20", "10, , ", ", 10, ", ", , ", "-5, -7, -5"})
    void theLaterExpiryWinsAndNoneIsTheLatest(@Nullable Long a, @Nullable Long b, @Nullable Long expected) {
        final Person survivor = new Person(5, "crm:1");
        survivor.listed.put("a", a == null ? Times.NEVER : a);
        survivor.listed.put("only", 1L);
        final Person other = new Person(1, "cookie:1");
        other.listed.put("a", b == null ? Times.NEVER : b);
        other.listed.put("left-the-catalog", Times.NEVER);
        assertThat(linked(survivor.build(), other.build()).listed())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "a", expected == null ? Times.NEVER : expected, "only", 1L, "left-the-catalog", Times.NEVER));
    }

    @Test
    void eventsKeepTheirOwnOrderAndAreMergedByTime() {
        final Person survivor = new Person(5, "crm:1");
        survivor.history = history(event("s1", 10), event("s2", 40), event("s3-late", 5), event("s4", 50));
        final Person other = new Person(1, "cookie:1");
        other.history = history(event("o1", 10), event("o2", 20), event("o3", 60), event(null, 1));
        assertThat(linked(survivor.build(), other.build()).history().events())
                .extracting(Event::id)
                .containsExactly("s1", "o1", "o2", "s2", "s3-late", "s4", "o3", null);
    }

    @Test
    void anEventWhoseIdBothHaveIsOne() {
        final Person survivor = new Person(5, "crm:1");
        survivor.history = history(event("same", 10), event(null, 11));
        final Person other = new Person(1, "cookie:1");
        other.history = history(event("same", 12), event(null, 11));
        assertThat(linked(survivor.build(), other.build()).history().events())
                .containsExactly(event("same", 10), event(null, 11), event(null, 11));
    }

    @Test
    void ofTooManyEventsThoseGoThatNothingNeedsThenTheOldestAndThatIsCounted() {
        final List<Event> needed = new ArrayList<>();
        final List<Event> needless = new ArrayList<>();
        for (int i = 0; i < ProfileLimits.EVENTS_MAX; i++) {
            needed.add(new Event(null, "impression", "loan", null, NOW - HOUR / 2 + i, "loan", null, Map.of()));
            needless.add(event(null, NOW + i));
        }
        final Person survivor = new Person(5, "crm:1");
        survivor.history = new EventHistory(needless, Collections.emptySortedMap(), List.of());
        final Person other = new Person(1, "cookie:1");
        other.history = new EventHistory(needed, Collections.emptySortedMap(), List.of());
        assertThat(linked(survivor.build(), other.build()).history().events()).isEqualTo(needed);
        assertThat(linker.neededEvictions()).isZero();
        final Event newest = new Event(null, "impression", "loan", null, NOW, "loan", null, Map.of());
        survivor.history = history(newest, newest);
        final List<Event> kept =
                linked(survivor.build(), other.build()).history().events();
        assertThat(kept)
                .hasSize(ProfileLimits.EVENTS_MAX)
                .contains(newest)
                .doesNotContain(needed.get(0), needed.get(1));
        assertThat(linker.neededEvictions()).isEqualTo(2);
    }

    @Test
    void theLatestConvertOfEachProductIsKeptFor64Products() {
        final SortedMap<String, Long> some = new TreeMap<>();
        final SortedMap<String, Long> others = new TreeMap<>();
        for (int i = 0; i < ProfileLimits.CONVERTED_PRODUCTS_MAX; i++) {
            some.put("p" + i, 100L + i);
            others.put("p" + (i + 1), 300L - i);
        }
        final Person survivor = new Person(5, "crm:1");
        survivor.history = new EventHistory(List.of(), some, List.of());
        final Person other = new Person(1, "cookie:1");
        other.history = new EventHistory(List.of(), others, List.of());
        assertThat(linked(survivor.build(), other.build()).history().lastConverts())
                .hasSize(ProfileLimits.CONVERTED_PRODUCTS_MAX)
                .doesNotContainKey("p0")
                .containsEntry("p1", 300L)
                .containsEntry("p63", 238L);
    }

    @Test
    void theLast64IdsOfBothAreKnownInWhateverOrderTheyCame() {
        final Person survivor = new Person(5, "crm:1");
        survivor.history = new EventHistory(List.of(), Collections.emptySortedMap(), ids(0, 64));
        final Person other = new Person(1, "cookie:1");
        other.history = new EventHistory(List.of(), Collections.emptySortedMap(), ids(63, 127));
        final List<Long> known =
                linked(survivor.build(), other.build()).history().recentIds();
        assertThat(known).hasSize(127).doesNotHaveDuplicates().containsAll(ids(0, 127));
        assertThat(known.subList(125, 127)).containsExactly(126L, 63L);
        final Person crowd = new Person(1, "cookie:1");
        crowd.history = new EventHistory(
                List.of(), Collections.emptySortedMap(), ids(1_000, 1_000 + ProfileLinker.EVENT_IDS_REMEMBERED_MAX));
        assertThat(linked(survivor.build(), crowd.build()).history().recentIds())
                .hasSize(ProfileLinker.EVENT_IDS_REMEMBERED_MAX)
                .containsAll(ids(0, 64));
    }

    @Test
    void whatIsLinkedWithAnIdentityThatNobodyHasGetsIt() {
        final Profile person = new Person(5, "crm:1", "cookie:1").build();
        final Profile linked = linker.add(person, Identity.ofCanonical("maid:1"), NOW, SEQUENCE)
                .profile();
        assertThat(linked).isNotNull();
        assertThat(linked.identities()).extracting(Identity::text).containsExactly("crm:1", "cookie:1", "maid:1");
        assertThat(linked.version()).isEqualTo(SEQUENCE);
        assertThat(linked.updatedAtMicros()).isEqualTo(NOW);
        assertThat(linked.createdSequence()).isEqualTo(5);
        assertThat(linker.add(person, Identity.ofCanonical("cookie:1"), NOW, SEQUENCE)
                        .status())
                .isEqualTo(Status.UNCHANGED);
        final String[] many = new String[32];
        Arrays.setAll(many, i -> "cookie:n" + i);
        assertThat(linker.add(new Person(1, many).build(), Identity.ofCanonical("maid:1"), NOW, SEQUENCE)
                        .status())
                .isEqualTo(Status.INVALID);
    }

    private static List<Long> ids(long from, long to) {
        return LongStream.range(from, to).boxed().toList();
    }
}
