package io.zandloper.storage.index;

import io.zandloper.storage.format.BucketDescriptor;
import java.lang.foreign.MemorySegment;

/**
 * Which sub-table holds which addresses, and where it lies: what a reader needs, in one object that never changes.
 *
 * @param depth bits of an address that choose an entry
 * @param tables {@code 2^depth} numbers of sub-tables; one that is split less often than others stands in several
 * @param buckets the chunks
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody; never changed once it is here
record Directory(int depth, int[] tables, MemorySegment[] buckets) {
    int table(int address) {
        return tables[BucketDescriptor.directoryIndex(address, depth)];
    }

    /** Sub-tables, each once. */
    int tableCount() {
        int count = 1;
        for (int i = 1; i < tables.length; i++) {
            if (tables[i] != tables[i - 1]) {
                count++;
            }
        }
        return count;
    }

    /**
     * This directory with the sub-tables {@code zero} and {@code one} in place of that of {@code address}, told apart by
     * the bit after the {@code tableDepth} that it was found by.
     */
    Directory split(int address, int tableDepth, int zero, int one, MemorySegment[] newBuckets) {
        final int newDepth = Math.max(depth, tableDepth + 1);
        final int[] newTables = new int[1 << newDepth];
        final int widen = newDepth - depth;
        for (int i = 0; i < newTables.length; i++) {
            newTables[i] = tables[i >> widen];
        }
        final int span = 1 << (newDepth - tableDepth);
        final int first = BucketDescriptor.directoryIndex(address, tableDepth) * span;
        for (int i = 0; i < span; i++) {
            newTables[first + i] = i < span / 2 ? zero : one;
        }
        return new Directory(newDepth, newTables, newBuckets);
    }

    /** This directory with another sub-table in place of that of {@code address}. */
    Directory replace(int address, int tableDepth, int table, MemorySegment[] newBuckets) {
        final int[] newTables = tables.clone();
        final int span = 1 << (depth - tableDepth);
        final int first = BucketDescriptor.directoryIndex(address, tableDepth) * span;
        for (int i = 0; i < span; i++) {
            newTables[first + i] = table;
        }
        return new Directory(depth, newTables, newBuckets);
    }
}
