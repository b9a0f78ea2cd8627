package io.zandloper.storage.program;

import io.zandloper.storage.catalog.Catalog;

/**
 * The names and bits that the programs of one compiler go by. Complete once all programs are compiled; from then on any
 * number of threads may use it.
 */
public final class ProgramLayout {
    private final Catalog catalog;
    private final ValueNames profile = new ValueNames();
    private final ValueNames context = new ValueNames();

    ProgramLayout(Catalog catalog) {
        this.catalog = catalog;
    }

    /** Room for one thread to evaluate programs in; to be made once all are compiled. */
    public Evaluation newEvaluation() {
        return new Evaluation(catalog, profile, context);
    }

    /** The attributes that programs read. */
    public ValueNames profile() {
        return profile;
    }

    /** The fields of the context that programs read. */
    public ValueNames context() {
        return context;
    }

    Catalog catalog() {
        return catalog;
    }
}
