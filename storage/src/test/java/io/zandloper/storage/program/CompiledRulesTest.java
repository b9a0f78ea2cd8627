package io.zandloper.storage.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogCompilation;
import io.zandloper.storage.catalog.CatalogCompiler;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.catalog.VisibleSegments;
import io.zandloper.storage.profile.Consent;
import io.zandloper.storage.profile.EventHistory;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Compiled rules against the plain form. */
class CompiledRulesTest {
    private static final int CATALOGS = 50;
    private static final int PROFILES = 60;
    private static final int SEGMENTS_MAX = 90;
    private static final long NOW = 1_000_000;

    private final long seed = Long.getLong("zandloper.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final RandomExpressions expressions = new RandomExpressions(random);
    private final RandomInputs inputs = new RandomInputs(random);

    @Test
    void whatIsVisibleIsWhatThePlainFormFinds() {
        int judged = 0;
        int visible = 0;
        for (int round = 0; round < CATALOGS; round++) {
            final Catalog catalog = catalogOrNull();
            if (catalog == null) {
                continue;
            }
            final CompiledRules rules = new CompiledRules(catalog);
            for (int i = 0; i < PROFILES; i++) {
                final Profile profile = profile(catalog);
                final VisibleSegments plain = VisibleSegments.of(profile, catalog, NOW);
                rules.judge(profile, NOW);
                assertThat(rules.bits())
                        .as("seed=%d catalog %d profile %d %s %s", seed, round, i, catalog.segments(), profile)
                        .isEqualTo(plain.bits());
                assertThat(rules.nextExpiryMicros()).isEqualTo(plain.nextExpiryMicros());
                judged++;
                visible += plain.computed().size();
            }
        }
        assertThat(judged).as("profiles judged with seed=%d", seed).isGreaterThan(CATALOGS * PROFILES / 4);
        assertThat(visible).as("computed segments found with seed=%d", seed).isGreaterThan(judged);
    }

    @Test
    void aRuleThatReadsSegmentsDynamicallySeesNothingThatDependsOnIt() {
        final Catalog catalog = compile(List.of(
                segment("many", "size(segments) >= 2"),
                segment("of-many", "'many' in segments"),
                segment("seen", "segments.filter(s, s.startsWith('m')).size() == 0 && true"),
                segment("a", null),
                segment("b", null)));
        assertThat(catalog).isNotNull();
        final CompiledRules rules = new CompiledRules(catalog);
        assertThat(rules.interpretedCount()).isZero();
        final Profile profile = profile(new TreeMap<>(), "a", "b");
        rules.judge(profile, NOW);
        assertThat(rules.bits())
                .isEqualTo(VisibleSegments.of(profile, catalog, NOW).bits())
                .containsExactly(0b11111);
    }

    private @Nullable Catalog catalogOrNull() {
        final List<CatalogDocument.Segment> segments = new ArrayList<>();
        for (String id : RandomExpressions.SEGMENTS) {
            segments.add(segment(id, null));
        }
        final int count = segments.size() + random.nextInt(SEGMENTS_MAX);
        while (segments.size() < count) {
            segments.add(segment("r" + segments.size(), random.nextInt(4) == 0 ? null : rule(segments.size())));
        }
        return compile(segments);
    }

    /** Names rules before its own more often than not, so that few catalogs have a cycle. */
    private String rule(int bit) {
        final String condition = expressions.condition(random.nextInt(3));
        return random.nextBoolean() ? condition : "'r" + random.nextInt(bit) + "' in segments || " + condition;
    }

    private @Nullable Catalog compile(List<CatalogDocument.Segment> segments) {
        final List<CatalogDocument.Segment> kept = new ArrayList<>(segments);
        while (true) {
            final CatalogCompilation compilation = CatalogCompiler.compile(
                    new CatalogDocument(kept, List.of(), List.of(), CatalogDocument.Policies.DEFAULT),
                    1,
                    Catalog.EMPTY);
            if (compilation.catalog() != null) {
                return compilation.catalog();
            }
            // A rule that the checker refuses, or that names one that there is not, becomes another.
            for (int i = 0; i < kept.size(); i++) {
                final String path = "segments[" + i + "]";
                if (compilation.errors().stream().anyMatch(error -> error.path().startsWith(path))) {
                    kept.set(
                            i,
                            segment(
                                    kept.get(i).id(),
                                    random.nextInt(8) == 0 ? null : rule(RandomExpressions.SEGMENTS.length + 1)));
                }
            }
        }
    }

    private CatalogDocument.Segment segment(String id, @Nullable String rule) {
        return new CatalogDocument.Segment(
                id, null, random.nextInt(3) == 0 ? Consent.purposeBit(1 + random.nextInt(3)) : 0, null, null, rule);
    }

    private Profile profile(Catalog catalog) {
        final SortedMap<String, Long> listed = new TreeMap<>();
        for (Catalog.Segment segment : catalog.segments()) {
            if (random.nextInt(3) == 0) {
                listed.put(segment.id(), random.nextInt(3) == 0 ? NOW - 1 + random.nextInt(3) : Times.NEVER);
            }
        }
        listed.put("gone", Times.NEVER);
        return new Profile(
                List.of(),
                inputs.attributes(),
                listed,
                new TreeMap<>(),
                random.nextInt(4) == 0 ? null : new Consent(random.nextInt(8), null, null),
                EventHistory.EMPTY,
                0,
                0,
                0,
                0);
    }

    private static Profile profile(SortedMap<String, Object> attributes, String... segments) {
        final SortedMap<String, Long> listed = new TreeMap<>();
        for (String segment : segments) {
            listed.put(segment, Times.NEVER);
        }
        return new Profile(
                List.of(),
                attributes,
                listed,
                new TreeMap<>(),
                new Consent(Consent.ALL_PURPOSES, null, null),
                EventHistory.EMPTY,
                0,
                0,
                0,
                0);
    }
}
