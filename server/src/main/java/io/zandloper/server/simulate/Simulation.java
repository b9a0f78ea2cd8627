package io.zandloper.server.simulate;

import io.zandloper.server.decide.DecisionRequest.PlacementRequest;
import io.zandloper.server.decide.compiled.CompiledCatalog;
import io.zandloper.server.decide.compiled.FirstReasons;
import io.zandloper.server.simulate.SimulationReport.Both;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.profile.FieldError;
import io.zandloper.storage.profile.InvalidInputException;
import io.zandloper.storage.profile.Profile;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Decides for profiles by two catalogs, and counts how they differ. One thread. */
public final class Simulation {
    private final Side current;
    private final Side candidate;
    private final FirstReasons why;
    private final List<Page> pages = new ArrayList<>();
    private int profiles;
    private int currentWithNothing;
    private int candidateWithNothing;
    private int different;

    /** Placements that are asked for together. */
    private record Page(Asked current, Asked candidate, List<PlacementTally> tallies) {}

    /**
     * @param current the catalog in force
     * @param atMicros the time of every decision
     * @throws InvalidInputException where a placement is one the candidate does not have, is named twice, or asked for a
     *     count outside 1-100, or where there is too much to count
     */
    public Simulation(SimulationRequest request, CompiledCatalog current, CompiledCatalog candidate, long atMicros) {
        this.current = new Side(current, atMicros);
        this.candidate = new Side(candidate, atMicros);
        this.why = new FirstReasons(candidate);
        checkKnown(request.placements());
        long pairs = 0;
        for (final List<PlacementRequest> page : pages(request.placements())) {
            final Asked now = new Asked(this.current, page, request, atMicros);
            final Asked then = new Asked(this.candidate, page, request, atMicros);
            final List<PlacementTally> tallies = new ArrayList<>();
            for (final PlacementRequest placement : page) {
                final PlacementTally tally =
                        new PlacementTally(placement.id(), this.current, this.candidate, now, then);
                tallies.add(tally);
                pairs += tally.rows();
                if (pairs > SimulationLimits.COUNTED_PAIRS_MAX) {
                    throw new InvalidInputException(
                            "placements",
                            "at most " + SimulationLimits.COUNTED_PAIRS_MAX
                                    + " offers in all placements together are counted; name fewer placements");
                }
            }
            pages.add(new Page(now, then, tallies));
        }
    }

    private void checkKnown(List<PlacementRequest> placements) {
        final List<FieldError> errors = new ArrayList<>();
        for (int i = 0; i < placements.size(); i++) {
            if (candidate.catalog().placement(placements.get(i).id()) == null) {
                errors.add(new FieldError(
                        "placements[" + i + "].id",
                        "unknown placement '" + placements.get(i).id() + "'"));
            }
        }
        if (!errors.isEmpty()) {
            throw new InvalidInputException(errors);
        }
    }

    /** The one that is asked for, or one for each placement: the candidate's, then those it would take away. */
    private List<List<PlacementRequest>> pages(List<PlacementRequest> asked) {
        if (!asked.isEmpty()) {
            return List.of(asked);
        }
        final Set<String> ids = new LinkedHashSet<>();
        for (final Side side : List.of(candidate, current)) {
            for (final CatalogDocument.Placement placement :
                    side.catalog().document().placements()) {
                ids.add(placement.id());
            }
        }
        return ids.stream().map(id -> List.of(new PlacementRequest(id, null))).toList();
    }

    /** Decides for a stored profile. */
    public void add(Profile profile) {
        current.point(profile);
        candidate.point(profile);
        profiles++;
        boolean isDifferent = false;
        boolean currentReturned = false;
        boolean candidateReturned = false;
        boolean isFirst = true;
        for (final Page page : pages) {
            page.current.decide();
            page.candidate.decide();
            currentReturned |= page.current.returnedAnything();
            candidateReturned |= page.candidate.returnedAnything();
            if (isFirst) {
                why.begin(page.candidate.request(), candidate.person(), page.candidate.decision());
                isFirst = false;
            } else {
                why.of(page.candidate.request(), page.candidate.decision());
            }
            for (final PlacementTally tally : page.tallies) {
                isDifferent |= tally.add(why);
            }
        }
        different += isDifferent ? 1 : 0;
        currentWithNothing += currentReturned ? 0 : 1;
        candidateWithNothing += candidateReturned ? 0 : 1;
    }

    /** Of all profiles so far. */
    public SimulationReport report() {
        return new SimulationReport(
                profiles,
                new Both(currentWithNothing, candidateWithNothing),
                different,
                pages.stream()
                        .flatMap(page -> page.tallies.stream())
                        .map(PlacementTally::report)
                        .toList());
    }
}
