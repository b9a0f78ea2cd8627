/**
 * What callers ask of the writer, and what it answers. A {@link Change} is a request: the writer resolves it against
 * the present state into one effect, gives that a sequence, and applies it; nobody else stores.
 */
@NullMarked
package io.zandloper.storage.change;

import org.jspecify.annotations.NullMarked;
