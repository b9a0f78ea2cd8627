package io.zandloper.storage;

/**
 * Hears of work that failed and whose caller nobody is: chores of the housekeeping, and snapshots, asked for or not. They
 * are tried again after a while.
 */
@FunctionalInterface
public interface FailureListener {
    /** For who reads the {@link StorageStatus}, where each failure is counted as well. */
    FailureListener STATUS_ONLY = (work, cause) -> {};

    /**
     * On the thread on which it failed; must neither throw nor take long.
     *
     * @param work what was being done, as in "taking a snapshot"
     */
    void onFailure(String work, Throwable cause);
}
