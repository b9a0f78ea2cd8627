package io.zandloper.server.simulate;

import io.zandloper.server.decide.DecisionRequest.PlacementRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is to be simulated.
 *
 * @param placements asked for together, in this order; empty for each placement of either catalog by itself
 * @param context of every decision
 * @param atMicros the time of every decision, in microseconds since 1970 UTC; null for now
 * @param sample how many profiles; null for all
 * @param seed of the sample: the same among the same profiles chooses the same
 */
public record SimulationRequest(
        List<PlacementRequest> placements,
        Map<String, Object> context,
        @Nullable Long atMicros,
        @Nullable Integer sample,
        long seed) {}
