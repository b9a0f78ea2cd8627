package io.zandloper.server.report;

import io.zandloper.server.decide.ReasonCode;

/** What is counted of a pair of an offer and a placement, as places in one row of a report. */
final class Column {
    /** Decisions that returned the offer in the placement. */
    static final int DECIDED = 0;
    /** Those of them in which it was a fallback. */
    static final int FALLBACK = 1;

    static final int SHOWN = 2;
    static final int CLICKED = 3;
    static final int CONVERTED = 4;
    static final int REJECTED = 5;
    /** Decisions that asked for the placement and whose explanation was counted. */
    static final int EXPLAINED = 6;
    /** The first of one for each {@link ReasonCode}: explained decisions that did not return it, by the first reason. */
    static final int REASONS = 7;

    static final int COUNT = REASONS + ReasonCode.values().length;

    /** Of a decision. */
    static final int DECISION_COLUMNS = SHOWN - DECIDED;
    /** Of an event. */
    static final int EVENT_COLUMNS = EXPLAINED - SHOWN;
    /** Of an explanation. */
    static final int REASON_COLUMNS = COUNT - EXPLAINED;

    private Column() {}
}
