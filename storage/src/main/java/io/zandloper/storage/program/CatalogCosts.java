package io.zandloper.storage.program;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.catalog.Expression;
import io.zandloper.storage.profile.FieldError;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the expressions of a catalog cost whoever evaluates them.
 *
 * @param expressions how many the catalog has; one that is written twice counts twice
 * @param interpreted those that the library's interpreter evaluates, at some microseconds each time, rather than we: by
 *     path, with what in them is not compiled; in the order of the document
 */
public record CatalogCosts(int expressions, List<FieldError> interpreted) {
    public CatalogCosts {
        interpreted = List.copyOf(interpreted);
    }

    /** Compiles all of a catalog's expressions; of ten thousand offers it takes about a second. */
    public static CatalogCosts of(Catalog catalog) {
        final Finder finder = new Finder(catalog);
        final CatalogDocument document = catalog.document();
        for (int i = 0; i < catalog.segments().size(); i++) {
            finder.add("segments[" + i + "].rule", catalog.segments().get(i).rule());
        }
        for (int i = 0; i < document.offers().size(); i++) {
            // The catalog has them in the order of their ids, and paths are for the author.
            final Catalog.Offer offer = catalog.offer(document.offers().get(i).id());
            if (offer != null) {
                finder.addOffer("offers[" + i + "]", offer);
            }
        }
        return new CatalogCosts(finder.expressions, finder.interpreted);
    }

    private static final class Finder {
        private final ProgramCompiler compiler;
        private final List<FieldError> interpreted = new ArrayList<>();
        private int expressions;

        Finder(Catalog catalog) {
            this.compiler = new ProgramCompiler(catalog);
        }

        void addOffer(String path, Catalog.Offer offer) {
            add(path + ".eligibility", offer.eligibility());
            add(path + ".applicability", offer.applicability());
            add(path + ".suitability", offer.suitability());
            for (int i = 0; i < offer.contextWeightConditions().size(); i++) {
                add(
                        path + ".contextWeights[" + i + "].when",
                        offer.contextWeightConditions().get(i));
            }
        }

        void add(String path, @Nullable Expression expression) {
            if (expression != null) {
                expressions++;
                final String because = compiler.compile(expression).interpretedBecause();
                if (because != null) {
                    interpreted.add(new FieldError(path, "interpreted, which is slow: " + because));
                }
            }
        }
    }
}
