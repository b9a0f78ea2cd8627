package io.zandloper.storage.column;

import io.zandloper.storage.row.RowBits;

/** Where rows are read, such as {@code RowTable::read}. */
@FunctionalInterface
public interface Rows {
    /** Copies a row; false where the ordinal has none. */
    boolean read(int ordinal, RowBits into);
}
