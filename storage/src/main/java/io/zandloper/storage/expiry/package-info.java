/**
 * When which profile is due to be tidied: a calendar of ordinals for the writer. What is visible never depends on it,
 * because every reader judges expiries itself.
 */
@NullMarked
package io.zandloper.storage.expiry;

import org.jspecify.annotations.NullMarked;
