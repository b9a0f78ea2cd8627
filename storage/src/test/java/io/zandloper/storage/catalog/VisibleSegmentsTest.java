package io.zandloper.storage.catalog;

import static io.zandloper.storage.catalog.Documents.computed;
import static io.zandloper.storage.catalog.Documents.listed;
import static io.zandloper.storage.catalog.Documents.mask;
import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.catalog.CatalogDocument.Policies;
import io.zandloper.storage.catalog.CatalogDocument.Segment;
import io.zandloper.storage.profile.Consent;
import io.zandloper.storage.profile.EventHistory;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class VisibleSegmentsTest {
    private static final long NOW = 1_000_000;

    @Test
    void aListedOneIsVisibleBeforeItsExpiry() {
        final Catalog catalog = catalog(listed("never"), listed("later"), listed("other"));
        final Profile profile = profile(Map.of(), Map.of("never", Times.NEVER, "later", NOW), null);
        assertThat(VisibleSegments.of(profile, catalog, NOW - 1).ids()).containsExactly("never", "later");
        assertThat(VisibleSegments.of(profile, catalog, NOW).ids()).containsExactly("never");
        assertThat(VisibleSegments.of(profile, catalog, Long.MAX_VALUE).ids()).containsExactly("never");
    }

    @Test
    void whatTheCatalogDoesNotHaveOrComputesIsNotListed() {
        final Catalog catalog = catalog(listed("a"), computed("computed", "false"));
        final Profile profile =
                profile(Map.of(), Map.of("a", Times.NEVER, "gone", Times.NEVER, "computed", Times.NEVER), null);
        final VisibleSegments visible = VisibleSegments.of(profile, catalog, NOW);
        assertThat(visible.ids()).containsExactly("a");
        assertThat(visible.contains("a")).isTrue();
        assertThat(visible.contains("gone")).isFalse();
        assertThat(visible.contains("computed")).isFalse();
    }

    @Test
    void everyPurposeMustBeGranted() {
        final Catalog catalog = catalog(listed("free"), listed("one", 1), listed("both", 1, 4));
        final Map<String, Long> all = Map.of("free", Times.NEVER, "one", Times.NEVER, "both", Times.NEVER);
        assertThat(ids(profile(Map.of(), all, consent(1, 4)), catalog)).containsExactly("free", "one", "both");
        assertThat(ids(profile(Map.of(), all, consent(1)), catalog)).containsExactly("free", "one");
        assertThat(ids(profile(Map.of(), all, consent(4)), catalog)).containsExactly("free");
        assertThat(ids(profile(Map.of(), all, consent()), catalog)).containsExactly("free");
    }

    @Test
    void withoutConsentTheCatalogsDefaultHolds() {
        final Profile without = profile(Map.of(), Map.of("a", Times.NEVER), null);
        final Profile withNone = profile(Map.of(), Map.of("a", Times.NEVER), consent());
        final Catalog deny = catalog(false, listed("a", 24));
        final Catalog grant = catalog(true, listed("a", 24));
        assertThat(ids(without, deny)).isEmpty();
        assertThat(ids(without, grant)).containsExactly("a");
        assertThat(ids(withNone, grant)).isEmpty();
        assertThat(VisibleSegments.grantedPurposes(without, grant)).isEqualTo(Consent.ALL_PURPOSES);
    }

    @Test
    void rulesSeeOnlyVisibleSegments() {
        final Catalog catalog = catalog(
                computed("last", "'middle' in segments"),
                computed("middle", "'expiring' in segments || 'consented' in segments"),
                listed("expiring"),
                listed("consented", 4));
        final Map<String, Long> segments = Map.of("expiring", NOW, "consented", Times.NEVER);
        final Profile denied = profile(Map.of(), segments, consent());
        assertThat(VisibleSegments.of(denied, catalog, NOW - 1).ids()).containsExactly("last", "middle", "expiring");
        assertThat(VisibleSegments.of(denied, catalog, NOW).ids()).isEmpty();
        final Profile granted = profile(Map.of(), segments, consent(4));
        assertThat(VisibleSegments.of(granted, catalog, NOW).ids()).containsExactly("last", "middle", "consented");
    }

    @Test
    void aComputedOneNeedsItsOwnPurposesToo() {
        final Catalog catalog =
                catalog(computed("senior", "profile.age >= 60", 3), computed("x", "'senior' in segments"));
        assertThat(ids(profile(Map.of("age", 61L), Map.of(), consent(3)), catalog))
                .containsExactly("senior", "x");
        assertThat(ids(profile(Map.of("age", 61L), Map.of(), consent(4)), catalog))
                .isEmpty();
        assertThat(ids(profile(Map.of("age", 59L), Map.of(), consent(3)), catalog))
                .isEmpty();
    }

    @Test
    void aRuleThatEndsInAnErrorIsNotSatisfied() {
        final Catalog catalog =
                catalog(computed("rich", "profile.income > 1"), computed("poor", "!('rich' in segments)"));
        assertThat(ids(profile(Map.of(), Map.of(), null), catalog)).containsExactly("poor");
    }

    @Test
    void aRuleThatReadsSegmentsDynamicallySeesThoseThatDoNotDependOnSuchARule() {
        final Catalog catalog = catalog(
                computed("counts2", "size(segments) == 2"),
                computed("counts", "segments == ['simple', 'a']"),
                computed("onCounts", "'counts' in segments"),
                computed("simple", "true"),
                listed("a"),
                computed("both", "'onCounts' in segments && size(segments) == 3"));
        final Profile profile = profile(Map.of(), Map.of("a", Times.NEVER), null);
        assertThat(ids(profile, catalog)).containsExactly("counts2", "counts", "onCounts", "simple", "a", "both");
    }

    @Test
    void listedAndComputedAreToldApartAndInTheOrderOfTheCatalog() {
        final Catalog catalog = catalog(computed("z", "true"), listed("y"), computed("x", "true"), listed("w"));
        final VisibleSegments visible =
                VisibleSegments.of(profile(Map.of(), Map.of("w", Times.NEVER, "y", Times.NEVER), null), catalog, NOW);
        assertThat(visible.listed()).containsExactly("y", "w");
        assertThat(visible.computed()).containsExactly("z", "x");
        assertThat(visible.ids()).containsExactly("z", "y", "x", "w");
    }

    @Test
    void bitsAreTheSegmentsPlacesInTheCatalog() {
        final Segment[] segments = IntStream.range(0, 130)
                .mapToObj(i -> i == 129 ? computed("s129", "'s128' in segments") : listed("s" + i))
                .toArray(Segment[]::new);
        final VisibleSegments visible = VisibleSegments.of(
                profile(Map.of(), Map.of("s0", Times.NEVER, "s63", Times.NEVER, "s128", Times.NEVER), null),
                catalog(segments),
                NOW);
        assertThat(visible.bits()).containsExactly(1L | 1L << 63, 0, 0b11);
        assertThat(visible.isVisible(63)).isTrue();
        assertThat(visible.isVisible(64)).isFalse();
    }

    @Test
    void theNextExpiryIsTheEarliestOfAVisibleOne() {
        final Catalog catalog = catalog(listed("past"), listed("soon"), listed("late"), listed("denied", 1));
        final Profile profile = profile(
                Map.of(),
                Map.of("past", NOW - 5, "soon", NOW + 5, "late", NOW + 9, "denied", NOW + 1, "unknown", NOW + 1),
                consent());
        assertThat(VisibleSegments.of(profile, catalog, NOW).nextExpiryMicros()).isEqualTo(NOW + 5);
        assertThat(VisibleSegments.of(profile, catalog, NOW + 5).nextExpiryMicros())
                .isEqualTo(NOW + 9);
        assertThat(VisibleSegments.of(profile, catalog, NOW + 9).nextExpiryMicros())
                .isEqualTo(Times.NEVER);
    }

    private static List<String> ids(Profile profile, Catalog catalog) {
        return VisibleSegments.of(profile, catalog, NOW).ids();
    }

    private static Catalog catalog(Segment... segments) {
        return catalog(false, segments);
    }

    private static Catalog catalog(boolean consentDefault, Segment... segments) {
        final Policies policies = new Policies(consentDefault, null, List.of(), List.of(), Documents.DAY_MICROS, -1);
        final CatalogCompilation compilation = CatalogCompiler.compile(
                new CatalogDocument(List.of(segments), List.of(), List.of(), policies), 1, Catalog.EMPTY);
        assertThat(compilation.errors()).isEmpty();
        return compilation.catalog();
    }

    private static Consent consent(int... purposes) {
        return new Consent(mask(purposes), null, null);
    }

    private static Profile profile(Map<String, Object> attributes, Map<String, Long> listed, Consent consent) {
        return new Profile(
                List.of(),
                new TreeMap<>(attributes),
                new TreeMap<>(listed),
                new TreeMap<>(),
                consent,
                EventHistory.EMPTY,
                1,
                0,
                1,
                1);
    }
}
