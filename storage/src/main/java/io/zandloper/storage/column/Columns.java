package io.zandloper.storage.column;

import static io.zandloper.storage.format.ColumnDescriptor.BITS;
import static io.zandloper.storage.format.ColumnDescriptor.CHUNK_SHIFT;
import static io.zandloper.storage.format.ColumnDescriptor.ORDINALS_PER_CHUNK;
import static io.zandloper.storage.format.ColumnDescriptor.SMALLEST;
import static io.zandloper.storage.format.ColumnDescriptor.blockBytes;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.memory.MappedFiles;
import io.zandloper.storage.memory.MappedMemory;
import io.zandloper.storage.row.RowBits;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The columns of one generation of the catalog, in a folder of their own. Belongs to the writer, but for {@link #fill}.
 *
 * <p>A change of a row is told with the row as it was and as it will be; to tell it twice is harmless, so that a change
 * which failed half way (a full disk) can be told again. Whoever counts reads {@link FrozenColumns}.
 */
public final class Columns {
    private static final int ORDINAL_MASK = ORDINALS_PER_CHUNK - 1;
    private static final int[] NO_REFERENCES = {};

    private final Path folder;
    private final int segmentCount;
    private final Arena arena = Arena.ofShared();
    private final Blocks blocks;
    /** References by column and chunk; the last column is presence. */
    private final int[][] table;

    private final ExpiryFloors floors;
    private final Queue<FrozenColumns> released = new ConcurrentLinkedQueue<>();
    /** One for the owner and one for each frozen version: the files stay mapped for as long. */
    private final AtomicInteger holders = new AtomicInteger(1);

    private volatile boolean deleting;

    private Columns(Path folder, int segmentCount, MappedMemory memory) {
        this.folder = folder;
        this.segmentCount = segmentCount;
        this.blocks = new Blocks(folder, memory, arena);
        this.table = ColumnMetadata.emptyTable(segmentCount);
        this.floors = new ExpiryFloors();
    }

    private Columns(Path folder, ColumnMetadata.Content content, MappedMemory memory) {
        this.folder = folder;
        this.segmentCount = content.segments();
        this.blocks = new Blocks(folder, memory, arena);
        this.table = content.table();
        this.floors = content.floors();
    }

    /** Columns without a profile, in a folder that is not there yet. */
    public static Columns create(Path folder, int segmentCount) {
        return create(folder, segmentCount, MappedMemory.FILES);
    }

    /** The same in other memory. */
    public static Columns create(Path folder, int segmentCount, MappedMemory memory) {
        MappedFiles.createDirectory(folder);
        return new Columns(folder, segmentCount, memory);
    }

    /**
     * The columns as {@link #force} left them.
     *
     * @throws io.zandloper.storage.format.StoredFileException where a file is corrupt, too old or too new
     */
    public static Columns open(Path folder) {
        return open(folder, MappedMemory.FILES);
    }

    /** The same in other memory. */
    public static Columns open(Path folder, MappedMemory memory) {
        final ColumnMetadata.Content content = new ColumnMetadata(folder).read();
        final Columns columns = new Columns(folder, content, memory);
        boolean opened = false;
        try {
            for (int kind = SMALLEST; kind <= BITS; kind++) {
                columns.blocks.pool(kind).open(content.fileCounts()[kind - 1], content.cardinalities()[kind - 1]);
            }
            opened = true;
            return columns;
        } finally {
            if (!opened) {
                columns.close();
            }
        }
    }

    public int segmentCount() {
        return segmentCount;
    }

    // Changes.

    /**
     * A row is written.
     *
     * @param before the row as it was; null where the ordinal had none
     * @param after bit {@code n} for segment {@code n}; longs that are missing are zero
     * @param nextExpiryMicros the bits are exact before this time
     */
    public void update(int ordinal, @Nullable RowBits before, long[] after, long nextExpiryMicros) {
        reclaim();
        if (before == null) {
            add(segmentCount, ordinal);
        }
        final int words = (segmentCount + Long.SIZE - 1) / Long.SIZE;
        for (int word = 0; word < words; word++) {
            final long old = before == null ? 0 : before.word(word);
            final long now = word < after.length ? after[word] : 0;
            for (long added = now & ~old; added != 0; added &= added - 1) {
                add(word * Long.SIZE + Long.numberOfTrailingZeros(added), ordinal);
            }
            for (long gone = old & ~now; gone != 0; gone &= gone - 1) {
                remove(word * Long.SIZE + Long.numberOfTrailingZeros(gone), ordinal);
            }
        }
        floors.note(ordinal, nextExpiryMicros);
    }

    /** A row goes. */
    public void clear(int ordinal, RowBits before) {
        reclaim();
        for (int word = 0; word < before.wordCount(); word++) {
            for (long gone = before.word(word); gone != 0; gone &= gone - 1) {
                remove(word * Long.SIZE + Long.numberOfTrailingZeros(gone), ordinal);
            }
        }
        remove(segmentCount, ordinal);
    }

    /** Takes over all rows at once, which is much faster than one by one; nothing may have been told before. */
    public void fill(int ordinals, Rows rows) {
        new ColumnFiller(segmentCount, blocks, floors, ColumnFiller.STRIP_WORDS).fill(ordinals, rows, this::put);
    }

    /** Takes over all rows in short steps, chunk by chunk of {@code ColumnDescriptor.ORDINALS_PER_CHUNK} ordinals. */
    public final class Filling {
        /** 64 rows each, one word of them: 8,192 of them are read in less than a millisecond. */
        private static final int GROUPS_A_STEP = 128;

        private final ColumnFiller filler = new ColumnFiller(segmentCount, blocks, floors, 1);

        private Filling() {}

        /**
         * Takes over some of a chunk of which nothing was told before; none of its rows may change until it is whole.
         *
         * @param ordinals every row is below it
         * @return whether the chunk is whole
         */
        public boolean step(int chunk, int ordinals, Rows rows) {
            return filler.fillSome(chunk, ordinals, rows, Columns.this::put, GROUPS_A_STEP);
        }
    }

    /** Like {@link #fill}, not at once. */
    public Filling filling() {
        return new Filling();
    }

    /** Tells every ordinal whose row is not exact any more at a time, ascending. No row may change meanwhile. */
    public void forEachOverdue(long atMicros, Rows rows, IntConsumer overdue) {
        floors.forEachOverdue(atMicros, rows, overdue::accept);
    }

    private void put(int column, int chunk, int reference) {
        references(column, chunk)[chunk] = reference;
    }

    private void add(int column, int ordinal) {
        final int chunk = ordinal >> CHUNK_SHIFT;
        final int[] references = references(column, chunk);
        references[chunk] = blocks.add(references[chunk], ordinal & ORDINAL_MASK);
    }

    private void remove(int column, int ordinal) {
        final int chunk = ordinal >> CHUNK_SHIFT;
        final int[] references = table[column];
        if (chunk < references.length) {
            references[chunk] = blocks.remove(references[chunk], ordinal & ORDINAL_MASK);
        }
    }

    private int[] references(int column, int chunk) {
        if (chunk >= table[column].length) {
            table[column] = Arrays.copyOf(table[column], chunk + 1);
        }
        return table[column];
    }

    // Frozen versions.

    /**
     * The columns as they are now, for another thread; whoever gets them closes them.
     *
     * @param segments whose columns are wanted; presence is always there
     * @param sequence of the newest change that was told
     * @param atMicros time at which the version is to be exact: rows that this time has overtaken are judged anew
     * @param rows the rows that belong to the columns
     * @param judge gives the bits of such a row, as of {@code atMicros}
     */
    public FrozenColumns freeze(
            Catalog catalog, BitSet segments, long sequence, long atMicros, Rows rows, OverdueJudge judge) {
        reclaim();
        final Corrections corrections = new Corrections();
        floors.forEachOverdue(atMicros, rows, ordinal -> corrections.add(ordinal, judge.visibleBits(ordinal)));
        final int[][] frozen = new int[segmentCount + 1][];
        for (int column = 0; column <= segmentCount; column++) {
            frozen[column] = column == segmentCount || segments.get(column) ? table[column].clone() : NO_REFERENCES;
            for (final int reference : frozen[column]) {
                blocks.pin(reference);
            }
        }
        holders.incrementAndGet();
        return new FrozenColumns(this, catalog, sequence, atMicros, segments, frozen, blocks, corrections);
    }

    /** Judges a row that a time has overtaken. */
    @FunctionalInterface
    public interface OverdueJudge {
        /** The ordinal's visible bits at that time. */
        long[] visibleBits(int ordinal);
    }

    /** A frozen version is not used any more. Any thread. */
    void release(FrozenColumns frozen) {
        released.add(frozen);
        letGo();
    }

    private void reclaim() {
        for (FrozenColumns frozen = released.poll(); frozen != null; frozen = released.poll()) {
            frozen.forEachReference(blocks::unpin);
        }
    }

    /** Whoever lets go last unmaps the files, and deletes them where that is wanted. */
    private void letGo() {
        if (holders.decrementAndGet() == 0) {
            arena.close();
            if (deleting) {
                MappedFiles.deleteDirectory(folder);
            }
        }
    }

    // Files.

    /** Makes the files complete on the disk, so that {@link #open} finds them. */
    public void force() {
        int chunks = 0;
        for (final int[] references : table) {
            chunks = Math.max(chunks, references.length);
        }
        for (int kind = SMALLEST; kind <= BITS; kind++) {
            blocks.pool(kind).force();
        }
        new ColumnMetadata(folder).write(segmentCount, table, chunks, blocks, floors);
    }

    /** Nothing is told any more. The files are unmapped when the last frozen version is closed. */
    public void close() {
        letGo();
    }

    /** The same, and then the files are deleted with their folder. */
    public void delete() {
        deleting = true;
        letGo();
    }

    /** Any thread. */
    public ColumnFill fill() {
        long inUse = 0;
        long members = 0;
        long fileBytes = 0;
        long usedBytes = 0;
        for (int kind = SMALLEST; kind <= BITS; kind++) {
            final BlockPool pool = blocks.pool(kind);
            final long ofKind = pool.blocksInUse();
            inUse += ofKind;
            usedBytes += ofKind * blockBytes(kind);
            members += pool.members();
            fileBytes += pool.sizeBytes();
        }
        return new ColumnFill(inUse, members, fileBytes, usedBytes, Math.max(0, holders.get() - 1));
    }
}
