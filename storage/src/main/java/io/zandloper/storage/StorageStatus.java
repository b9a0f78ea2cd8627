package io.zandloper.storage;

import io.zandloper.storage.column.ColumnFill;

/**
 * A moment's counts, for the operator; each is exact by itself, not as a set.
 *
 * @param rowBytes mapped for segment rows
 * @param indexBytes mapped for the identity index
 * @param recordBytes mapped for profile records
 * @param indexFill identities per slot of the index, 0 to 1
 * @param rowFill profiles per row laid out, 0 to 1
 * @param recordFill records per record the maps were sized for, 0 to 1
 * @param columns how full the columns are
 * @param neededEvictions events let go, since the start, although a cap or suppression could still have counted them
 * @param backFill how far the replacement of the catalog is
 * @param durability how what must survive stands
 * @param failures what failed since the start without a caller
 */
public record StorageStatus(
        long sequence,
        long profiles,
        long identities,
        long catalogVersion,
        int queuedChanges,
        long rowBytes,
        long indexBytes,
        long recordBytes,
        double indexFill,
        double rowFill,
        double recordFill,
        ColumnFill columns,
        long neededEvictions,
        BackFillStatus backFill,
        DurabilityStatus durability,
        FailureStatus failures) {}
