package io.zandloper.storage.row;

import static io.zandloper.storage.format.RowDescriptor.BITS_OFFSET;
import static io.zandloper.storage.format.RowDescriptor.NEXT_EXPIRY_OFFSET;
import static io.zandloper.storage.format.RowDescriptor.PRESENT;
import static io.zandloper.storage.format.RowDescriptor.PURPOSES_MASK;
import static io.zandloper.storage.format.RowDescriptor.PURPOSES_OFFSET;
import static io.zandloper.storage.format.RowDescriptor.SEQUENCE_OFFSET;
import static io.zandloper.storage.format.RowDescriptor.STAMP_OFFSET;

import io.zandloper.storage.format.CorruptFileException;
import io.zandloper.storage.format.MetadataFile;
import io.zandloper.storage.format.RowDescriptor;
import io.zandloper.storage.memory.MappedFiles;
import io.zandloper.storage.memory.MappedMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * The rows of one generation of the catalog, in a folder of their own. One thread writes; any thread reads, without a
 * lock and without allocation, as long as it is in an epoch in which the table was not yet closed.
 *
 * <p><b>Assumes</b> one writer. An ordinal without a row is an answer and not an error: a reader may still hold the table
 * of an old catalog when it learns of a profile that came after it.
 *
 * <p><b>Guarantees</b> that a read that succeeds is one write as a whole, and at least as new as anything the reader has
 * learned from the writer otherwise.
 */
public final class RowTable {
    /** Rows in one file. */
    public static final int ORDINALS_PER_CHUNK = 1 << 16;

    private static final int CHUNK_SHIFT = 16;
    private static final int CHUNK_MASK = ORDINALS_PER_CHUNK - 1;
    /** Tries of a read before the reader turns to the record: the writer may have been put to sleep in the middle. */
    private static final int READ_TRIES = 4;

    private static final MetadataFile METADATA = new MetadataFile("ZNDLROWS", 1, 1);
    private static final String METADATA_NAME = "rows.meta";

    private static final VarHandle INT =
            ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
    private static final VarHandle LONG =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

    private final Path directory;
    private final MappedMemory memory;
    private final int segmentCount;
    private final int wordCount;
    private final int widthBytes;
    private final Arena arena = Arena.ofShared();
    /** Replaced, never changed, by the writer when a chunk is added. */
    private volatile MemorySegment[] chunks = new MemorySegment[0];

    private RowTable(Path directory, int segmentCount, MappedMemory memory) {
        this.memory = memory;
        this.directory = directory;
        this.segmentCount = segmentCount;
        this.wordCount = RowDescriptor.wordCount(segmentCount);
        this.widthBytes = RowDescriptor.widthBytes(segmentCount);
    }

    /** An empty table in a folder that is not there yet. */
    public static RowTable create(Path directory, int segmentCount) {
        return create(directory, segmentCount, MappedMemory.FILES);
    }

    /** The same in other memory. */
    public static RowTable create(Path directory, int segmentCount, MappedMemory memory) {
        MappedFiles.createDirectory(directory);
        return new RowTable(directory, segmentCount, memory);
    }

    /**
     * The table as {@link #force} left it.
     *
     * @throws io.zandloper.storage.format.StoredFileException when a file is corrupt, too old or too new
     */
    public static RowTable open(Path directory) {
        return open(directory, MappedMemory.FILES);
    }

    /** The same in other memory. */
    public static RowTable open(Path directory, MappedMemory memory) {
        final Path file = directory.resolve(METADATA_NAME);
        final ByteBuffer payload = METADATA.read(file).payload();
        if (payload.remaining() != 2 * Integer.BYTES) {
            throw new CorruptFileException(file, "its content has the wrong length");
        }
        final RowTable table = new RowTable(directory, payload.getInt(), memory);
        try {
            table.openChunks(payload.getInt());
        } catch (RuntimeException e) {
            table.close();
            throw e;
        }
        return table;
    }

    /** The number of segment bits a row has room for. */
    public int segmentCount() {
        return segmentCount;
    }

    /** Ordinals below this have a row. */
    public int capacity() {
        return chunks.length << CHUNK_SHIFT;
    }

    /** Bytes of files. */
    public long sizeBytes() {
        return (long) chunks.length * chunkBytes();
    }

