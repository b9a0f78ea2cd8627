package io.zandloper.storage.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.catalog.CatalogDocument.Cap;
import io.zandloper.storage.catalog.CatalogDocument.Scope;
import io.zandloper.storage.change.ChangeOutcome.Status;
import io.zandloper.storage.change.RecordEvent;
import io.zandloper.storage.profile.Event;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.ProfileLimits;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventRecorderTest {
    private static final Identity WHO = new Identity("crm", "1");
    private static final long HOUR = 3_600_000_000L;
    private static final long NOW = 1_000 * HOUR;

    private final EventRecorder recorder = new EventRecorder(Catalogs.of(
            List.of(),
            List.of(
                    Catalogs.offer("loan", "credit", List.of(new Cap(Scope.OFFER, "impression", 3, HOUR, "PT1H")), -1),
                    Catalogs.offer("shoes", "shoes", List.of(), 24 * HOUR))));
    private long sequence;

    private static RecordEvent event(@Nullable String id, String type, @Nullable String offer, long at) {
        return new RecordEvent(WHO, id, type, offer, null, at, null, null, Map.of());
    }

    private Profile record(@Nullable Profile profile, RecordEvent event) {
        final Resolution resolution = recorder.resolve(profile, event, NOW, ++sequence);
        assertThat(resolution.profile()).isNotNull();
        return resolution.profile();
    }

    @Test
    void createsTheProfileOfAnUnknownIdentity() {
        final Resolution resolution = recorder.resolve(null, event(null, "click", null, NOW), NOW, 5);
        assertThat(resolution.status()).isEqualTo(Status.CREATED);
        assertThat(resolution.profile().identities()).containsExactly(WHO);
        assertThat(resolution.profile().version()).isEqualTo(5);
    }

    @Test
    void leavesVersionAndUpdatedAt() {
        final Profile first = record(null, event(null, "click", null, NOW));
        final Profile second = record(first, event(null, "click", null, NOW));
        assertThat(second.version()).isEqualTo(first.version());
        assertThat(second.sequence()).isEqualTo(sequence);
        assertThat(second.history().events()).hasSize(2);
    }

    @Test
    void takesTheProductFromTheOfferOfTheCatalogElseItsId() {
        Profile profile = record(null, event(null, Event.CONVERT, "loan", NOW));
        profile = record(profile, event(null, Event.CONVERT, "gone", NOW));
        profile = record(profile, event(null, Event.CONVERT, null, NOW));
        assertThat(profile.history().events()).extracting(Event::product).containsExactly("credit", "gone", null);
        assertThat(profile.history().lastConverts()).containsOnlyKeys("credit", "gone");
    }

    @Test
    void knowsTheLast64IdsEvenWhereTheirEventsAreGone() {
        Profile profile = null;
        for (int i = 0; i < 64; i++) {
            profile = record(profile, event("e" + i, "click", null, NOW));
        }
        assertThat(recorder.resolve(profile, event("e0", "click", null, NOW), NOW, 1)
                        .status())
                .isEqualTo(Status.DUPLICATE);
        profile = record(profile, event("e64", "click", null, NOW));
        assertThat(recorder.resolve(profile, event("e1", "click", null, NOW), NOW, 1)
                        .status())
                .isEqualTo(Status.DUPLICATE);
        for (int i = 0; i < ProfileLimits.EVENTS_MAX; i++) {
            profile = record(profile, event(null, "impression", "loan", NOW));
        }
        assertThat(profile.history().events()).extracting(Event::type).containsOnly("impression");
        assertThat(recorder.resolve(profile, event("e64", "click", null, NOW), NOW, 1)
                        .status())
                .isEqualTo(Status.DUPLICATE);
    }

    @Test
    void whatNothingNeedsGoesFirstThenTheOldestAndThatIsCounted() {
        Profile profile = null;
        for (int i = 0; i < ProfileLimits.EVENTS_MAX - 1; i++) {
            profile = record(profile, event(null, "impression", "loan", NOW - i));
        }
        profile = record(profile, event(null, "impression", "loan", NOW - 2 * HOUR));
        profile = record(profile, event(null, "impression", "loan", NOW));
        assertThat(profile.history().events()).hasSize(ProfileLimits.EVENTS_MAX);
        assertThat(profile.history().events()).noneMatch(e -> e.atMicros() <= NOW - HOUR);
        assertThat(recorder.neededEvictions()).isZero();
        profile = record(profile, event(null, "impression", "loan", NOW));
        assertThat(recorder.neededEvictions()).isEqualTo(1);
        assertThat(profile.history().events()).noneMatch(e -> e.atMicros() == NOW - 126);
    }

    @Test
    void theLatestConvertOfEachProductOutlivesItsEvent() {
        Profile profile = record(null, event(null, Event.CONVERT, "shoes", NOW - 30 * HOUR));
        profile = record(profile, event(null, Event.CONVERT, "shoes", NOW - 40 * HOUR));
        for (int i = 0; i < ProfileLimits.EVENTS_MAX; i++) {
            profile = record(profile, event(null, "impression", "loan", NOW));
        }
        assertThat(profile.history().events()).extracting(Event::type).doesNotContain(Event.CONVERT);
        assertThat(profile.history().lastConverts()).containsEntry("shoes", NOW - 30 * HOUR);
    }

    @Test
    void ofMoreThan64ProductsTheOneBoughtLongestAgoIsForgotten() {
        Profile profile = null;
        for (int i = 0; i < 65; i++) {
            profile = record(profile, event(null, Event.CONVERT, "p" + i, NOW + i));
        }
        assertThat(profile.history().lastConverts()).hasSize(64).doesNotContainKey("p0");
    }
}
