package io.zandloper.server;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.program.CatalogCosts;

/**
 * What the expressions of the present catalog cost, found out once for each catalog: of a large one that takes seconds,
 * and a monitor asks again and again. Thread-safe; whoever asks meanwhile waits.
 */
final class PresentCosts {
    private Catalog catalog = Catalog.EMPTY;
    private CatalogCosts costs = CatalogCosts.of(catalog);

    synchronized CatalogCosts of(Catalog present) {
        if (catalog != present) {
            costs = CatalogCosts.of(present);
            catalog = present;
        }
        return costs;
    }
}
