package io.zandloper.storage.index;

import static io.zandloper.storage.format.BucketDescriptor.TABLE_ADDRESSES_BYTES;
import static io.zandloper.storage.format.BucketDescriptor.TABLE_BYTES;

import io.zandloper.storage.memory.MappedMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.Locale;

/**
 * Where sub-tables lie: chunks of two files, one of buckets and one of addresses, each with room for {@link
 * #TABLES_PER_CHUNK}. A table's number is its place in them. Writer only; readers get the arrays by way of {@link
 * Directory}.
 */
final class TableSpace {
    static final int TABLES_PER_CHUNK = 32;

    private static final int CHUNK_SHIFT = 5;
    private static final long BUCKETS_CHUNK_BYTES = (long) TABLES_PER_CHUNK * TABLE_BYTES;
    private static final long ADDRESSES_CHUNK_BYTES = (long) TABLES_PER_CHUNK * TABLE_ADDRESSES_BYTES;

    private final Path folder;
    private final MappedMemory memory;
    private final Arena arena = Arena.ofShared();
    private final Deque<Integer> free = new ArrayDeque<>();
    private MemorySegment[] buckets = new MemorySegment[0];
    private MemorySegment[] addresses = new MemorySegment[0];

    TableSpace(Path folder, MappedMemory memory) {
        this.folder = folder;
        this.memory = memory;
    }

    /** Maps {@code chunks} chunks that are there; every table that is not in {@code taken} is free. */
    void open(int chunks, BitSet taken) {
        buckets = new MemorySegment[chunks];
        addresses = new MemorySegment[chunks];
        for (int i = 0; i < chunks; i++) {
            buckets[i] = memory.open(bucketsFile(i), BUCKETS_CHUNK_BYTES, arena);
            addresses[i] = memory.open(addressesFile(i), ADDRESSES_CHUNK_BYTES, arena);
        }
        final int tables = chunks * TABLES_PER_CHUNK;
        for (int table = taken.nextClearBit(0); table < tables; table = taken.nextClearBit(table + 1)) {
            free.addLast(table);
        }
    }

    /** Sees to it that {@code count} allocations, fewer than a chunk holds, will not need the disk. */
    void reserve(int count) {
        if (free.size() < count) {
            addChunk();
        }
    }

    /** The number of an empty sub-table. */
    int allocate() {
        reserve(1);
        final int table = free.removeFirst();
        buckets[chunk(table)].asSlice(offset(table), TABLE_BYTES).fill((byte) 0);
        return table;
    }

    void release(int table) {
        free.addLast(table);
    }

    int chunks() {
        return buckets.length;
    }

    static long fileBytes(int chunks) {
        return chunks * (BUCKETS_CHUNK_BYTES + ADDRESSES_CHUNK_BYTES);
    }

    MemorySegment[] buckets() {
        return buckets;
    }

    MemorySegment addresses(int table) {
        return addresses[chunk(table)];
    }

    static int chunk(int table) {
        return table >> CHUNK_SHIFT;
    }

    /** Where a table's buckets begin in its chunk. */
    static long offset(int table) {
        return (long) (table & (TABLES_PER_CHUNK - 1)) * TABLE_BYTES;
    }

    /** Where a table's addresses begin in its chunk. */
    static long addressesOffset(int table) {
        return (long) (table & (TABLES_PER_CHUNK - 1)) * TABLE_ADDRESSES_BYTES;
    }

    void force() {
        for (int i = 0; i < buckets.length; i++) {
            buckets[i].force();
            addresses[i].force();
        }
    }

    void close() {
        arena.close();
    }

    private void addChunk() {
        final int chunk = chunks();
        final MemorySegment newBuckets = memory.create(bucketsFile(chunk), BUCKETS_CHUNK_BYTES, arena);
        final MemorySegment newAddresses = memory.create(addressesFile(chunk), ADDRESSES_CHUNK_BYTES, arena);
        buckets = Arrays.copyOf(buckets, chunk + 1);
        addresses = Arrays.copyOf(addresses, chunk + 1);
        buckets[chunk] = newBuckets;
        addresses[chunk] = newAddresses;
        for (int i = 0; i < TABLES_PER_CHUNK; i++) {
            free.addLast(chunk * TABLES_PER_CHUNK + i);
        }
    }

    private Path bucketsFile(int chunk) {
        return folder.resolve(String.format(Locale.ROOT, "buckets-%05d.chunk", chunk));
    }

    private Path addressesFile(int chunk) {
        return folder.resolve(String.format(Locale.ROOT, "addresses-%05d.chunk", chunk));
    }
}
