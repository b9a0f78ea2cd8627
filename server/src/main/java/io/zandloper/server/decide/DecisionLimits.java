package io.zandloper.server.decide;

import io.zandloper.storage.profile.ProfileLimits;

/** What a decision may cost, whichever way it was asked for. */
public final class DecisionLimits {
    /** Offers times placements that one explanation lists: what fits an answer, and the heap. */
    public static final long EXPLAINED_OFFERS_MAX = 200_000;

    /** A string of the context, in UTF-8: as long as one of a profile, which it is compared with. */
    public static final int CONTEXT_STRING_BYTES_MAX = ProfileLimits.STRING_BYTES_MAX;

    private DecisionLimits() {}

    /**
     * Whether the request asks for no more explanation than one answer can hold.
     *
     * @param offers of the catalog, for each profile that is asked about
     */
    public static boolean canExplain(DecisionRequest request, long offers) {
        return !request.explain() || request.placements().size() * offers <= EXPLAINED_OFFERS_MAX;
    }
}
