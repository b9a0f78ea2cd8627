package io.zandloper.server.report;

import io.zandloper.storage.catalog.CatalogLimits;

/** How much is counted apart; the rest is counted together. */
final class ReportLimits {
    /** Ids of offers, or of placements, that have numbers: some catalogs of the largest kind, one after the other. */
    static final int IDS_MAX = 4 * CatalogLimits.OFFERS_MAX;

    /** Ids among them that events name and no catalog had when they came. */
    static final int UNKNOWN_IDS_MAX = 10_000;

    /** Pairs of an offer and a placement that one thread counts decisions or events of; 24 to 40 bytes each. */
    static final int PAIRS_MAX = 1 << 20;

    /** Pairs with counts of their reasons, of one thread; some 120 bytes each. */
    static final int REASON_PAIRS_MAX = 1 << 18;

    /** Decisions of one event loop that wait to be explained. */
    static final int WAITING_SAMPLES_MAX = 256;

    private ReportLimits() {}
}
