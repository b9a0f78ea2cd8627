package io.zandloper.storage.program;

import org.jspecify.annotations.Nullable;

/**
 * The one thing that a {@link Conjunct} depends on.
 *
 * @param number the attribute's or context field's number among the compiler's names, or the segment's bit in the catalog
 * @param member of an attribute that may be a list: the string whose membership in it is asked; null where no membership
 *     is asked
 */
public record Variable(Source source, int number, @Nullable String member) {
    /** Where a variable's value comes from. */
    public enum Source {
        PROFILE,
        CONTEXT,
        SEGMENT
    }
}
