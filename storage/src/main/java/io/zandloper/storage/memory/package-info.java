/** Memory-mapped files that are allocated in full, so that a full disk is an exception and not a signal. */
@NullMarked
package io.zandloper.storage.memory;

import org.jspecify.annotations.NullMarked;
