package io.zandloper.storage.catalog;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A compiled CEL expression. Immutable; any number of threads may evaluate it. */
public interface Expression {
    /** The text as it was written. */
    String source();

    /**
     * Evaluates it; never throws for anything a caller wrote.
     *
     * @param profile attributes by name
     * @param segments ids of the visible segments
     * @param context the request's; empty for a segment rule
     */
    Result evaluate(Map<String, Object> profile, List<String> segments, Map<String, Object> context);

    /**
     * @param satisfied whether it ended in true
     * @param error why it ended in neither true nor false; null where it did
     */
    record Result(boolean satisfied, @Nullable String error) {
        public static final Result SATISFIED = new Result(true, null);
        public static final Result NOT_SATISFIED = new Result(false, null);
    }
}
