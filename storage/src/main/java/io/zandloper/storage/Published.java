package io.zandloper.storage;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.column.Columns;
import io.zandloper.storage.row.RowTable;

/**
 * What belongs together and changes as one: a catalog and the rows and columns whose bits it numbers. A reader takes one
 * reference and never mixes two catalogs.
 *
 * @param columns the writer's; readers get frozen versions of them
 * @param rowGeneration of rows and columns
 */
record Published(Catalog catalog, byte[] catalogSource, RowTable rows, Columns columns, int rowGeneration) {}
