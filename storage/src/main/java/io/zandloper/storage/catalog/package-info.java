/**
 * The catalog: what segments, offers and placements there are, and the policies over them.
 *
 * <p>A {@link CatalogDocument} is what somebody wrote; {@link CatalogCompiler} checks it as a whole and makes the
 * {@link Catalog}, in which every expression is compiled and every reference resolved. A catalog is immutable and
 * replaced as a whole.
 */
@NullMarked
package io.zandloper.storage.catalog;

import org.jspecify.annotations.NullMarked;
