package io.zandloper.storage.column;

import static io.zandloper.storage.format.ColumnDescriptor.BITS;
import static io.zandloper.storage.format.ColumnDescriptor.NONE;
import static io.zandloper.storage.format.ColumnDescriptor.SMALLEST;
import static io.zandloper.storage.format.ColumnDescriptor.block;
import static io.zandloper.storage.format.ColumnDescriptor.blocksOfFiles;
import static io.zandloper.storage.format.ColumnDescriptor.filesMax;
import static io.zandloper.storage.format.ColumnDescriptor.isKind;
import static io.zandloper.storage.format.ColumnDescriptor.kind;
import static io.zandloper.storage.format.ColumnDescriptor.membersMax;

import io.zandloper.storage.format.CorruptFileException;
import io.zandloper.storage.format.MetadataFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The file that says which block belongs to which segment and chunk.
 *
 * <pre>
 *  segments int | chunks int | files of each kind, int each, the smallest first
 *  per column, those of the segments and then presence, per chunk: reference int, members int
 *  groups int | per group of 1,024 ordinals: earliest expiry, µs long
 * </pre>
 */
final class ColumnMetadata {
    private static final MetadataFile FORMAT = new MetadataFile("ZNDLCOLS", 1, 1);
    private static final String NAME = "columns.meta";
    private static final int HEADER_BYTES = (2 + BITS) * Integer.BYTES;
    private static final int REFERENCE_BYTES = 2 * Integer.BYTES;

    private final Path file;

    ColumnMetadata(Path folder) {
        this.file = folder.resolve(NAME);
    }

    /**
     * @param fileCounts by kind, the first of them at 0
     * @param table references by column and chunk
     * @param cardinalities by kind and block, 0 for a free one
     */
    record Content(int segments, int[] fileCounts, int[][] table, int[][] cardinalities, ExpiryFloors floors) {}

    void write(int segments, int[][] table, int chunks, Blocks blocks, ExpiryFloors floors) {
        final long lengthBytes = HEADER_BYTES + (long) table.length * chunks * REFERENCE_BYTES + floors.lengthBytes();
        final ByteBuffer payload =
                ByteBuffer.allocate(Math.toIntExact(lengthBytes)).order(ByteOrder.LITTLE_ENDIAN);
        payload.putInt(segments).putInt(chunks);
        for (int kind = SMALLEST; kind <= BITS; kind++) {
            payload.putInt(blocks.pool(kind).fileCount());
        }
        for (final int[] column : table) {
            for (int chunk = 0; chunk < chunks; chunk++) {
                final int reference = chunk < column.length ? column[chunk] : NONE;
                payload.putInt(reference).putInt(blocks.cardinality(reference));
            }
        }
        floors.write(payload);
        FORMAT.write(file, payload.flip());
    }

    Content read() {
        final ByteBuffer payload = FORMAT.read(file).payload();
        check(payload.remaining() >= HEADER_BYTES, "its header is cut");
        final int segments = payload.getInt();
        final int chunks = payload.getInt();
        final int[] fileCounts = new int[BITS];
        for (int i = 0; i < fileCounts.length; i++) {
            fileCounts[i] = payload.getInt();
        }
        check(segments >= 0 && chunks >= 0, "its counts are impossible");
        final int[][] cardinalities = new int[fileCounts.length][];
        for (int i = 0; i < fileCounts.length; i++) {
            check(fileCounts[i] >= 0 && fileCounts[i] <= filesMax(), "its number of files is impossible");
            cardinalities[i] = new int[blocksOfFiles(fileCounts[i])];
        }
        final long tableBytes = (segments + 1L) * chunks * REFERENCE_BYTES;
        check(payload.remaining() >= tableBytes + Integer.BYTES, "its table is cut");
        final int[][] table = new int[segments + 1][chunks];
        for (final int[] column : table) {
            for (int chunk = 0; chunk < chunks; chunk++) {
                column[chunk] = reference(payload, cardinalities);
            }
        }
        final int groups = payload.getInt();
        check(groups >= 0 && payload.remaining() == (long) groups * Long.BYTES, "its content has the wrong length");
        final ExpiryFloors floors = new ExpiryFloors();
        floors.read(payload, groups);
        return new Content(segments, fileCounts, table, cardinalities, floors);
    }

    private int reference(ByteBuffer payload, int[][] cardinalities) {
        final int reference = payload.getInt();
        final int members = payload.getInt();
        if (reference == NONE) {
            check(members == 0, "a block that is not there has members");
            return NONE;
        }
        check(isKind(kind(reference)), "a block is of no kind");
        final int[] ofKind = cardinalities[kind(reference) - 1];
        final int block = block(reference);
        check(block < ofKind.length, "a block lies outside its files");
        check(ofKind[block] == 0, "a block is listed twice");
        check(members > 0 && members <= membersMax(kind(reference)), "a block's number of members is impossible");
        ofKind[block] = members;
        return reference;
    }

    private void check(boolean holds, String reason) {
        if (!holds) {
            throw new CorruptFileException(file, reason);
        }
    }

    static int[][] emptyTable(int segments) {
        final int[][] table = new int[segments + 1][];
        Arrays.fill(table, new int[0]);
        return table;
    }
}
