package io.zandloper.server;

import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decide.DecisionRequest.PlacementRequest;
import io.zandloper.server.decision.Deciding;
import io.zandloper.server.decision.DecisionListener;
import io.zandloper.server.decision.Decisions;
import io.zandloper.storage.MicrosClock;
import io.zandloper.storage.Storage;
import io.zandloper.storage.StorageReader;
import io.zandloper.storage.View;
import io.zandloper.storage.profile.Identity;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Looks up and decides for nobody until the classes are loaded and the code is compiled, so that the first callers do
 * not pay for it. Changes nothing and is bounded in time.
 */
final class Warmup {
    private static final int ROUNDS_MAX = 2_000;
    private static final long DURATION_MAX_NANOS = Duration.ofMillis(750).toNanos();
    private static final Identity NOBODY = new Identity("warmup", "nobody");

    private Warmup() {}

    static void run(Storage storage, MicrosClock clock, LongSupplier nanoTime) {
        final long startNanos = nanoTime.getAsLong();
        // Decisions of its own, so that nobody counts them.
        try (StorageReader reader = storage.newReader();
                Decisions decisions = new Decisions(DecisionListener.NONE)) {
            final Deciding deciding = decisions.newDeciding();
            for (int round = 0; round < ROUNDS_MAX && nanoTime.getAsLong() - startNanos < DURATION_MAX_NANOS; round++) {
                final View view = reader.enter();
                try {
                    decideForNobody(deciding, view, clock.nowMicros(), round % 2 == 0);
                } finally {
                    reader.leave();
                }
            }
        }
    }

    private static void decideForNobody(Deciding deciding, View view, long nowMicros, boolean explain) {
        final List<PlacementRequest> placements = view.catalog().document().placements().stream()
                .map(placement -> new PlacementRequest(placement.id(), null))
                .toList();
        if (!placements.isEmpty()) {
            deciding.decide(
                    new DecisionRequest(NOBODY, null, placements, Map.of(), explain, null, Set.of()), view, nowMicros);
        }
    }
}
