package io.zandloper.storage.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.change.ChangeOutcome.Status;
import io.zandloper.storage.change.UpsertProfile;
import io.zandloper.storage.change.UpsertProfile.AttributesPatch;
import io.zandloper.storage.change.UpsertProfile.ConsentPatch;
import io.zandloper.storage.change.UpsertProfile.IdentitiesPatch;
import io.zandloper.storage.change.UpsertProfile.Mode;
import io.zandloper.storage.change.UpsertProfile.Precondition;
import io.zandloper.storage.change.UpsertProfile.ScoresPatch;
import io.zandloper.storage.change.UpsertProfile.SegmentsPatch;
import io.zandloper.storage.profile.Consent;
import io.zandloper.storage.profile.EventHistory;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProfileEditorTest {
    private static final Identity CRM = new Identity("crm", "1");
    private static final Identity COOKIE = new Identity("cookie", "a");
    private static final Identity MAID = new Identity("maid", "m");
    private static final long NOW = 1_000;
    private static final long SEQUENCE = 20;

    private final Catalog catalog = Catalogs.of(
            List.of(Catalogs.listed("a"), Catalogs.listed("b"), Catalogs.computed("old", "profile.age > 60")),
            List.of());
    private final ProfileEditor editor = new ProfileEditor(catalog);

    /** A change built part by part; what is not set is absent. */
    private static final class Change {
        private Mode mode = Mode.MERGE;
        private @Nullable Identity target = CRM;
        private @Nullable Identity id;
        private @Nullable Precondition precondition;
        private @Nullable IdentitiesPatch identities;
        private @Nullable AttributesPatch attributes;
        private @Nullable SegmentsPatch segments;
        private @Nullable ScoresPatch scores;
        private @Nullable ConsentPatch consent;

        UpsertProfile build() {
            return new UpsertProfile(target, mode, precondition, id, identities, attributes, segments, scores, consent);
        }
    }

    private static Profile stored() {
        return new Profile(
                List.of(CRM, COOKIE),
                new TreeMap<>(Map.of("age", 41L, "job", "cook")),
                new TreeMap<>(Map.of("a", Times.NEVER, "gone", Times.NEVER)),
                new TreeMap<>(Map.of("loan", 0.5)),
                new Consent(0b101, "CTCF", null),
                EventHistory.EMPTY,
                7,
                500,
                3,
                9);
    }

    private Profile edited(@Nullable Profile existing, Change change) {
        final Resolution resolution = editor.resolve(existing, change.build(), NOW, SEQUENCE);
        assertThat(resolution.errors()).isEmpty();
        assertThat(resolution.profile()).as("%s", resolution.status()).isNotNull();
        return resolution.profile();
    }

    private Resolution resolve(@Nullable Profile existing, Change change) {
        return editor.resolve(existing, change.build(), NOW, SEQUENCE);
    }

    @Test
    void createsUnderTheIdentityOfThePathUnlessTheDocumentHasAnId() {
        final Change change = new Change();
        assertThat(edited(null, change).identities()).containsExactly(CRM);
        change.id = MAID;
        final Profile created = edited(null, change);
        assertThat(created.identities()).containsExactly(MAID, CRM);
        assertThat(created.version()).isEqualTo(SEQUENCE);
        assertThat(created.createdSequence()).isEqualTo(SEQUENCE);
        assertThat(created.updatedAtMicros()).isEqualTo(NOW);
        assertThat(created.consent()).isNull();
    }

    @Test
    void putEmptiesWhatIsAbsentAndKeepsIdentitiesAndSegmentsThatLeftTheCatalog() {
        final Change change = new Change();
        change.mode = Mode.REPLACE;
        final Profile put = edited(stored(), change);
        assertThat(put.identities()).containsExactly(CRM, COOKIE);
        assertThat(put.attributes()).isEmpty();
        assertThat(put.scores()).isEmpty();
        assertThat(put.consent()).isNull();
        assertThat(put.listed()).containsOnlyKeys("gone");
        assertThat(put.createdSequence()).isEqualTo(3);
    }

    @Test
    void putWithIdentitiesKeepsThePrimaryOneAndThatOfThePath() {
        final Change change = new Change();
        change.mode = Mode.REPLACE;
        change.target = COOKIE;
        change.identities = new IdentitiesPatch(true, List.of(MAID), List.of());
        assertThat(edited(stored(), change).identities()).containsExactly(CRM, COOKIE, MAID);
        change.target = CRM;
        assertThat(edited(stored(), change).identities()).containsExactly(CRM, MAID);
    }

    @Test
    void patchMergesAttributesAndScores() {
        final Change change = new Change();
        final Map<String, @Nullable Object> attributes = new HashMap<>();
        attributes.put("age", null);
        attributes.put("city", "Utrecht");
        change.attributes = new AttributesPatch(false, attributes);
        change.scores = new ScoresPatch(false, Map.of("card", 1L));
        final Profile patched = edited(stored(), change);
        assertThat(patched.attributes()).containsExactlyInAnyOrderEntriesOf(Map.of("job", "cook", "city", "Utrecht"));
        assertThat(patched.scores()).containsExactlyInAnyOrderEntriesOf(Map.of("loan", 0.5, "card", 1L));
        change.attributes = new AttributesPatch(true, Map.of());
        assertThat(edited(stored(), change).attributes()).isEmpty();
    }

    @Test
    void whatChangesNothingIsNotStored() {
        final Change change = new Change();
        change.attributes = new AttributesPatch(false, Map.of("age", 41L));
        change.segments = new SegmentsPatch(false, Map.of("a", Times.NEVER), List.of("b"));
        assertThat(resolve(stored(), change).status()).isEqualTo(Status.UNCHANGED);
        change.attributes = new AttributesPatch(false, Map.of("age", 41.0));
        assertThat(resolve(stored(), change).status()).isEqualTo(Status.UPDATED);
    }

    @Test
    void identitiesAreAddedAndRemovedButNeverThePrimaryOne() {
        final Change change = new Change();
        change.identities = new IdentitiesPatch(false, List.of(MAID), List.of(COOKIE));
        assertThat(edited(stored(), change).identities()).containsExactly(CRM, MAID);
        change.identities = new IdentitiesPatch(false, List.of(), List.of(CRM));
        assertThat(resolve(stored(), change).status()).isEqualTo(Status.INVALID);
        change.identities = new IdentitiesPatch(false, List.of(MAID), List.of(MAID));
        assertThat(resolve(stored(), change).status()).isEqualTo(Status.INVALID);
    }

    @Test
    void aThirtyThirdIdentityIsRefused() {
        final List<Identity> many = new ArrayList<>();
        for (int i = 0; i < 31; i++) {
            many.add(new Identity("cookie", "n" + i));
        }
        final Change change = new Change();
        change.identities = new IdentitiesPatch(false, many, List.of());
        assertThat(edited(null, change).identities()).hasSize(32);
        change.id = MAID;
        assertThat(resolve(null, change).errors()).extracting(e -> e.path()).containsExactly("identities");
    }

    @Test
    void segmentsAreAddedRemovedAndReplaced() {
        final Change change = new Change();
        change.segments = new SegmentsPatch(false, Map.of("b", 99L), List.of("a"));
        assertThat(edited(stored(), change).listed())
                .containsExactlyInAnyOrderEntriesOf(Map.of("b", 99L, "gone", Times.NEVER));
        change.segments = new SegmentsPatch(true, Map.of("b", Times.NEVER), List.of());
        assertThat(edited(stored(), change).listed()).containsOnlyKeys("b", "gone");
    }

    @Test
    void unknownAndComputedSegmentsAreRefusedByName() {
        final Change change = new Change();
        change.segments = new SegmentsPatch(false, Map.of("nope", Times.NEVER, "old", Times.NEVER), List.of("gone"));
        assertThat(resolve(stored(), change).errors())
                .extracting(Object::toString)
                .anyMatch(e -> e.contains("'nope'"))
                .anyMatch(e -> e.contains("'old' is computed"))
                .anyMatch(e -> e.contains("'gone'"));
    }

    @Test
    void consentFollowsMergePatch() {
        final Change change = new Change();
        change.consent = new ConsentPatch(false, null, false, null, null);
        assertThat(resolve(stored(), change).status()).isEqualTo(Status.UNCHANGED);
        assertThat(edited(null, change).consent()).isEqualTo(new Consent(0, null, null));
        change.consent = new ConsentPatch(false, 0b10, true, null, null);
        assertThat(edited(stored(), change).consent()).isEqualTo(new Consent(0b10, null, null));
        change.consent = new ConsentPatch(false, 0b11, false, null, "DBAA");
        assertThat(edited(stored(), change).consent()).isEqualTo(new Consent(0b11, "CTCF", "DBAA"));
        change.consent = new ConsentPatch(false, null, false, "", null);
        assertThat(edited(stored(), change).consent()).isEqualTo(new Consent(0b101, null, null));
        change.consent = new ConsentPatch(true, null, false, null, null);
        assertThat(edited(stored(), change).consent()).isNull();
    }

    @Test
    void putConsentWithNothingInItGrantsNothing() {
        final Change change = new Change();
        change.mode = Mode.REPLACE;
        change.consent = new ConsentPatch(false, null, false, null, null);
        assertThat(edited(stored(), change).consent()).isEqualTo(new Consent(0, null, null));
    }

    @Test
    void preconditionsAreJudgedOnTheDocumentsVersion() {
        final Change change = new Change();
        change.attributes = new AttributesPatch(false, Map.of("age", 1L));
        change.precondition = new Precondition(List.of(6L, 7L), false);
        assertThat(resolve(stored(), change).status()).isEqualTo(Status.UPDATED);
        assertThat(resolve(null, change).status()).isEqualTo(Status.PRECONDITION_FAILED);
        change.precondition = new Precondition(List.of(9L), false);
        assertThat(resolve(stored(), change).status()).isEqualTo(Status.PRECONDITION_FAILED);
        change.precondition = new Precondition(List.of(), false);
        assertThat(resolve(stored(), change).status()).isEqualTo(Status.UPDATED);
        assertThat(resolve(null, change).status()).isEqualTo(Status.PRECONDITION_FAILED);
        change.precondition = new Precondition(null, true);
        assertThat(resolve(stored(), change).status()).isEqualTo(Status.PRECONDITION_FAILED);
        assertThat(resolve(null, change).status()).isEqualTo(Status.CREATED);
    }

    @Test
    void nothingIsSharedWithWhatWasStored() {
        final Profile before = stored();
        final Change change = new Change();
        change.attributes = new AttributesPatch(false, Map.of("age", 1L));
        edited(before, change);
        assertThat(before.attributes()).containsEntry("age", 41L);
        assertThat(Collections.unmodifiableMap(before.listed())).hasSize(2);
    }
}
