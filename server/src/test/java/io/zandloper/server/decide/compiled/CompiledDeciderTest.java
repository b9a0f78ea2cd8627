package io.zandloper.server.decide.compiled;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.server.decide.Decision;
import io.zandloper.server.decide.Decision.ExplainedPlacement;
import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decide.PlainDecider;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.VisibleSegments;
import io.zandloper.storage.format.RecordCodec;
import io.zandloper.storage.profile.Profile;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * The compiled decider decides as the plain one, with which it shares no code. For more cases:
 * {@code -Dzandloper.decide.cases=1000000}; for others: {@code -Dzandloper.decide.seed=N}.
 */
final class CompiledDeciderTest {
    private static final long CASES = Long.getLong("zandloper.decide.cases", 100_000);
    private static final long SEED = Long.getLong("zandloper.decide.seed", 20_261_122);
    private static final int CASES_PER_CATALOG = 100;
    private static final int CASES_PER_EXPLANATION = 4;
    private static final int CATALOGS_PER_WORLD = 500;

    private final RecordCodec codec = new RecordCodec();
    private final RecordPerson person = new RecordPerson();
    private byte[] record = new byte[0];

    @Test
    void decidesAsThePlainDecider() {
        System.out.println("CompiledDeciderTest: zandloper.decide.cases=" + CASES + " zandloper.decide.seed=" + SEED);
        final SplittableRandom seeds = new SplittableRandom(SEED);
        RandomWorld world = new RandomWorld(seeds.split());
        long targeted = 0;
        for (long done = 0, catalogs = 0; done < CASES; done += CASES_PER_CATALOG, catalogs++) {
            if (catalogs % CATALOGS_PER_WORLD == CATALOGS_PER_WORLD - 1) {
                world = new RandomWorld(seeds.split());
            }
            final Catalog catalog = world.catalog(catalogs % 100 == 0 ? 400 : 14);
            final CompiledCatalog compiled = CompiledCatalog.of(catalog);
            final CompiledDecider decider = new CompiledDecider(compiled);
            final Explainer explainer = new Explainer(compiled);
            final CompiledRequest compiledRequest = new CompiledRequest();
            final CompiledDecision decision = new CompiledDecision(compiled);
            for (int i = 0; i < CASES_PER_CATALOG; i++) {
                final Profile profile = world.profile(catalog);
                final int kind = seeds.nextInt(10);
                final DecisionRequest request = world.request(
                        catalog,
                        kind == 0 || kind == 1 ? null : profile.primary(),
                        kind == 0 ? profile : null,
                        i % CASES_PER_EXPLANATION == 0);
                final Profile stored = kind <= 2 ? null : profile;
                final Decision expected = PlainDecider.decide(request, stored, catalog, RandomWorld.NOW);

                compiledRequest.read(request, compiled, RandomWorld.NOW);
                final Profile known = kind == 0 ? profile : stored;
                final HeapPerson whom = known == null
                        ? compiled.nobody()
                        : HeapPerson.of(known, kind != 0, compiled, compiledRequest.atMicros());
                decider.decide(compiledRequest, whom, decision);
                final List<ExplainedPlacement> explained =
                        request.explain() ? explainer.explain(compiledRequest, whom, decision) : null;
                final Decision actual = decision.toDecision(expected.profile(), explained, catalog.version());
                final String about = "case " + (done + i) + " of seed " + SEED;
                check(about, actual, expected, request, profile);
                if (stored != null) {
                    decider.decide(
                            compiledRequest, recordPerson(stored, catalog, compiledRequest.atMicros()), decision);
                    check(
                            about + " as a record",
                            decision.toDecision(expected.profile(), explained, catalog.version()),
                            expected,
                            request,
                            profile);
                }
                targeted += actual.reason() == Decision.Reason.TARGETING_MATCH ? 1 : 0;
            }
        }
        // Not a test of nothing.
        assertThat(targeted).isGreaterThan(CASES / 3);
    }

    private static void check(
            String about, Decision actual, Decision expected, DecisionRequest request, Profile profile) {
        if (!actual.equals(expected)) {
            assertThat(actual).as("%s: %s %s", about, request, profile).isEqualTo(expected);
        }
    }

    /** The profile as the storage would give it. */
    private RecordPerson recordPerson(Profile profile, Catalog catalog, long atMicros) {
        final ByteBuffer encoded = codec.encode(profile, RandomWorld.numbers(catalog));
        if (record.length < encoded.remaining()) {
            record = new byte[2 * encoded.remaining()];
        }
        encoded.get(record, 0, encoded.remaining());
        person.of(
                record,
                VisibleSegments.grantedPurposes(profile, catalog),
                VisibleSegments.of(profile, catalog, atMicros).bits());
        return person;
    }
}
