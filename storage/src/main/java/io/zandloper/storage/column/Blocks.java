package io.zandloper.storage.column;

import static io.zandloper.storage.format.ColumnDescriptor.BITS;
import static io.zandloper.storage.format.ColumnDescriptor.NONE;
import static io.zandloper.storage.format.ColumnDescriptor.SMALLEST;
import static io.zandloper.storage.format.ColumnDescriptor.WORDS_PER_CHUNK;
import static io.zandloper.storage.format.ColumnDescriptor.block;
import static io.zandloper.storage.format.ColumnDescriptor.blockBytes;
import static io.zandloper.storage.format.ColumnDescriptor.kind;
import static io.zandloper.storage.format.ColumnDescriptor.membersMax;
import static io.zandloper.storage.format.ColumnDescriptor.reference;

import io.zandloper.storage.memory.MappedMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * Blocks of all kinds by their references. A change gives the reference that stands for the block from then on: it may be
 * a copy, because a frozen version holds the block, or of another kind. To add what is there and to remove what is not
 * changes nothing. Belongs to the writer.
 */
final class Blocks {
    /** A block becomes a smaller one that would be as full. */
    private static final int SHRINK_PERCENT = 85;

    private final BlockPool[] pools = new BlockPool[BITS];
    private final long[] words = new long[WORDS_PER_CHUNK];

    Blocks(Path folder, MappedMemory memory, Arena arena) {
        for (int kind = SMALLEST; kind <= BITS; kind++) {
            pools[kind - 1] = new BlockPool(folder, kind, memory, arena);
        }
    }

    BlockPool pool(int kind) {
        return pools[kind - 1];
    }

    BlockPool poolOf(int reference) {
        return pool(kind(reference));
    }

    int cardinality(int reference) {
        return reference == NONE ? 0 : poolOf(reference).cardinality(block(reference));
    }

    boolean contains(int reference, int member) {
        return reference != NONE
                && BlockBytes.contains(
                        file(reference), offset(reference), kind(reference), cardinality(reference), member);
    }

    /** Sets a bit. */
    int add(int reference, int member) {
        if (reference == NONE) {
            final int first = allocate(SMALLEST);
            BlockBytes.member(file(first), offset(first), 0, member);
            pool(SMALLEST).firstCardinality(block(first), 1);
            return first;
        }
        final int count = cardinality(reference);
        final int place = kind(reference) == BITS ? -1 : place(file(reference), offset(reference), count, member);
        if (place >= 0 || (kind(reference) == BITS && contains(reference, member))) {
            return reference;
        }
        final int changed =
                count == membersMax(kind(reference)) ? converted(reference, kind(reference) + 1) : writable(reference);
        final MemorySegment file = file(changed);
        final long offset = offset(changed);
        if (kind(changed) == BITS) {
            BlockBytes.word(file, offset, member >> 6, BlockBytes.word(file, offset, member >> 6) | 1L << member);
        } else {
            final int free = -place - 1;
            move(file, offset, free, free + 1, count - free);
            BlockBytes.member(file, offset, free, member);
        }
        poolOf(changed).changeCardinality(block(changed), 1);
        return changed;
    }

    /** Like {@link BlockBytes#search}; most who are added are new and come last, and need no search. */
    private static int place(MemorySegment file, long offset, int count, int member) {
        return BlockBytes.member(file, offset, count - 1) < member
                ? -count - 1
                : BlockBytes.search(file, offset, count, member);
    }

    /** Clears a bit. */
    int remove(int reference, int member) {
        if (!contains(reference, member)) {
            return reference;
        }
        final int count = cardinality(reference);
        if (count == 1) {
            drop(reference);
            return NONE;
        }
        final int changed = writable(reference);
        final MemorySegment file = file(changed);
        final long offset = offset(changed);
        if (kind(changed) == BITS) {
            BlockBytes.word(file, offset, member >> 6, BlockBytes.word(file, offset, member >> 6) & ~(1L << member));
        } else {
            final int place = BlockBytes.search(file, offset, count, member);
            move(file, offset, place + 1, place, count - place - 1);
        }
        poolOf(changed).changeCardinality(block(changed), -1);
        return shrunk(changed);
    }

    /** A new block for a chunk's bits, of the kind that fits. */
    int store(long[] chunkWords) {
        int count = 0;
        for (final long word : chunkWords) {
            count += Long.bitCount(word);
        }
        return count == 0 ? NONE : store(chunkWords, count, kindFor(count));
    }

    void drop(int reference) {
        if (reference != NONE) {
            poolOf(reference).drop(block(reference));
        }
    }

    void pin(int reference) {
        if (reference != NONE) {
            poolOf(reference).pin(block(reference));
        }
    }

    void unpin(int reference) {
        if (reference != NONE) {
            poolOf(reference).unpin(block(reference));
        }
    }

    private static int kindFor(int count) {
        int kind = SMALLEST;
        while (count > membersMax(kind)) {
            kind++;
        }
        return kind;
    }

    private int allocate(int kind) {
        return reference(kind, pool(kind).allocate());
    }

    /** The block itself, or a copy where a frozen version holds it. */
    private int writable(int reference) {
        if (!poolOf(reference).isPinned(block(reference))) {
            return reference;
        }
        final int copy = allocate(kind(reference));
        MemorySegment.copy(file(reference), offset(reference), file(copy), offset(copy), blockBytes(kind(reference)));
        poolOf(copy).firstCardinality(block(copy), cardinality(reference));
        drop(reference);
        return copy;
    }

    /** Smaller where it would have room then, so that a member that comes and goes does not convert each time. */
    private int shrunk(int reference) {
        final int kind = kind(reference);
        return kind > SMALLEST && cardinality(reference) <= membersMax(kind - 1) * SHRINK_PERCENT / 100
                ? converted(reference, kind - 1)
                : reference;
    }

    private int converted(int reference, int kind) {
        final int count = cardinality(reference);
        BlockBytes.load(file(reference), offset(reference), kind(reference), count, 0, WORDS_PER_CHUNK, words);
        final int stored = store(words, count, kind);
        drop(reference);
        return stored;
    }

    private int store(long[] chunkWords, int count, int kind) {
        final int stored = allocate(kind);
        if (kind == BITS) {
            BlockBytes.storeBits(file(stored), offset(stored), chunkWords);
        } else {
            BlockBytes.storeMembers(file(stored), offset(stored), chunkWords);
        }
        pool(kind).firstCardinality(block(stored), count);
        return stored;
    }

    private MemorySegment file(int reference) {
        return poolOf(reference).file(block(reference));
    }

    private long offset(int reference) {
        return poolOf(reference).offset(block(reference));
    }

    private static void move(MemorySegment file, long offset, int from, int to, int count) {
        MemorySegment.copy(
                file,
                offset + (long) from * Short.BYTES,
                file,
                offset + (long) to * Short.BYTES,
                (long) count * Short.BYTES);
    }
}
