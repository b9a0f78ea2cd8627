/**
 * Memory-mapped files that are allocated in full, and the agreement by which their memory is given back only after
 * every reader has let go of it.
 */
@NullMarked
package io.zandloper.storage.memory;

import org.jspecify.annotations.NullMarked;
