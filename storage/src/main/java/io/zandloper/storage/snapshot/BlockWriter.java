package io.zandloper.storage.snapshot;

import io.zandloper.storage.disk.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * Writes items of bytes in checksummed blocks.
 *
 * <pre>
 *  Block                                              Item, number long, kind int, length int
 *   0           4           8           12             0           8         12        16      16+n
 *  +-----------+-----------+-----------+--------+     +-----------+---------+---------+-------+
 *  | length    | CRC32C    | items     | items… |     | number    | kind    | n       | bytes |
 *  +-----------+-----------+-----------+--------+     +-----------+---------+---------+-------+
 * </pre>
 *
 * Little-endian. The checksum covers the number of items and the items; the length is theirs.
 */
final class BlockWriter implements AutoCloseable {
    static final int HEADER_BYTES = 12;
    static final int CHECKED_OFFSET = 8;
    static final int ITEM_HEADER_BYTES = 16;

    /** A block is written when it has this many bytes: large enough for the disk, small enough to name what is damaged. */
    private static final int BLOCK_BYTES = 1024 * 1024;

    private final Disk.AppendFile file;
    private final CRC32C blockChecksum = new CRC32C();
    private final CRC32C fileChecksum = new CRC32C();
    private ByteBuffer block = ByteBuffer.allocate(2 * BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private int items;
    private long totalItems;

    BlockWriter(Disk disk, Path path) throws IOException {
        file = disk.create(path);
        block.position(HEADER_BYTES);
    }

    /** @param bytes from {@code offset} on, copied */
    void add(long number, int kind, byte[] bytes, int offset, int length) throws IOException {
        final int needed = ITEM_HEADER_BYTES + length;
        if (block.remaining() < needed) {
            flush();
            if (block.remaining() < needed) {
                block = ByteBuffer.allocate(HEADER_BYTES + needed).order(ByteOrder.LITTLE_ENDIAN);
                block.position(HEADER_BYTES);
            }
        }
        block.putLong(number).putInt(kind).putInt(length).put(bytes, offset, length);
        items++;
        if (block.position() >= BLOCK_BYTES) {
            flush();
        }
    }

    private void flush() throws IOException {
        if (items == 0) {
            return;
        }
        final int length = block.position();
        block.putInt(0, length - HEADER_BYTES).putInt(CHECKED_OFFSET, items);
        blockChecksum.reset();
        blockChecksum.update(block.array(), CHECKED_OFFSET, length - CHECKED_OFFSET);
        block.putInt(Integer.BYTES, (int) blockChecksum.getValue());
        fileChecksum.update(block.array(), 0, length);
        file.append(block.flip());
        block.clear().position(HEADER_BYTES);
        totalItems += items;
        items = 0;
    }

    /** Writes what is left and makes the file durable. */
    SnapshotManifest.Part finish(String name) throws IOException {
        flush();
        file.sync();
        return new SnapshotManifest.Part(name, file.length(), totalItems, (int) fileChecksum.getValue());
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