    /** Adds files until {@code ordinal} has a row. Writer only. */
    public void ensureCapacity(int ordinal) {
        while (ordinal >= capacity()) {
            final int chunk = chunks.length;
            final MemorySegment[] more = Arrays.copyOf(chunks, chunk + 1);
            more[chunk] = memory.create(chunkFile(chunk), chunkBytes(), arena);
            chunks = more;
        }
    }

    /**
     * Writes a row. Writer only.
     *
     * @param purposes TCF purposes granted, bit {@code n - 1} for purpose {@code n}
     * @param nextExpiryMicros the bits are exact before this time
     * @param bits bit {@code n} for segment {@code n}; words that are missing are zero, those beyond {@link
     *     #segmentCount} are left out
     */
    public void write(int ordinal, long sequence, int purposes, long nextExpiryMicros, long[] bits) {
        final MemorySegment chunk = chunks[ordinal >> CHUNK_SHIFT];
        final long row = rowOffset(ordinal);
        final int stamp = beginWrite(chunk, row);
        LONG.set(chunk, row + SEQUENCE_OFFSET, sequence);
        LONG.set(chunk, row + NEXT_EXPIRY_OFFSET, nextExpiryMicros);
        INT.set(chunk, row + PURPOSES_OFFSET, (purposes & PURPOSES_MASK) | PRESENT);
        for (int i = 0; i < wordCount; i++) {
            LONG.set(chunk, row + BITS_OFFSET + (long) i * Long.BYTES, i < bits.length ? bits[i] : 0L);
        }
        endWrite(chunk, row, stamp);
    }

    /** Empties a row: nothing can be read from it, and nothing of the profile is left in it. Writer only. */
    public void clear(int ordinal) {
        final MemorySegment chunk = chunks[ordinal >> CHUNK_SHIFT];
        final long row = rowOffset(ordinal);
        final int stamp = beginWrite(chunk, row);
        INT.set(chunk, row + PURPOSES_OFFSET, 0);
        for (long offset = SEQUENCE_OFFSET; offset < widthBytes; offset += Long.BYTES) {
            LONG.set(chunk, row + offset, 0L);
        }
        endWrite(chunk, row, stamp);
    }

