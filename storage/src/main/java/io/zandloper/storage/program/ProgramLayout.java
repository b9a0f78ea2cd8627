package io.zandloper.storage.program;

import io.zandloper.storage.catalog.Catalog;
import java.util.IdentityHashMap;

/**
 * The names and bits that the programs of one compiler go by. Complete once all programs are compiled; from then on any
 * number of threads may use it.
 */
public final class ProgramLayout {
    private final Catalog catalog;
    private final ValueNames profile = new ValueNames();
    private final ValueNames context = new ValueNames();
    private final IdentityHashMap<Object, Integer> conditions = new IdentityHashMap<>();

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

    /** How many different conditions the programs' conjuncts are. */
    public int conditionCount() {
        return conditions.size();
    }

    /** @param condition a node, or a program that is interpreted */
    int conditionNumber(Object condition) {
        final int next = conditions.size();
        final Integer known = conditions.putIfAbsent(condition, next);
        return known == null ? next : known;
    }

    Catalog catalog() {
        return catalog;
    }
}
