package io.zandloper.storage.catalog;

/** Every limit of a catalog, from the contract's section 3. */
public final class CatalogLimits {
    public static final int SEGMENTS_MAX = 4_096;
    public static final int OFFERS_MAX = 100_000;
    public static final int EXPRESSION_BYTES_MAX = 4 * 1024;
    public static final int PAYLOAD_BYTES_MAX = 64 * 1024;
    public static final int CAP_EVENTS_MAX = 32;
    public static final int PLACEMENT_COUNT_MAX = 100;
    /** So that a priority, its product with a context weight and a lever of at most 10 each, is finite. */
    public static final double VALUE_MAX = Double.MAX_VALUE / 100;
    /** Comprehension steps after which an expression ends in an error. */
    public static final int ITERATIONS_MAX = 10_000;
    /**
     * Characters and elements of the values that an evaluation may make before it ends in an error: more than all texts
     * of a profile come to, each put together with each other.
     */
    public static final int VALUES_SIZE_MAX = 32 * 1024 * 1024;

    /** 30 days. */
    public static final long ERASURE_BOUND_MICROS_MAX = 30L * 86_400 * 1_000_000;

    private CatalogLimits() {}
}
