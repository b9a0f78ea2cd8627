package io.zandloper.storage.change;

import io.zandloper.storage.catalog.CatalogDocument;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Replaces the catalog as a whole.
 *
 * @param source the JSON text as it was written, which {@code GET} gives back
 * @param ifVersions {@code If-Match}: the version must be one of these; null for none, empty for any
 */
public record ReplaceCatalog(
        CatalogDocument document, byte[] source, @Nullable List<Long> ifVersions) implements Change {}
