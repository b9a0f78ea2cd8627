package io.zandloper.storage;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.row.RowTable;

/**
 * What belongs together and changes as one: a catalog and the rows whose bits it numbers. A reader takes one reference
 * and never mixes two catalogs.
 */
record Published(Catalog catalog, byte[] catalogSource, RowTable rows, int rowGeneration) {}
