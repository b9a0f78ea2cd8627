package io.zandloper.storage.column;

/**
 * How full the columns are, for the operator.
 *
 * @param blocks in use, those that only frozen versions hold included
 * @param members bits set, one for the presence of each profile included
 * @param fileBytes mapped
 * @param usedBytes of them in blocks that are in use
 * @param frozen versions that are out
 */
public record ColumnFill(long blocks, long members, long fileBytes, long usedBytes, int frozen) {
    /** Of the mapped bytes, those in blocks that are in use; 0 to 1. */
    public double usedRatio() {
        return fileBytes == 0 ? 0 : (double) usedBytes / fileBytes;
    }
}
