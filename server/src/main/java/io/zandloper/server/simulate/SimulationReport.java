package io.zandloper.server.simulate;

import io.zandloper.server.decide.ReasonCode;
import java.util.List;

/**
 * What a simulation counted: profiles, throughout.
 *
 * @param profiles that were decided for
 * @param withNothing to whom no placement returned anything
 * @param different to whom the candidate returned something else, or in another order, in any placement
 */
public record SimulationReport(int profiles, Both withNothing, int different, List<PlacementReport> placements) {

    /** A number by the catalog in force, and by the candidate. */
    public record Both(int current, int candidate) {}

    /** @param offers that may be shown in the placement by either catalog, by id */
    public record PlacementReport(String id, Both withNothing, int different, List<OfferReport> offers) {}

    /**
     * @param returned to how many it was returned
     * @param fallback to how many of these as a fallback
     * @param gained to whom the candidate alone returned it
     * @param lost to whom the catalog in force alone returned it
     * @param reasons why the candidate did not return it to the others, the most frequent first; none where it does not
     *     have the offer
     */
    public record OfferReport(
            String id, Both returned, Both fallback, int gained, int lost, List<ReasonCount> reasons) {}

    /** How often a reason was the first. */
    public record ReasonCount(ReasonCode code, int profiles) {}
}
