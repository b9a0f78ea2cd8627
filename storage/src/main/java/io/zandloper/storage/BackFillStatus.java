package io.zandloper.storage;

/**
 * How far the replacement of a catalog is, or how the last one ended; for the operator.
 *
 * @param catalogVersion of the new catalog; 0 where there never was one since the start
 * @param rowsDone profiles' rows laid out under it
 * @param rowsTotal rows to be laid out
 * @param rowsCopied rows whose bits are all those of the row under the old catalog
 * @param rulesEvaluated how often a rule was evaluated for it; not so where nothing has changed that it depends on
 */
public record BackFillStatus(
        State state, long catalogVersion, long rowsDone, long rowsTotal, long rowsCopied, long rulesEvaluated) {
    static final BackFillStatus NONE = new BackFillStatus(State.NONE, 0, 0, 0, 0, 0);

    public enum State {
        /** No catalog was replaced since the start. */
        NONE,
        /** Rows are being laid out, and the old catalog serves. */
        RUNNING,
        /** The new catalog serves. */
        DONE,
        /** It was given up, and the old catalog serves. */
        FAILED
    }
}
