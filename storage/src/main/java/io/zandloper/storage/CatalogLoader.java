package io.zandloper.storage;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogDocument;

/** Makes catalogs of the JSON texts under which they were stored. */
@FunctionalInterface
public interface CatalogLoader {
    /** The catalog of a text that was accepted before. */
    Catalog compile(byte[] source);

    /**
     * The same without compiling it: a start after a kill reads every catalog of the journal, and compiles the last. Where
     * it is not overridden that saves nothing.
     */
    default CatalogDocument read(byte[] source) {
        return compile(source).document();
    }
}
