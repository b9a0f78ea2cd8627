package io.zandloper.storage.column;

import io.zandloper.storage.format.ColumnDescriptor;
import io.zandloper.storage.memory.MappedMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Blocks of one kind in mapped files, with how many members each holds and how many frozen versions hold it. Belongs to
 * the writer; the gauges may be read by any thread.
 *
 * <p>A block that frozen versions hold is not written, and not used again before the last of them lets go of it.
 */
final class BlockPool {
    private final Path folder;
    private final int kind;
    private final MappedMemory memory;
    private final Arena arena;
    private final AtomicLong members = new AtomicLong();
    private final AtomicLong blocksInUse = new AtomicLong();
    /** Replaced, never changed, when a file is added: a frozen version keeps the array it has seen. */
    private volatile MemorySegment[] files = new MemorySegment[0];

    private int[] cardinalities = new int[0];
    private int[] pins = new int[0];
    /** Held by frozen versions and by nobody else. */
    private final BitSet detached = new BitSet();

    private int[] free = new int[0];
    private int freeCount;
    /** Blocks from this one on were never given out. */
    private int unused;

    BlockPool(Path folder, int kind, MappedMemory memory, Arena arena) {
        this.memory = memory;
        this.folder = folder;
        this.kind = kind;
        this.arena = arena;
    }

    /** A block whose content is whatever was in it. */
    int allocate() {
        final int block;
        if (freeCount > 0) {
            block = free[--freeCount];
        } else {
            if (unused == cardinalities.length) {
                addFile();
            }
            block = unused++;
        }
        blocksInUse.lazySet(blocksInUse.getPlain() + 1);
        return block;
    }

    /** Nobody changes the block any more; it is used again once no frozen version holds it. */
    void drop(int block) {
        count(-cardinalities[block]);
        if (pins[block] > 0) {
            detached.set(block);
        } else {
            free(block);
        }
    }

    boolean isPinned(int block) {
        return pins[block] > 0;
    }

    void pin(int block) {
        pins[block]++;
    }

    void unpin(int block) {
        if (--pins[block] == 0 && detached.get(block)) {
            detached.clear(block);
            free(block);
        }
    }

    int cardinality(int block) {
        return cardinalities[block];
    }

    /** Of a block that was just allocated: what it held before is not counted any more. */
    void firstCardinality(int block, int cardinality) {
        cardinalities[block] = cardinality;
        count(cardinality);
    }

    void changeCardinality(int block, int by) {
        cardinalities[block] += by;
        count(by);
    }

    MemorySegment file(int block) {
        return files[ColumnDescriptor.file(block)];
    }

    long offset(int block) {
        return ColumnDescriptor.offset(kind, block);
    }

    /** What a frozen version keeps. */
    MemorySegment[] files() {
        return files;
    }

    /** What a frozen version keeps; entries of blocks that it holds do not change. */
    int[] cardinalities() {
        return cardinalities;
    }

    void force() {
        for (final MemorySegment file : files) {
            file.force();
        }
    }

    /**
     * Maps the files that {@link #force} made complete.
     *
     * @param used cardinality by block, 0 for a free one
     */
    void open(int fileCount, int[] used) {
        for (int i = 0; i < fileCount; i++) {
            final MemorySegment[] more = Arrays.copyOf(files, i + 1);
            more[i] = memory.open(file(folder, kind, i), ColumnDescriptor.fileBytes(kind, i), arena);
            files = more;
        }
        grow(ColumnDescriptor.blocksOfFiles(fileCount));
        unused = cardinalities.length;
        for (int block = unused - 1; block >= 0; block--) {
            if (block < used.length && used[block] > 0) {
                blocksInUse.lazySet(blocksInUse.getPlain() + 1);
                firstCardinality(block, used[block]);
            } else {
                free[freeCount++] = block;
            }
        }
    }

    int fileCount() {
        return files.length;
    }

    /** Bits set in all blocks that columns hold. Any thread. */
    long members() {
        return members.get();
    }

    /** Blocks given out, those that only frozen versions hold included. Any thread. */
    long blocksInUse() {
        return blocksInUse.get();
    }

    /** Any thread. */
    long sizeBytes() {
        return (long) ColumnDescriptor.blocksOfFiles(files.length) * ColumnDescriptor.blockBytes(kind);
    }

    private void addFile() {
        final int count = files.length;
        final MemorySegment added =
                memory.create(file(folder, kind, count), ColumnDescriptor.fileBytes(kind, count), arena);
        final MemorySegment[] more = Arrays.copyOf(files, count + 1);
        more[count] = added;
        grow(ColumnDescriptor.blocksOfFiles(count + 1));
        files = more;
    }

    private void grow(int blocks) {
        cardinalities = Arrays.copyOf(cardinalities, blocks);
        pins = Arrays.copyOf(pins, blocks);
        free = Arrays.copyOf(free, blocks);
    }

    private void free(int block) {
        cardinalities[block] = 0;
        free[freeCount++] = block;
        blocksInUse.lazySet(blocksInUse.getPlain() - 1);
    }

    private void count(int by) {
        members.lazySet(members.getPlain() + by);
    }

    private static Path file(Path folder, int kind, int number) {
        return folder.resolve(String.format(Locale.ROOT, "kind-%02d-%05d.blocks", kind, number));
    }
}
