package io.zandloper.storage.catalog;

import io.zandloper.storage.catalog.CatalogDocument.Cap;
import io.zandloper.storage.catalog.CatalogDocument.Scope;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a request's context that decisions of a catalog depend on. Immutable.
 *
 * @param names of them; null where an expression may read any
 */
record ContextFields(@Nullable Set<String> names) {
    /** What caps of a channel compare. */
    private static final String CHANNEL = "channel";

    static ContextFields of(CatalogDocument document, List<Catalog.Offer> offers) {
        final Set<String> names = new HashSet<>();
        boolean any = false;
        boolean channel = isOfChannel(document.policies().caps());
        for (final Catalog.Offer offer : offers) {
            any |= add(offer.eligibility(), names);
            any |= add(offer.applicability(), names);
            any |= add(offer.suitability(), names);
            for (final Expression weight : offer.contextWeightConditions()) {
                any |= add(weight, names);
            }
            channel |= isOfChannel(offer.document().caps());
        }
        if (channel) {
            names.add(CHANNEL);
        }
        return new ContextFields(any ? null : Collections.unmodifiableSet(names));
    }

    boolean contains(String name) {
        final Set<String> known = names;
        return known == null || known.contains(name);
    }

    /** Whether it may read any field. */
    private static boolean add(@Nullable Expression expression, Set<String> names) {
        if (expression == null) {
            return false;
        }
        names.addAll(expression.contextFields());
        return expression.usesContextDynamically();
    }

    private static boolean isOfChannel(List<Cap> caps) {
        for (final Cap cap : caps) {
            if (cap.scope() == Scope.CHANNEL) {
                return true;
            }
        }
        return false;
    }
}
