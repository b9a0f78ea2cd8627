package io.zandloper.server.decide;

/** Why an offer is not shown: the stages in their order, then what may keep a passed one out, in its order. */
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
    GROUP_LIMIT
}
