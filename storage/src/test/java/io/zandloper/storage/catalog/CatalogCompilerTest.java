package io.zandloper.storage.catalog;

import static io.zandloper.storage.catalog.Documents.computed;
import static io.zandloper.storage.catalog.Documents.listed;
import static io.zandloper.storage.catalog.Documents.offer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.zandloper.storage.catalog.CatalogDocument.ContextWeight;
import io.zandloper.storage.catalog.CatalogDocument.Holdout;
import io.zandloper.storage.catalog.CatalogDocument.Offer;
import io.zandloper.storage.catalog.CatalogDocument.Placement;
import io.zandloper.storage.catalog.CatalogDocument.Policies;
import io.zandloper.storage.catalog.CatalogDocument.Segment;
import io.zandloper.storage.catalog.Documents.OfferBuilder;
import io.zandloper.storage.profile.FieldError;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class CatalogCompilerTest {
    @ParameterizedTest(name = "{1}: {2}")
    @MethodSource("documentsWithOneError")
    void refuses(CatalogDocument document, String path, String reason) {
        final CatalogCompilation compilation = CatalogCompiler.compile(document, 1, Catalog.EMPTY);
        assertThat(compilation.catalog()).isNull();
        assertThat(compilation.errors()).hasSize(1);
        assertThat(compilation.errors().get(0).path()).isEqualTo(path);
        assertThat(compilation.errors().get(0).reason()).contains(reason);
    }

    static Stream<Arguments> documentsWithOneError() {
        return Stream.of(
                        // ids
                        arguments(Documents.segments(listed("a b")), "segments[0].id", "not an id"),
                        arguments(Documents.segments(listed("")), "segments[0].id", "not an id"),
                        arguments(
                                Documents.segments(listed("a"), listed("b"), listed("a")),
                                "segments[2].id",
                                "duplicate id 'a', first at segments[0].id"),
                        arguments(Documents.offers(offer("é").build()), "offers[0].id", "not an id"),
                        arguments(
                                Documents.offers(offer("a").build(), offer("a").build()),
                                "offers[1].id",
                                "duplicate id 'a'"),
                        arguments(Documents.placements(placement("", 1, 0)), "placements[0].id", "not an id"),
                        arguments(
                                Documents.placements(placement("p", 1, 0), placement("p", 1, 0)),
                                "placements[1].id",
                                "duplicate id 'p'"),
                        // rules
                        arguments(
                                Documents.segments(computed("a", "profile.")),
                                "segments[0].rule",
                                "does not compile: at 1:9"),
                        arguments(
                                Documents.segments(computed("a", "context.x == 1")),
                                "segments[0].rule",
                                "undeclared reference to 'context'"),
                        arguments(
                                Documents.segments(computed("a", "'b' in segments")),
                                "segments[0].rule",
                                "unknown segment 'b'"),
                        arguments(
                                Documents.segments(computed("a", "'a' in segments")),
                                "segments[0].rule",
                                "a cycle between rules: a -> a"),
                        arguments(
                                Documents.segments(
                                        computed("x", "'b' in segments"),
                                        computed("a", "'c' in segments"),
                                        computed("b", "'a' in segments"),
                                        computed("c", "true && 'b' in segments")),
                                "segments[1].rule",
                                "a cycle between rules: a -> c -> b -> a"),
                        arguments(
                                Documents.segments(
                                        computed("a", "size(segments) > 1 && 'b' in segments"),
                                        computed("b", "'a' in segments")),
                                "segments[0].rule",
                                "a cycle between rules: a -> b -> a"),
                        // offers
                        ofOffer(o -> o.group = "a b", "group", "not an id"),
                        ofOffer(o -> o.product = "", "product", "not an id"),
                        ofOffer(o -> o.placements = List.of("nowhere"), "placements[0]", "unknown placement 'nowhere'"),
                        ofOffer(o -> o.purposes = 1 << 24, "purposes", "outside 1-24"),
                        ofOffer(o -> o.eligibility = "profile.age >", "eligibility", "does not compile"),
                        ofOffer(o -> o.applicability = "(", "applicability", "does not compile"),
                        ofOffer(o -> o.suitability = "", "suitability", "does not compile"),
                        ofOffer(o -> o.suitability = "!('x' in segments)", "suitability", "unknown segment 'x'"),
                        ofOffer(
                                o -> o.eligibility = "profile.a.exists(i, 'x' in segments)",
                                "eligibility",
                                "unknown segment 'x'"),
                        ofOffer(o -> o.eligibility = "true" + " ".repeat(4_096), "eligibility", "4 KiB"),
                        ofOffer(o -> o.propensity = -0.1, "propensity", "a negative value"),
                        ofOffer(o -> o.value = -1, "value", "a negative value"),
                        ofOffer(o -> o.value = Double.POSITIVE_INFINITY, "value", "not a finite number"),
                        ofOffer(o -> o.value = Double.MAX_VALUE, "value", "so large"),
                        ofOffer(o -> o.lever = Double.NaN, "lever", "not a finite number"),
                        ofOffer(o -> o.lever = -1, "lever", "a negative value"),
                        ofOffer(
                                o -> o.contextWeights = List.of(new ContextWeight("profile.", 1)),
                                "contextWeights[0].when",
                                "does not compile"),
                        ofOffer(
                                o -> o.contextWeights = List.of(new ContextWeight("true", Double.NaN)),
                                "contextWeights[0].weight",
                                "not a finite number"),
                        ofOffer(
                                o -> o.caps = List.of(Documents.cap(1), Documents.cap(0)),
                                "caps[1].max",
                                "outside 1-32"),
                        ofOffer(o -> o.caps = List.of(Documents.cap(33)), "caps[0].max", "outside 1-32"),
                        ofOffer(
                                o -> o.suppress = List.of(Documents.suppression(0)),
                                "suppress[0].count",
                                "outside 1-32"),
                        ofOffer(
                                o -> o.suppress = List.of(Documents.suppression(33)),
                                "suppress[0].count",
                                "outside 1-32"),
                        ofOffer(o -> o.payload = "\"" + "x".repeat(65_536) + "\"", "payload", "64 KiB"),
                        // placements
                        arguments(Documents.placements(placement("p", 0, 0)), "placements[0].count", "outside 1-100"),
                        arguments(Documents.placements(placement("p", 101, 0)), "placements[0].count", "outside 1-100"),
                        arguments(
                                Documents.placements(placement("p", 1, -1)),
                                "placements[0].maxPerGroup",
                                "a negative value"),
                        arguments(
                                Documents.placements(placement("p", 1, 0, "nothing")),
                                "placements[0].fallback[0]",
                                "unknown offer 'nothing'"),
                        // policies
                        ofPolicies(new Holdout(100.5, ""), List.of(), 1, "policies.holdout.percent", "outside 0-100"),
                        ofPolicies(new Holdout(-1, ""), List.of(), 1, "policies.holdout.percent", "outside 0-100"),
                        ofPolicies(
                                new Holdout(Double.NaN, ""), List.of(), 1, "policies.holdout.percent", "outside 0-100"),
                        ofPolicies(null, List.of("CRM"), 1, "policies.identityPriority[0]", "not a namespace"),
                        ofPolicies(null, List.of(), 0, "policies.erasureBound", "30 days"),
                        ofPolicies(null, List.of(), 31, "policies.erasureBound", "30 days"),
                        arguments(
                                Documents.policies(new Policies(false, null, List.of(), List.of(), 1, 0)),
                                "policies.retention",
                                "longer than nothing"))
                .map(Arguments.class::cast);
    }

    @Test
    void reportsAllErrorsAtOnce() {
        final CatalogDocument document = new CatalogDocument(
                List.of(listed("a"), listed("a"), computed("c", "profile.")),
                List.of(offer("o")
                        .with(o -> {
                            o.value = -1;
                            o.eligibility = "'x' in segments && 'y' in segments";
                            o.caps = List.of(Documents.cap(99));
                            o.placements = List.of("p", "q");
                        })
                        .build()),
                List.of(placement("p", 0, 0, "o", "n")),
                new Policies(false, new Holdout(200, ""), List.of(Documents.cap(-1)), List.of(), 1, -1));
        assertThat(CatalogCompiler.compile(document, 1, Catalog.EMPTY).errors())
                .extracting(FieldError::path)
                .containsExactlyInAnyOrder(
                        "segments[1].id",
                        "segments[2].rule",
                        "offers[0].placements[1]",
                        "offers[0].value",
                        "offers[0].caps[0].max",
                        "offers[0].eligibility",
                        "offers[0].eligibility",
                        "placements[0].count",
                        "placements[0].fallback[1]",
                        "policies.holdout.percent",
                        "policies.caps[0].max");
    }

    @Test
    void everyCycleIsNamed() {
        final CatalogDocument document = Documents.segments(
                computed("a", "'b' in segments && 'c' in segments"),
                computed("b", "'a' in segments"),
                computed("c", "'d' in segments"),
                computed("d", "'c' in segments"),
                computed("behind", "'a' in segments"));
        assertThat(CatalogCompiler.compile(document, 1, Catalog.EMPTY).errors())
                .containsExactly(
                        new FieldError("segments[0].rule", "a cycle between rules: a -> b -> a"),
                        new FieldError("segments[2].rule", "a cycle between rules: c -> d -> c"));
    }

    @Test
    void moreThanTheLimitsAreRefused() {
        final List<Segment> segments =
                IntStream.rangeClosed(0, 4_096).mapToObj(i -> listed("s" + i)).toList();
        final List<Offer> offers = IntStream.rangeClosed(0, 100_000)
                .mapToObj(i -> offer("o" + i).build())
                .toList();
        final CatalogDocument tooMany = new CatalogDocument(segments, offers, List.of(), Policies.DEFAULT);
        assertThat(CatalogCompiler.compile(tooMany, 1, Catalog.EMPTY).errors())
                .extracting(FieldError::path)
                .containsExactly("segments", "offers");
        final CatalogDocument justSo = new CatalogDocument(
                segments.subList(0, 4_096), offers.subList(0, 100_000), List.of(), Policies.DEFAULT);
        assertThat(compile(justSo).offers()).hasSize(100_000);
    }

    @Test
    void allowsWhatTheContractAllows() {
        final CatalogDocument document = new CatalogDocument(
                List.of(),
                List.of(offer("o")
                        .with(o -> {
                            o.propensity = 1.5;
                            o.lever = 11;
                            o.contextWeights = List.of(new ContextWeight("true", -250));
                            o.eligibility = "1 + 1";
                            o.placements = List.of();
                            o.caps = Collections.nCopies(3, Documents.cap(32));
                        })
                        .build()),
                List.of(placement("p", 100, 0, "o", "o")),
                Policies.DEFAULT);
        assertThat(CatalogCompiler.compile(document, 1, Catalog.EMPTY).errors()).isEmpty();
    }

    @Test
    void numbersSegmentsByTheirPlaceAndSortsOffersById() {
        final Catalog catalog = compile(new CatalogDocument(
                List.of(listed("z"), computed("a", "true")),
                List.of(
                        offer("b").build(),
                        offer("a:1").build(),
                        offer("a").build(),
                        offer("B").build()),
                List.of(),
                Policies.DEFAULT));
        assertThat(catalog.segmentBit("z")).isZero();
        assertThat(catalog.segmentBit("a")).isEqualTo(1);
        assertThat(catalog.segmentBit("nobody")).isEqualTo(-1);
        assertThat(catalog.offers()).extracting(Catalog.Offer::id).containsExactly("B", "a", "a:1", "b");
        assertThat(catalog.version()).isEqualTo(1);
    }

    @Test
    void rulesComeAfterThoseTheyRead() {
        final Catalog catalog = compile(Documents.segments(
                computed("d", "'c' in segments"),
                computed("counts", "size(segments) > 1"),
                computed("c", "'b' in segments || 'a' in segments"),
                computed("after", "'counts' in segments"),
                listed("a"),
                computed("b", "true")));
        assertThat(IntStream.of(catalog.computedOrder())
                        .mapToObj(bit -> catalog.segments().get(bit).id()))
                .containsExactly("b", "c", "d", "counts", "after");
    }

    @Test
    void equalTextsAreCompiledOnceAndTakenOverFromThePreviousCatalog() {
        final CatalogDocument document = new CatalogDocument(
                List.of(computed("s", "profile.age > 1")),
                List.of(
                        offer("a").with(o -> o.eligibility = "profile.age > 1").build(),
                        offer("b").with(o -> o.suitability = "profile.age > 1").build()),
                List.of(),
                Policies.DEFAULT);
        final Catalog first = compile(document);
        final Expression condition = first.offers().get(0).eligibility();
        assertThat(first.offers().get(1).suitability()).isSameAs(condition);
        assertThat(first.segments().get(0).rule()).isNotSameAs(condition);
        final Catalog second = CatalogCompiler.compile(document, 2, first).catalog();
        assertThat(second.offers().get(0).eligibility()).isSameAs(condition);
        assertThat(second.segments().get(0).rule())
                .isSameAs(first.segments().get(0).rule());
    }

    @Test
    void chainsOfRulesAsLongAsTheLimitCompile() {
        final Segment[] chain = IntStream.range(0, CatalogLimits.SEGMENTS_MAX)
                .mapToObj(i -> i == CatalogLimits.SEGMENTS_MAX - 1
                        ? computed("s" + i, "true")
                        : computed("s" + i, "'s" + (i + 1) + "' in segments"))
                .toArray(Segment[]::new);
        final int[] order = compile(Documents.segments(chain)).computedOrder();
        assertThat(order).hasSize(CatalogLimits.SEGMENTS_MAX).startsWith(CatalogLimits.SEGMENTS_MAX - 1);
    }

    private static Catalog compile(CatalogDocument document) {
        final CatalogCompilation compilation = CatalogCompiler.compile(document, 1, Catalog.EMPTY);
        assertThat(compilation.errors()).isEmpty();
        return compilation.catalog();
    }

    private static Placement placement(String id, int count, int maxPerGroup, String... fallback) {
        return new Placement(id, null, count, maxPerGroup, List.of(fallback));
    }

    private static Arguments ofOffer(Consumer<OfferBuilder> change, String field, String reason) {
        return arguments(Documents.offers(offer("o").with(change).build()), "offers[0]." + field, reason);
    }

    private static Arguments ofPolicies(
            Holdout holdout, List<String> identityPriority, long erasureBoundDays, String path, String reason) {
        final Policies policies =
                new Policies(false, holdout, List.of(), identityPriority, erasureBoundDays * Documents.DAY_MICROS, -1);
        return arguments(Documents.policies(policies), path, reason);
    }
}
