package io.zandloper.storage.snapshot;

import io.zandloper.storage.disk.Disk;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/** CRC32C of a file's beginning. */
public final class FileChecksum {
    private static final int PIECE_BYTES = 1024 * 1024;

    private FileChecksum() {}

    /** @throws EOFException where the file is shorter */
    public static int of(Disk disk, Path file, long lengthBytes) throws IOException {
        final CRC32C checksum = new CRC32C();
        final ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE_BYTES, Math.max(1, lengthBytes)));
        for (long offset = 0; offset < lengthBytes; offset += piece.limit()) {
            piece.clear().limit((int) Math.min(piece.capacity(), lengthBytes - offset));
            if (disk.read(file, offset, piece) == 0) {
                throw new EOFException("it is shorter than " + lengthBytes + " bytes: " + file);
            }
            checksum.update(piece.flip());
        }
        return (int) checksum.getValue();
    }
}
