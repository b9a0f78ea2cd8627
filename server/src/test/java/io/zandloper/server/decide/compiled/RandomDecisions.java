package io.zandloper.server.decide.compiled;

import io.zandloper.server.decide.Decision;
import io.zandloper.server.decide.Decision.ExplainedPlacement;
import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.json.DecisionWriter;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.profile.Profile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/** A program of its own: writes seeded decisions and explanations into a file, as the HTTP port would send them. */
final class RandomDecisions {
    private static final int CASES_PER_CATALOG = 50;
    private static final int OFFERS_MAX = 40;

    private RandomDecisions() {}

    /** Arguments: seed, number of cases, file. */
    public static void main(String[] arguments) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(Path.of(arguments[2])))) {
            write(Long.parseLong(arguments[0]), Integer.parseInt(arguments[1]), out);
        }
    }

    private static void write(long seed, int cases, OutputStream out) throws IOException {
        final SplittableRandom seeds = new SplittableRandom(seed);
        final RandomWorld world = new RandomWorld(seeds.split());
        for (int done = 0; done < cases; done += CASES_PER_CATALOG) {
            final Catalog catalog = world.catalog(OFFERS_MAX);
            final CompiledCatalog compiled = CompiledCatalog.of(catalog);
            final CompiledDecider decider = new CompiledDecider(compiled);
            final CompiledDecision decision = new CompiledDecision(compiled);
            final CompiledRequest request = new CompiledRequest();
            for (int i = 0; i < CASES_PER_CATALOG; i++) {
                final Profile profile = world.profile(catalog);
                final DecisionRequest asked = world.request(catalog, profile.primary(), null, true);
                request.read(asked, compiled, RandomWorld.NOW);
                final HeapPerson person = HeapPerson.of(profile, true, compiled, request.atMicros());
                decider.decide(request, person, decision);
                final List<ExplainedPlacement> explained = new Explainer(compiled).explain(request, person, decision);
                final Decision made = decision.toDecision(
                        profile.primary() == null ? null : profile.primary().text(), explained, catalog.version());
                out.write(DecisionWriter.document("id", made, 1, 0).toUtf8());
                out.write('\n');
            }
        }
    }
}
