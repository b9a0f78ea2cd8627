package io.zandloper.server.catalog;

import io.zandloper.storage.CatalogLoader;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogDocument;

/** Reads catalogs that were accepted before, for a storage that opens. */
public final class StoredCatalogs implements CatalogLoader {
    @Override
    public Catalog compile(byte[] source) {
        return CatalogReader.compile(source, Catalog.EMPTY);
    }

    @Override
    public CatalogDocument read(byte[] source) {
        return CatalogReader.read(source).document();
    }
}
