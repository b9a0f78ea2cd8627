package io.zandloper.benchmarks;

import io.zandloper.benchmarks.measure.Comparison;
import io.zandloper.benchmarks.measure.Rounds;
import io.zandloper.server.decide.Decision;
import io.zandloper.server.decide.Decision.ExplainedOffer;
import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decide.DecisionRequest.PlacementRequest;
import io.zandloper.server.decide.PlainDecider;
import io.zandloper.server.decide.ReasonCode;
import io.zandloper.storage.StorageReader;
import io.zandloper.storage.View;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.VisibleSegments;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Whole decisions by the plain decider, in process, against nothing but the eligibility of every offer by the CEL
 * library's interpreter. The plain decider evaluates by that interpreter too, so this is where the fast one starts from.
 */
final class DecideBenchmark {
    private static final int SEGMENTS = 256;
    private static final String PLACEMENT = "call-script";
    private static final Map<String, Object> CONTEXT = Map.of("channel", "web", "device", "mobile", "hour", 14L);
    private static final Set<ReasonCode> CONDITIONS =
            EnumSet.of(ReasonCode.ELIGIBILITY, ReasonCode.APPLICABILITY, ReasonCode.SUITABILITY);

    private final int profileCount;
    private final int offerCountMax;
    private final Rounds rounds;
    private final long nowMicros = System.currentTimeMillis() * 1_000;

    /** @param offerCountMax 1,000, or 10,000 to measure that too */
    DecideBenchmark(int profileCount, int offerCountMax, int runs) {
        this.profileCount = profileCount;
        this.offerCountMax = offerCountMax;
        this.rounds = new Rounds(runs);
    }

    /** @param progress told the profiles written, now and then */
    List<Comparison> run(LongConsumer progress) throws IOException {
        final List<Profile> profiles = profiles(progress);
        final List<Comparison> rows = new ArrayList<>();
        final Catalog thousand = FilledStorage.catalog(1_000, SEGMENTS);
        rows.add(compare(thousand, profiles));
        if (offerCountMax >= 10_000) {
            final Catalog tenThousand = FilledStorage.catalog(10_000, SEGMENTS);
            // Ten times the work a decision: a tenth of the profiles.
            final List<Profile> fewer = profiles.subList(0, Math.max(1, profiles.size() / 10));
            rows.add(compare(tenThousand, fewer));
            rows.add(rounds.compare(
                    "P6",
                    "a decision among 10,000 offers",
                    () -> microsPerDecision(tenThousand, fewer),
                    "a decision among 1,000 offers",
                    () -> microsPerDecision(thousand, fewer),
                    "µs"));
        }
        return rows;
    }

    private List<Profile> profiles(LongConsumer progress) throws IOException {
        final List<Profile> profiles = new ArrayList<>();
        try (FilledStorage filled = FilledStorage.create(profileCount, 1_000, SEGMENTS, progress);
                StorageReader reader = filled.storage().newReader()) {
            final View view = reader.enter();
            for (int row = 0; row < profileCount; row++) {
                final Profile profile = view.profile(new Identity("crm", Integer.toString(row + 1)));
                if (profile == null) {
                    throw new IllegalStateException("a profile is missing, row=" + row);
                }
                profiles.add(profile);
            }
            reader.leave();
        }
        return profiles;
    }

    private Comparison compare(Catalog catalog, List<Profile> profiles) {
        final CelBaseline cel = new CelBaseline(catalog);
        verify(catalog, cel, profiles.subList(0, Math.min(100, profiles.size())));
        return rounds.compare(
                "P6",
                String.format(
                        Locale.ROOT,
                        "a whole decision by the plain decider, %,d offers",
                        catalog.offers().size()),
                () -> {
                    final Rounds.Run run = microsPerDecision(catalog, profiles);
                    return new Rounds.Run(catalog.offers().size() / run.value(), run.checksum());
                },
                "CEL interpreter, the conditions of each offer",
                () -> offersPerMicro(catalog, cel, profiles),
                "offers/µs");
    }

    private Rounds.Run microsPerDecision(Catalog catalog, List<Profile> profiles) {
        long checksum = 0;
        final long start = System.nanoTime();
        for (final Profile profile : profiles) {
            final Decision decision = PlainDecider.decide(request(profile, false), profile, catalog, nowMicros);
            checksum = 31 * checksum + decision.placements().hashCode();
        }
        return new Rounds.Run((System.nanoTime() - start) / 1e3 / profiles.size(), checksum);
    }

    private Rounds.Run offersPerMicro(Catalog catalog, CelBaseline cel, List<Profile> profiles) {
        long checksum = 0;
        final long start = System.nanoTime();
        for (final Profile profile : profiles) {
            checksum = 31 * checksum + eligible(catalog, cel, profile);
        }
        final double micros = (System.nanoTime() - start) / 1e3;
        return new Rounds.Run((double) profiles.size() * catalog.offers().size() / micros, checksum);
    }

    private int eligible(Catalog catalog, CelBaseline cel, Profile profile) {
        final List<String> segments =
                VisibleSegments.of(profile, catalog, nowMicros).ids();
        return cel.eligible(profile.attributes(), segments, CONTEXT);
    }

    /** Both sides must find the same offers eligible. */
    private void verify(Catalog catalog, CelBaseline cel, List<Profile> profiles) {
        for (final Profile profile : profiles) {
            final List<Decision.ExplainedPlacement> explained = PlainDecider.decide(
                            request(profile, true), profile, catalog, nowMicros)
                    .explanations();
            if (explained == null) {
                throw new IllegalStateException("no explanation came");
            }
            final long satisfied = explained.get(0).offers().stream()
                    .filter(DecideBenchmark::meetsConditions)
                    .count();
            if (satisfied != eligible(catalog, cel, profile)) {
                throw new IllegalStateException("the decider and CEL differ on " + profile.primary());
            }
        }
    }

    private static boolean meetsConditions(ExplainedOffer offer) {
        return offer.reasons().stream().noneMatch(reason -> CONDITIONS.contains(reason.code()));
    }

    private static DecisionRequest request(Profile profile, boolean explain) {
        return new DecisionRequest(
                profile.primary(), null, List.of(new PlacementRequest(PLACEMENT, 3)), CONTEXT, explain, null, Set.of());
    }
}
