package io.zandloper.storage.change;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.program.CompiledRules;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Replaces the catalog as a whole. Everything that is compiled is compiled by the caller, so that the writer does not
 * stand still for it.
 *
 * @param catalog checked; the writer gives it its version
 * @param source the JSON text as it was written, which {@code GET} gives back
 * @param ifVersions {@code If-Match}: the version must be one of these; null for none, empty for any
 * @param equalVersion where this is the version at the change's turn nothing changes, as the caller has found the two to be
 *     equal; {@link #NO_VERSION} for none
 * @param rules of the catalog, compiled; the writer's from here on
 */
public record ReplaceCatalog(
        Catalog catalog, byte[] source, @Nullable List<Long> ifVersions, long equalVersion, CompiledRules rules)
        implements Change {
    /** No catalog that was given has it. */
    public static final long NO_VERSION = 0;

    /** Compiles the rules. */
    public ReplaceCatalog(Catalog catalog, byte[] source, @Nullable List<Long> ifVersions, long equalVersion) {
        this(catalog, source, ifVersions, equalVersion, new CompiledRules(catalog));
    }

    /** The same where the present one is not known to be equal. */
    public ReplaceCatalog(Catalog catalog, byte[] source, @Nullable List<Long> ifVersions) {
        this(catalog, source, ifVersions, NO_VERSION);
    }
}
