package io.zandloper.storage.change;

import io.zandloper.storage.catalog.Catalog;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Replaces the catalog as a whole.
 *
 * @param catalog checked and compiled by the caller, so that the writer does not stand still for it; the writer gives it
 *     its version
 * @param source the JSON text as it was written, which {@code GET} gives back
 * @param ifVersions {@code If-Match}: the version must be one of these; null for none, empty for any
 */
public record ReplaceCatalog(
        Catalog catalog, byte[] source, @Nullable List<Long> ifVersions) implements Change {}
