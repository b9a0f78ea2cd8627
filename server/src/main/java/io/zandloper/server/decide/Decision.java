package io.zandloper.server.decide;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was decided.
 *
 * @param profile the primary identity, or that of the given document; null where there is none
 * @param placements one for each that was asked for, in that order
 * @param explanations likewise; null where no explanation was asked for
 */
public record Decision(
        @Nullable String profile,
        Reason reason,
        List<FilledPlacement> placements,
        @Nullable List<ExplainedPlacement> explanations,
        long catalogVersion) {

    /** Why the decision as a whole came out as it did; the first that holds. */
    public enum Reason {
        /** An identity was given and nobody has it. */
        UNKNOWN_PROFILE,
        /** The profile is in the universal holdout. */
        SPLIT,
        /** At least one offer that is no fallback. */
        TARGETING_MATCH,
        DEFAULT
    }

    public record FilledPlacement(String id, List<ChosenOffer> offers) {}

    /**
     * @param rank from 1, within the placement
     * @param factors null for a fallback, which has none
     * @param payload JSON text as in the catalog; null where the offer has none
     */
    public record ChosenOffer(
            String id,
            int rank,
            @Nullable Factors factors,
            @Nullable String payload) {
        public boolean isFallback() {
            return factors == null;
        }
    }

    /** What the priority is the product of, each clamped to its range. */
    public record Factors(double priority, double propensity, double value, double contextWeight, double lever) {}

    /** @param offers every offer of the catalog, by id */
    public record ExplainedPlacement(String id, List<ExplainedOffer> offers) {}

    /**
     * @param fallback whether it was returned as one
     * @param priority null where it did not pass all stages
     * @param reasons every stage that it fails, in their order, or the one reason why a passed one was not chosen
     */
    public record ExplainedOffer(
            String id,
            Status status,
            boolean fallback,
            @Nullable Double priority,
            List<Rejection> reasons) {}

    /** What became of an offer in a placement. */
    public enum Status {
        RETURNED,
        /** It fails no stage, but others were chosen. */
        PASSED,
        REJECTED
    }

    /** @param detail for a person */
    public record Rejection(ReasonCode code, String detail) {}
}
