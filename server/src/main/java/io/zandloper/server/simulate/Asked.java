package io.zandloper.server.simulate;

import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decide.DecisionRequest.PlacementRequest;
import io.zandloper.server.decide.compiled.CompiledDecision;
import io.zandloper.server.decide.compiled.CompiledRequest;
import java.util.List;
import java.util.Set;

/** What is asked of one catalog for one page, again for each profile, and what it decided last. One thread. */
final class Asked {
    private final Side side;
    private final List<String> placements;
    private final CompiledRequest request = new CompiledRequest();
    private final CompiledDecision decision;

    /**
     * @param page those that the catalog does not have are left out
     * @throws io.zandloper.storage.profile.InvalidInputException where a placement is named twice, or asked for a count
     *     outside 1-100
     */
    Asked(Side side, List<PlacementRequest> page, SimulationRequest simulation, long atMicros) {
        this.side = side;
        this.decision = new CompiledDecision(side.compiled());
        final List<PlacementRequest> known = page.stream()
                .filter(wanted -> side.catalog().placement(wanted.id()) != null)
                .toList();
        this.placements = known.stream().map(PlacementRequest::id).toList();
        if (!known.isEmpty()) {
            request.read(
                    new DecisionRequest(null, null, known, simulation.context(), false, atMicros, Set.of()),
                    side.compiled(),
                    atMicros);
        }
    }

    /** For whom the side points at. */
    void decide() {
        if (!placements.isEmpty()) {
            side.decider().decide(request, side.person(), decision);
        }
    }

    /** A placement's place in request and decision; negative where the catalog does not have it. */
    int indexOf(String placement) {
        return placements.indexOf(placement);
    }

    CompiledRequest request() {
        return request;
    }

    CompiledDecision decision() {
        return decision;
    }

    /** Whether anything was returned. */
    boolean returnedAnything() {
        return !placements.isEmpty() && decision.offerCount() > 0;
    }
}
