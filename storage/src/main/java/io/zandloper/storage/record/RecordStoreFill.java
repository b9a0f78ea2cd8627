package io.zandloper.storage.record;

/**
 * How full a record store is.
 *
 * @param records records stored
 * @param recordBytes their bytes
 * @param ranges maps they lie in
 * @param capacityRecords records the maps were sized for
 * @param fileBytes bytes of the maps' files
 * @param rebuilds maps that were rebuilt larger since the store was opened
 */
public record RecordStoreFill(
        long records, long recordBytes, int ranges, long capacityRecords, long fileBytes, long rebuilds) {}
