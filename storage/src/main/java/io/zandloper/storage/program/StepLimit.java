package io.zandloper.storage.program;

import io.zandloper.storage.catalog.CatalogLimits;
import io.zandloper.storage.profile.ProfileLimits;

/**
 * The most comprehension steps that a program can take. One that could come to the limit, at which an evaluation ends in
 * an error, is not compiled; so no compiled one has to count.
 */
final class StepLimit {
    private long stepsMax;

    /** A macro over as many elements. */
    void add(int elements) throws NotCompilableException {
        stepsMax += elements;
        if (stepsMax > CatalogLimits.ITERATIONS_MAX) {
            throw new NotCompilableException("macros that could take too many steps");
        }
    }

    /** A macro over an attribute. */
    void addList() throws NotCompilableException {
        add(ProfileLimits.LIST_LENGTH_MAX);
    }
}
