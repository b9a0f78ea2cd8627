/**
 * Catalogs as JSON: {@link CatalogReader} makes a {@code CatalogDocument} of a text and reports everything that is
 * wrong with it, by path; what its parts say about each other is checked by the compiler in {@code storage}.
 */
@NullMarked
package io.zandloper.server.catalog;

import org.jspecify.annotations.NullMarked;
