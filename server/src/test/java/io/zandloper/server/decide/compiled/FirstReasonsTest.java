package io.zandloper.server.decide.compiled;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.server.decide.Decision;
import io.zandloper.server.decide.Decision.ExplainedOffer;
import io.zandloper.server.decide.Decision.Rejection;
import io.zandloper.server.decide.Decision.Status;
import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decide.PlainDecider;
import io.zandloper.server.decide.ReasonCode;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.profile.Profile;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The first reason of an offer is the first that the plain decider lists. */
final class FirstReasonsTest {
    private static final long SEED = 20_261_122;
    private static final int CATALOGS = 100;
    private static final int CASES_PER_CATALOG = 30;

    @Test
    void isThePlainDecidersFirst() {
        System.out.println("FirstReasonsTest: seed " + SEED);
        final SplittableRandom seeds = new SplittableRandom(SEED);
        final RandomWorld world = new RandomWorld(seeds.split());
        final Map<ReasonCode, Integer> seen = new EnumMap<>(ReasonCode.class);
        for (int i = 0; i < CATALOGS; i++) {
            final Catalog catalog = world.catalog(14);
            final CompiledCatalog compiled = CompiledCatalog.of(catalog);
            final CompiledDecider decider = new CompiledDecider(compiled);
            final CompiledRequest compiledRequest = new CompiledRequest();
            final CompiledDecision decision = new CompiledDecision(compiled);
            final FirstReasons reasons = new FirstReasons(compiled);
            for (int j = 0; j < CASES_PER_CATALOG; j++) {
                final Profile profile = world.profile(catalog);
                final DecisionRequest request = world.request(catalog, profile.primary(), null, true);
                compiledRequest.read(request, compiled, RandomWorld.NOW);
                final HeapPerson person = HeapPerson.of(profile, true, compiled, compiledRequest.atMicros());
                decider.decide(compiledRequest, person, decision);
                reasons.begin(compiledRequest, person, decision);
                final Decision plain = PlainDecider.decide(request, profile, catalog, RandomWorld.NOW);
                for (int placement = 0; placement < plain.explanations().size(); placement++) {
                    final List<ExplainedOffer> offers =
                            plain.explanations().get(placement).offers();
                    for (int offer = 0; offer < offers.size(); offer++) {
                        final List<ReasonCode> codes = offers.get(offer).reasons().stream()
                                .map(Rejection::code)
                                .toList();
                        if (offers.get(offer).status() != Status.RETURNED) {
                            assertThat(reasons.of(offer, placement))
                                    .as("%s, %s of %s", request, offers.get(offer), profile)
                                    .isEqualTo(codes.get(0));
                            seen.merge(codes.get(0), 1, Integer::sum);
                        }
                    }
                }
            }
        }
        // Not a test of nothing.
        assertThat(seen.keySet())
                .contains(
                        ReasonCode.DISABLED,
                        ReasonCode.PLACEMENT,
                        ReasonCode.CONSENT,
                        ReasonCode.ELIGIBILITY,
                        ReasonCode.SUPPRESSED,
                        ReasonCode.CAPPED,
                        ReasonCode.HOLDOUT,
                        ReasonCode.ALREADY_PLACED,
                        ReasonCode.OUTRANKED,
                        ReasonCode.GROUP_LIMIT);
    }
}
