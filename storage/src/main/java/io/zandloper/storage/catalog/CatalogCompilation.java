package io.zandloper.storage.catalog;

import io.zandloper.storage.profile.FieldError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a catalog document.
 *
 * @param catalog null where there are errors
 * @param errors all of them, by path, in the order of the document
 */
public record CatalogCompilation(@Nullable Catalog catalog, List<FieldError> errors) {
    public CatalogCompilation {
        errors = List.copyOf(errors);
    }
}