    /**
     * Copies a row. Any thread.
     *
     * @return false when there is none, or when the writer was at it in every try: then the record tells
     */
    public boolean read(int ordinal, RowBits into) {
        final MemorySegment[] current = chunks;
        if (ordinal >> CHUNK_SHIFT >= current.length) {
            return false;
        }
        final MemorySegment chunk = current[ordinal >> CHUNK_SHIFT];
        final long row = rowOffset(ordinal);
        final long[] words = into.reserve(wordCount);
        for (int tries = 0; tries < READ_TRIES; tries++) {
            final int stamp = (int) INT.getAcquire(chunk, row + STAMP_OFFSET);
            final int purposes = (int) INT.get(chunk, row + PURPOSES_OFFSET);
            final long sequence = (long) LONG.get(chunk, row + SEQUENCE_OFFSET);
            final long nextExpiryMicros = (long) LONG.get(chunk, row + NEXT_EXPIRY_OFFSET);
            for (int i = 0; i < wordCount; i++) {
                words[i] = (long) LONG.get(chunk, row + BITS_OFFSET + (long) i * Long.BYTES);
            }
            if (isWhole(chunk, row, stamp)) {
                into.header(sequence, purposes & PURPOSES_MASK, nextExpiryMicros);
                return (purposes & PRESENT) != 0;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    /**
     * Tests one segment, reading nothing but the header and one word. Any thread.
     *
     * @param bit below {@link #segmentCount}
     * @return 1 visible, 0 not, -1 when the record must tell: no row, an expiry has passed, or the writer was at it
     */
    public int test(int ordinal, int bit, long nowMicros) {
        final MemorySegment[] current = chunks;
        if (ordinal >> CHUNK_SHIFT >= current.length) {
            return -1;
        }
        final MemorySegment chunk = current[ordinal >> CHUNK_SHIFT];
        final long row = rowOffset(ordinal);
        for (int tries = 0; tries < READ_TRIES; tries++) {
            final int stamp = (int) INT.getAcquire(chunk, row + STAMP_OFFSET);
            final int purposes = (int) INT.get(chunk, row + PURPOSES_OFFSET);
            final long nextExpiryMicros = (long) LONG.get(chunk, row + NEXT_EXPIRY_OFFSET);
            final long word = (long) LONG.get(chunk, row + BITS_OFFSET + (long) (bit >> 6) * Long.BYTES);
            if (isWhole(chunk, row, stamp)) {
                final boolean exact = (purposes & PRESENT) != 0 && nowMicros < nextExpiryMicros;
                return exact ? (int) (word >>> bit) & 1 : -1;
            }
            Thread.onSpinWait();
        }
        return -1;
    }

    /**
     * Loads the header and one word of {@code count} rows, none of which waits for another, so that they are near when
     * they are read. Any thread.
     *
     * @param ordinals negative ones are passed over
     * @param bits below {@link #segmentCount}, or 0; the word of each is loaded
     * @return a number that means nothing; to be kept, so that the compiler does not leave out the loads
     */
    public long touch(int[] ordinals, int[] bits, int count) {
        final MemorySegment[] current = chunks;
        long sum = 0;
        for (int i = 0; i < count; i++) {
            final int ordinal = ordinals[i];
            if (ordinal >= 0 && ordinal >> CHUNK_SHIFT < current.length) {
                final MemorySegment chunk = current[ordinal >> CHUNK_SHIFT];
                final long row = rowOffset(ordinal);
                sum += (int) INT.get(chunk, row + STAMP_OFFSET)
                        + (long) LONG.get(chunk, row + BITS_OFFSET + (long) (bits[i] >> 6) * Long.BYTES);
            }
        }
        return sum;
    }

    /**
     * Until when a row is exact; {@link Long#MAX_VALUE} where for ever, or where there is no row. Writer only.
     */
    public long nextExpiryMicros(int ordinal) {
        if (ordinal >= capacity()) {
            return Long.MAX_VALUE;
        }
        final MemorySegment chunk = chunks[ordinal >> CHUNK_SHIFT];
        final long row = rowOffset(ordinal);
        final boolean present = ((int) INT.get(chunk, row + PURPOSES_OFFSET) & PRESENT) != 0;
        return present ? (long) LONG.get(chunk, row + NEXT_EXPIRY_OFFSET) : Long.MAX_VALUE;
    }

    /** Makes the files complete on the disk, so that {@link #open} finds them. Writer only. */
    public void force() {
        final MemorySegment[] written = chunks;
        for (final MemorySegment chunk : written) {
            chunk.force();
        }
        final ByteBuffer payload = ByteBuffer.allocate(2 * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        METADATA.write(
                directory.resolve(METADATA_NAME),
                payload.putInt(segmentCount).putInt(written.length).flip());
    }

    /** Unmaps the files; no reader may be left. */
    public void close() {
        arena.close();
    }

    /** Unmaps the files and deletes them with their folder; no reader may be left. */
    public void delete() {
        close();
        MappedFiles.deleteDirectory(directory);
    }

    private void openChunks(int count) {
        final MemorySegment[] opened = new MemorySegment[count];
        for (int i = 0; i < count; i++) {
            opened[i] = memory.open(chunkFile(i), chunkBytes(), arena);
        }
        chunks = opened;
    }

    private static int beginWrite(MemorySegment chunk, long row) {
        final int stamp = (int) INT.get(chunk, row + STAMP_OFFSET) + 1;
        INT.set(chunk, row + STAMP_OFFSET, stamp);
        VarHandle.storeStoreFence();
        return stamp;
    }

    private static void endWrite(MemorySegment chunk, long row, int stamp) {
        INT.setRelease(chunk, row + STAMP_OFFSET, stamp + 1);
    }

    private static boolean isWhole(MemorySegment chunk, long row, int stamp) {
        VarHandle.acquireFence();
        return (stamp & 1) == 0 && (int) INT.get(chunk, row + STAMP_OFFSET) == stamp;
    }

    private long rowOffset(int ordinal) {
        return (long) (ordinal & CHUNK_MASK) * widthBytes;
    }

    private long chunkBytes() {
        return (long) ORDINALS_PER_CHUNK * widthBytes;
    }

    private Path chunkFile(int chunk) {
        return directory.resolve(String.format(Locale.ROOT, "rows-%05d.chunk", chunk));
    }
}
