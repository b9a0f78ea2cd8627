package io.zandloper.storage.column;

import static io.zandloper.storage.format.ColumnDescriptor.BITS;
import static io.zandloper.storage.format.ColumnDescriptor.NONE;
import static io.zandloper.storage.format.ColumnDescriptor.SMALLEST;
import static io.zandloper.storage.format.ColumnDescriptor.block;
import static io.zandloper.storage.format.ColumnDescriptor.kind;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.format.ColumnDescriptor;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * Chosen columns as they were at one sequence and one time. Any number of threads may ask {@link AudienceQuery} about
 * them; any thread may close them at any time, and what is being read stays mapped until it has been.
 */
public final class FrozenColumns implements AutoCloseable {
    private final Columns columns;
    private final Catalog catalog;
    private final long sequence;
    private final long atMicros;
    private final BitSet segments;
    /** References by column and chunk; the last column is presence. */
    private final int[][] table;

    private final MemorySegment[][] files = new MemorySegment[BITS][];
    private final int[][] cardinalities = new int[BITS][];
    private final Corrections corrections;
    /** One until it is closed, and one for each read that goes on. */
    private final AtomicInteger holders = new AtomicInteger(1);

    private final AtomicBoolean closed = new AtomicBoolean();

    FrozenColumns(
            Columns columns,
            Catalog catalog,
            long sequence,
            long atMicros,
            BitSet segments,
            int[][] table,
            Blocks blocks,
            Corrections corrections) {
        this.columns = columns;
        this.catalog = catalog;
        this.sequence = sequence;
        this.atMicros = atMicros;
        this.segments = (BitSet) segments.clone();
        this.table = table;
        for (int kind = SMALLEST; kind <= BITS; kind++) {
            files[kind - 1] = blocks.pool(kind).files();
            cardinalities[kind - 1] = blocks.pool(kind).cardinalities();
        }
        this.corrections = corrections;
    }

    /** The catalog that numbers the columns. */
    public Catalog catalog() {
        return catalog;
    }

    /** Every change up to this one is in it, and none after it. */
    public long sequence() {
        return sequence;
    }

    /** Memberships count that have not expired at this time. */
    public long atMicros() {
        return atMicros;
    }

    /** Whether it has the columns of all these segments. */
    public boolean covers(BitSet asked) {
        final BitSet missing = (BitSet) asked.clone();
        missing.andNot(segments);
        return missing.isEmpty();
    }

    /** Can be called more than once. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            letGo();
        }
    }

    /** Before a read; what it reads stays until {@link #letGo}. */
    void hold() {
        int before = holders.get();
        while (before > 0 && !holders.compareAndSet(before, before + 1)) {
            before = holders.get();
        }
        if (before == 0) {
            throw new IllegalStateException("frozen columns are used after they were closed");
        }
    }

    void letGo() {
        if (holders.decrementAndGet() == 0) {
            columns.release(this);
        }
    }

    int chunks() {
        return presence().length;
    }

    Corrections corrections() {
        return corrections;
    }

    int[] presence() {
        return table[table.length - 1];
    }

    /** The block of a segment's column, which must have been asked for. */
    int reference(int segment, int chunk) {
        final int[] references = table[segment];
        return chunk < references.length ? references[chunk] : NONE;
    }

    int cardinality(int reference) {
        return reference == NONE ? 0 : cardinalities[kind(reference) - 1][block(reference)];
    }

    /** Copies a part of a block, as bits, to the beginning of {@code into}. */
    void load(int reference, int fromWord, int words, long[] into) {
        BlockBytes.load(
                file(reference), offset(reference), kind(reference), cardinality(reference), fromWord, words, into);
    }

    MemorySegment file(int reference) {
        return files[kind(reference) - 1][ColumnDescriptor.file(block(reference))];
    }

    long offset(int reference) {
        return ColumnDescriptor.offset(kind(reference), block(reference));
    }

    void forEachReference(IntConsumer action) {
        for (final int[] references : table) {
            for (final int reference : references) {
                action.accept(reference);
            }
        }
    }
}
