package io.zandloper.server.catalog;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogCompilation;
import io.zandloper.storage.catalog.CatalogCompiler;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.profile.FieldError;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A catalog as far as it could be read.
 *
 * @param document what could not be read has its default in it
 * @param errors what could not be read, by path
 */
public record CatalogReading(CatalogDocument document, List<FieldError> errors) {
    public CatalogReading {
        errors = List.copyOf(errors);
    }

    /**
     * Compiles what was read, which is also the dry run of a replacement. It has a catalog, one version above
     * {@code previous}, or every error: those of reading first, then those of compiling. It can take seconds.
     */
    public CatalogCompilation compile(Catalog previous) {
        final CatalogCompilation compilation = CatalogCompiler.compile(document, previous.version() + 1, previous);
        if (errors.isEmpty()) {
            return compilation;
        }
        final List<FieldError> all = new ArrayList<>(errors);
        final Set<String> unreadable = new HashSet<>();
        errors.forEach(error -> unreadable.add(error.path()));
        // A default that stands for an unreadable value is no second error.
        compilation.errors().stream()
                .filter(error -> !isWithin(unreadable, error.path()))
                .forEach(all::add);
        return new CatalogCompilation(null, all);
    }

    private static boolean isWithin(Set<String> paths, String path) {
        if (paths.contains(path)) {
            return true;
        }
        for (int i = 0; i < path.length(); i++) {
            final char c = path.charAt(i);
            if ((c == '.' || c == '[') && paths.contains(path.substring(0, i))) {
                return true;
            }
        }
        return false;
    }
}
