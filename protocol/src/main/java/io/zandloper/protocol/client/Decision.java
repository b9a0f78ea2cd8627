package io.zandloper.protocol.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ranked offers for one profile, placement by placement. Immutable.
 *
 * @param profile the primary identity; null for an anonymous or unknown visitor
 * @param explain empty where it was not asked for
 * @param sequence of the newest change that the server had when it decided
 */
public record Decision(
        String decisionId,
        @Nullable String profile,
        Reason reason,
        List<Placement> placements,
        List<Explanation> explain,
        long catalogVersion,
        long sequence,
        long tookNanos) {

    /** Why it came out so; in this order, the first that holds. */
    public enum Reason {
        /** An identity was given and nobody has it. */
        UNKNOWN_PROFILE,
        /** The profile is in the holdout. */
        SPLIT,
        /** At least one offer is no fallback. */
        TARGETING_MATCH,
        DEFAULT,
        /** One that only a newer server knows. */
        UNRECOGNIZED
    }

    /** @param offers best first */
    public record Placement(String id, List<Offer> offers) {}

    /**
     * A chosen offer. The factors are NaN for a fallback, which has none.
     *
     * @param rank from 1
     * @param payload JSON as it stands in the catalog, null where the offer has none
     */
    public record Offer(
            String id,
            int rank,
            double priority,
            double propensity,
            double value,
            double contextWeight,
            double lever,
            boolean fallback,
            @Nullable String payload) {}

    /** @param offers every offer of the catalog, by id */
    public record Explanation(String placement, List<OfferExplanation> offers) {}

    /**
     * @param fallback whether it was returned as a fallback
     * @param priority NaN where none was computed
     * @param reasons what speaks against it
     */
    public record OfferExplanation(
            String id, OfferStatus status, boolean fallback, double priority, List<OfferReason> reasons) {}

    /** What became of an offer. */
    public enum OfferStatus {
        RETURNED,
        /** Nothing speaks against it but that others stand before it. */
        PASSED,
        REJECTED,
        /** One that only a newer server knows. */
        UNRECOGNIZED
    }

    /** @param detail for people */
    public record OfferReason(ReasonCode code, String detail) {}

    /** What can speak against an offer, in the order of the stages. */
    public enum ReasonCode {
        DISABLED,
        NOT_ACTIVE,
        PLACEMENT,
        CONSENT,
        ELIGIBILITY,
        APPLICABILITY,
        SUITABILITY,
        SUPPRESSED,
        CAPPED,
        HOLDOUT,
        ALREADY_PLACED,
        OUTRANKED,
        GROUP_LIMIT,
        /** One that only a newer server knows. */
        UNRECOGNIZED
    }
}
