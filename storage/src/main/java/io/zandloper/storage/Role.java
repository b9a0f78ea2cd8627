package io.zandloper.storage;

/** What a storage does with changes. */
public enum Role {
    /** Makes them: its callers', and its own when time asks for them. */
    PRIMARY,
    /** Makes none, and takes those of a primary as they are in its journal. */
    REPLICA,
    /**
     * Makes none, and takes nobody's: it was primary and has handed over, or another node was promoted; or it followed another one
     * and was started as if it were primary.
     */
    FENCED
}
