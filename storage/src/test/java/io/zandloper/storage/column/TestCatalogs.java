package io.zandloper.storage.column;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogCompilation;
import io.zandloper.storage.catalog.CatalogCompiler;
import io.zandloper.storage.catalog.CatalogDocument;
import java.util.ArrayList;
import java.util.List;

/** Catalogs of segments alone. */
final class TestCatalogs {
    private TestCatalogs() {}

    /** Listed segments s0, s1 and so on. */
    static Catalog numbered(int segments) {
        final List<CatalogDocument.Segment> documents = new ArrayList<>();
        for (int i = 0; i < segments; i++) {
            documents.add(segment("s" + i, 0, null));
        }
        return of(documents);
    }

    static CatalogDocument.Segment segment(String id, int purposes, String rule) {
        return new CatalogDocument.Segment(id, null, purposes, null, null, rule);
    }

    static Catalog of(List<CatalogDocument.Segment> segments) {
        final CatalogCompilation compilation = CatalogCompiler.compile(
                new CatalogDocument(segments, List.of(), List.of(), CatalogDocument.Policies.DEFAULT),
                1,
                Catalog.EMPTY);
        assertThat(compilation.errors()).isEmpty();
        return compilation.catalog();
    }
}
