package io.zandloper.protocol.client;

/**
 * Which of several servers a read goes to first. A preference, not a condition: where those preferred cannot be reached,
 * are stopping or have refused lately, a read goes to another server rather than fail. What a read has to see is said
 * by {@link ZandloperClient#withMinSequence} and holds on every server.
 */
public enum ReadPreference {
    /** The primary: sees every acknowledged write. The default. */
    PRIMARY,
    /** A replica, the one with the fewest calls on their way: keeps reads off the primary. */
    REPLICA,
    /** Whichever server answers hello the fastest, as measured all the while. */
    NEAREST,
    /** All servers alike: the one with the fewest calls on their way. */
    ANY
}
