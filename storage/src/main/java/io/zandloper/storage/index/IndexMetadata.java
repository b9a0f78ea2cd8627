package io.zandloper.storage.index;

import io.zandloper.storage.format.BucketDescriptor;
import io.zandloper.storage.format.CorruptFileException;
import io.zandloper.storage.format.MetadataFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * The file that says how an index lies in its chunks.
 *
 * <pre>
 *  depth int | chunks int | tables int | per table, ascending by prefix: number int, depth int, used int, live int
 * </pre>
 *
 * A table of depth {@code d} stands in {@code 2^(depth - d)} neighbouring entries of the directory. Tables of the chunks
 * that are not listed are free.
 */
final class IndexMetadata {
    private static final MetadataFile FORMAT = new MetadataFile("ZNDLINDX", 2, 2);
    private static final String NAME = "index.meta";
    private static final int HEADER_BYTES = 3 * Integer.BYTES;
    private static final int TABLE_BYTES = 4 * Integer.BYTES;

    private final Path file;

    IndexMetadata(Path folder) {
        this.file = folder.resolve(NAME);
    }

    record Table(int number, int depth, int used, int live) {}

    record Content(int depth, int chunks, List<Table> tables) {
        int[] directory() {
            final int[] directory = new int[1 << depth];
            int next = 0;
            for (final Table table : tables) {
                final int span = 1 << (depth - table.depth());
                Arrays.fill(directory, next, next + span, table.number());
                next += span;
            }
            return directory;
        }
    }

    void write(Directory directory, TableCounts counts, int chunks) {
        final List<Integer> tables = new ArrayList<>();
        for (int i = 0; i < directory.tables().length; ) {
            final int table = directory.tables()[i];
            tables.add(table);
            i += 1 << (directory.depth() - counts.depth(table));
        }
        final ByteBuffer payload =
                ByteBuffer.allocate(HEADER_BYTES + tables.size() * TABLE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        payload.putInt(directory.depth()).putInt(chunks).putInt(tables.size());
        for (final int table : tables) {
            payload.putInt(table)
                    .putInt(counts.depth(table))
                    .putInt(counts.used(table))
                    .putInt(counts.live(table));
        }
        FORMAT.write(file, payload.flip());
    }

    Content read() {
        final ByteBuffer payload = FORMAT.read(file).payload();
        check(payload.remaining() >= HEADER_BYTES, "its header is cut");
        final int depth = payload.getInt();
        final int chunks = payload.getInt();
        final int count = payload.getInt();
        check(depth >= 0 && depth <= BucketDescriptor.DEPTH_MAX, "its depth is impossible");
        check(payload.remaining() == (long) count * TABLE_BYTES, "its content has the wrong length");
        final List<Table> tables = new ArrayList<>(count);
        final BitSet numbers = new BitSet();
        long entries = 0;
        for (int i = 0; i < count; i++) {
            final Table table = new Table(payload.getInt(), payload.getInt(), payload.getInt(), payload.getInt());
            check(table.number() >= 0 && table.number() < chunks * TableSpace.TABLES_PER_CHUNK, "a table lies outside");
            check(!numbers.get(table.number()), "a table is listed twice");
            check(table.depth() >= 0 && table.depth() <= depth, "a table's depth is impossible");
            numbers.set(table.number());
            entries += 1L << (depth - table.depth());
            tables.add(table);
        }
        check(entries == 1L << depth, "its tables do not fill the directory");
        return new Content(depth, chunks, tables);
    }

    private void check(boolean holds, String reason) {
        if (!holds) {
            throw new CorruptFileException(file, reason);
        }
    }
}
