/**
 * The segment index: one row of fixed width for each profile, in mapped files, written by one thread and read by any
 * without a lock. Its bytes are described by {@link io.zandloper.storage.format.RowDescriptor}.
 */
@NullMarked
package io.zandloper.storage.row;

import org.jspecify.annotations.NullMarked;
