package io.zandloper.server.simulate;

/** What a simulation may take. */
final class SimulationLimits {
    /** Offers times placements that are counted: 100 bytes each, and more in the answer. */
    static final long COUNTED_PAIRS_MAX = 200_000;

    private SimulationLimits() {}
}
