package io.zandloper.storage.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogCompilation;
import io.zandloper.storage.catalog.CatalogCompiler;
import io.zandloper.storage.catalog.CatalogDocument;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Small catalogs for tests. */
final class Catalogs {
    private Catalogs() {}

    static CatalogDocument.Segment listed(String id) {
        return new CatalogDocument.Segment(id, null, 0, null, null, null);
    }

    static CatalogDocument.Segment computed(String id, String rule) {
        return new CatalogDocument.Segment(id, null, 0, null, null, rule);
    }

    static CatalogDocument.Offer offer(
            String id, String product, List<CatalogDocument.Cap> caps, long suppressAfterConversionMicros) {
        return new CatalogDocument.Offer(
                id,
                null,
                null,
                product,
                true,
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                null,
                0,
                null,
                null,
                null,
                1,
                1,
                1,
                List.of(),
                false,
                5,
                caps,
                List.of(),
                suppressAfterConversionMicros,
                null);
    }

    static Catalog of(List<CatalogDocument.Segment> segments, List<CatalogDocument.Offer> offers) {
        return of(segments, offers, CatalogDocument.Policies.DEFAULT);
    }

    static Catalog of(
            List<CatalogDocument.Segment> segments,
            List<CatalogDocument.Offer> offers,
            CatalogDocument.Policies policies) {
        return compile(new CatalogDocument(segments, offers, List.of(), policies));
    }

    private static Catalog compile(CatalogDocument document) {
        final CatalogCompilation compilation = CatalogCompiler.compile(document, 1, Catalog.EMPTY);
        assertThat(compilation.errors()).isEmpty();
        final @Nullable Catalog catalog = compilation.catalog();
        assertThat(catalog).isNotNull();
        return catalog;
    }
}
