package io.zandloper.storage.snapshot;

import static io.zandloper.storage.snapshot.BlockWriter.CHECKED_OFFSET;
import static io.zandloper.storage.snapshot.BlockWriter.HEADER_BYTES;
import static io.zandloper.storage.snapshot.BlockWriter.ITEM_HEADER_BYTES;

import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.format.CorruptFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/** Reads what {@link BlockWriter} wrote, and believes no block before its checksum is right. */
final class BlockReader {
    /** What a block may be at most, far above the longest item; a length beyond it is damage. */
    private static final int BLOCK_BYTES_MAX = 512 * 1024 * 1024;

    /** Takes one item. */
    @FunctionalInterface
    interface ItemConsumer {
        /** @param bytes from position to limit, little-endian, valid during the call */
        void accept(long number, int kind, ByteBuffer bytes);
    }

    private BlockReader() {}

    /**
     * Gives every item of a file to {@code action}.
     *
     * @throws CorruptFileException naming the file and the offset of the block
     */
    static void read(Disk disk, Path folder, SnapshotManifest.Part part, ItemConsumer action) throws IOException {
        final Path file = folder.resolve(part.name());
        final CRC32C fileChecksum = new CRC32C();
        long items = 0;
        if (!disk.exists(file)) {
            throw new CorruptFileException(file, "it is missing");
        }
        if (disk.length(file) != part.lengthBytes()) {
            throw new CorruptFileException(
                    file, "it is " + disk.length(file) + " bytes long instead of " + part.lengthBytes());
        }
        ByteBuffer block = ByteBuffer.allocate(HEADER_BYTES);
        for (long offset = 0; offset < part.lengthBytes(); ) {
            final int length = blockLength(disk, offset, part.lengthBytes(), file);
            if (block.capacity() < length) {
                block = ByteBuffer.allocate(length);
            }
            block.clear().limit(length).order(ByteOrder.LITTLE_ENDIAN);
            fill(disk, offset, block, file);
            check(block, length, file, offset);
            fileChecksum.update(block.array(), 0, length);
            items += block.getInt(CHECKED_OFFSET);
            readItems(block, length, action);
            offset += length;
        }
        if (items != part.items() || (int) fileChecksum.getValue() != part.checksum()) {
            throw new CorruptFileException(file, "it is not the file its manifest names");
        }
    }

    private static int blockLength(Disk disk, long offset, long fileLength, Path file) throws IOException {
        final ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        if (fileLength - offset < HEADER_BYTES) {
            throw new CorruptFileException(file, "its block at offset " + offset + " is cut");
        }
        fill(disk, offset, header, file);
        final long length = (long) header.getInt(0) + HEADER_BYTES;
        if (length < HEADER_BYTES || length > BLOCK_BYTES_MAX || length > fileLength - offset) {
            throw new CorruptFileException(file, "its block at offset " + offset + " is damaged");
        }
        return (int) length;
    }

    private static void fill(Disk disk, long offset, ByteBuffer into, Path file) throws IOException {
        final int read = disk.read(file, offset, into);
        if (into.hasRemaining()) {
            throw new CorruptFileException(file, "it ends at offset " + (offset + read));
        }
        into.flip();
    }

    private static void check(ByteBuffer block, int length, Path file, long offset) {
        final CRC32C checksum = new CRC32C();
        checksum.update(block.slice(CHECKED_OFFSET, length - CHECKED_OFFSET));
        if (block.getInt(Integer.BYTES) != (int) checksum.getValue()) {
            throw new CorruptFileException(file, "its block at offset " + offset + " is damaged");
        }
    }

    private static void readItems(ByteBuffer block, int length, ItemConsumer action) {
        int position = HEADER_BYTES;
        while (position < length) {
            final long number = block.getLong(position);
            final int kind = block.getInt(position + Long.BYTES);
            final int itemLength = block.getInt(position + Long.BYTES + Integer.BYTES);
            action.accept(
                    number,
                    kind,
                    block.slice(position + ITEM_HEADER_BYTES, itemLength).order(ByteOrder.LITTLE_ENDIAN));
            position += ITEM_HEADER_BYTES + itemLength;
        }
    }
}
