package io.zandloper.storage;

/**
 * Whom erasures made unknown, by keyed hashes of their identities; no text of them is kept. Belongs to the writer's
 * thread.
 */
interface ErasureLog {
    /** How long an erased identity is not created again by those who only pass on what they were sent earlier. */
    long LATELY_MICROS = 7 * 86_400_000_000L;

    /**
     * Remembers one identity of an erasure; told again when its change is applied again.
     *
     * @param sequence of the erasure
     * @param atMicros when it was made
     */
    void add(long sequence, long atMicros, long high, long low);

    /** Whether the identity was erased within the last {@link #LATELY_MICROS}. */
    boolean erasedLately(long high, long low, long nowMicros);
}
