package io.zandloper.server.decide.compiled;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.server.decide.Decision;
import io.zandloper.server.decide.Decision.ChosenOffer;
import io.zandloper.server.decide.Decision.ExplainedPlacement;
import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.catalog.CatalogDocument.Offer;
import io.zandloper.storage.catalog.CatalogLimits;
import io.zandloper.storage.profile.Profile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What a change of a catalog may change in decisions, and what it may not. */
final class MetamorphicTest {
    private static final long SEED = Long.getLong("zandloper.decide.seed", 11);
    private static final int CATALOGS = 60;
    private static final int CASES_PER_CATALOG = 30;

    private final SplittableRandom seeds = new SplittableRandom(SEED);
    private final RandomWorld world = new RandomWorld(seeds.split());

    @Test
    void offersInAnotherOrderDecideTheSame() {
        System.out.println("MetamorphicTest: zandloper.decide.seed=" + SEED);
        for (int i = 0; i < CATALOGS; i++) {
            final Catalog catalog = world.catalog(100);
            final List<Offer> shuffled = new ArrayList<>(catalog.document().offers());
            Collections.shuffle(shuffled, new Random(seeds.nextLong()));
            final Catalog other = withOffers(catalog, shuffled);
            for (int j = 0; j < CASES_PER_CATALOG; j++) {
                final Profile profile = world.profile(catalog);
                final DecisionRequest request = world.request(catalog, profile.primary(), null, false);
                assertThat(decide(other, request, profile)).isEqualTo(decide(catalog, request, profile));
            }
        }
    }

    @Test
    void whatIsWorthMoreIsNeverRankedLower() {
        System.out.println("MetamorphicTest: zandloper.decide.seed=" + SEED);
        int raised = 0;
        for (int i = 0; i < CATALOGS; i++) {
            final Catalog catalog = world.catalog(40);
            final Profile profile = world.profile(catalog);
            final DecisionRequest request = world.request(catalog, profile.primary(), null, false);
            for (ChosenOffer before : ranked(catalog, request, profile)) {
                final Catalog better = withOffers(
                        catalog,
                        catalog.document().offers().stream()
                                .map(offer -> offer.id().equals(before.id()) ? worthMore(offer) : offer)
                                .toList());
                final ChosenOffer after = ranked(better, request, profile).stream()
                        .filter(offer -> offer.id().equals(before.id()))
                        .findFirst()
                        .orElseThrow();
                assertThat(after.rank()).as("%s in %s", before.id(), request).isLessThanOrEqualTo(before.rank());
                raised++;
            }
        }
        assertThat(raised).isGreaterThan(CATALOGS / 2);
    }

    @Test
    void whatIsExplainedAsReturnedIsWhatIsReturned() {
        System.out.println("MetamorphicTest: zandloper.decide.seed=" + SEED);
        int returned = 0;
        for (int i = 0; i < CATALOGS; i++) {
            final Catalog catalog = world.catalog(40);
            final CompiledCatalog compiled = CompiledCatalog.of(catalog);
            final CompiledDecision decision = new CompiledDecision(compiled);
            final CompiledRequest request = new CompiledRequest();
            for (int j = 0; j < CASES_PER_CATALOG; j++) {
                final Profile profile = world.profile(catalog);
                final DecisionRequest asked = world.request(catalog, profile.primary(), null, true);
                request.read(asked, compiled, RandomWorld.NOW);
                final HeapPerson person = HeapPerson.of(profile, true, compiled, request.atMicros());
                new CompiledDecider(compiled).decide(request, person, decision);
                final List<ExplainedPlacement> explained = new Explainer(compiled).explain(request, person, decision);
                for (int placement = 0; placement < decision.placementCount(); placement++) {
                    final List<String> ids = new ArrayList<>();
                    for (int index = decision.start(placement); index < decision.end(placement); index++) {
                        ids.add(decision.document(index).id());
                    }
                    assertThat(returned(explained.get(placement)))
                            .as("%s", asked)
                            .containsExactlyInAnyOrderElementsOf(ids);
                    returned += ids.size();
                }
            }
        }
        assertThat(returned).isGreaterThan(CATALOGS);
    }

    private static List<String> returned(ExplainedPlacement placement) {
        return placement.offers().stream()
                .filter(offer -> offer.status() == Decision.Status.RETURNED)
                .map(Decision.ExplainedOffer::id)
                .toList();
    }

    /** The offers of the first placement that are no fallbacks. */
    private static List<ChosenOffer> ranked(Catalog catalog, DecisionRequest request, Profile profile) {
        return decide(catalog, request, profile).placements().get(0).offers().stream()
                .filter(offer -> !offer.isFallback())
                .toList();
    }

    private static Decision decide(Catalog catalog, DecisionRequest asked, Profile profile) {
        final CompiledCatalog compiled = CompiledCatalog.of(catalog);
        final CompiledRequest request = new CompiledRequest();
        final CompiledDecision decision = new CompiledDecision(compiled);
        request.read(asked, compiled, RandomWorld.NOW);
        new CompiledDecider(compiled)
                .decide(request, HeapPerson.of(profile, true, compiled, request.atMicros()), decision);
        return decision.toDecision(null, null, 0);
    }

    private Catalog withOffers(Catalog catalog, List<Offer> offers) {
        final CatalogDocument document = catalog.document();
        return world.compiled(
                new CatalogDocument(document.segments(), offers, document.placements(), document.policies()));
    }

    private static Offer worthMore(Offer offer) {
        return new Offer(
                offer.id(),
                offer.name(),
                offer.group(),
                offer.product(),
                offer.enabled(),
                offer.startMicros(),
                offer.endMicros(),
                offer.placements(),
                offer.purposes(),
                offer.eligibility(),
                offer.applicability(),
                offer.suitability(),
                offer.propensity(),
                Math.min(CatalogLimits.VALUE_MAX, 2 * offer.value() + 1),
                offer.lever(),
                offer.contextWeights(),
                offer.mandatory(),
                offer.tier(),
                offer.caps(),
                offer.suppress(),
                offer.suppressAfterConversionMicros(),
                offer.payload());
    }
}
