package io.zandloper.storage.format;

import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.disk.FileDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * A small file that is written as a whole: it says what it is, in which version, and proves that it is complete.
 *
 * <pre>
 *   0               8           12          16                    16+n      20+n
 *  +---------------+-----------+-----------+---------------------+---------+
 *  | magic, ASCII  | version   | n, length | payload, n bytes    | CRC32C  |
 *  +---------------+-----------+-----------+---------------------+---------+
 * </pre>
 *
 * Integers are little-endian. The checksum is over everything before it.
 *
 * @param magic eight ASCII characters
 * @param oldestVersion the oldest version {@link #read} understands
 * @param version the version {@link #write} writes, the newest {@link #read} understands
 */
public record MetadataFile(String magic, int oldestVersion, int version) {
    private static final int MAGIC_LENGTH = 8;
    private static final int VERSION_OFFSET = 8;
    private static final int LENGTH_OFFSET = 12;
    private static final int PAYLOAD_OFFSET = 16;
    private static final int CHECKSUM_LENGTH = 4;

    public MetadataFile {
        if (magic.length() != MAGIC_LENGTH) {
            throw new IllegalArgumentException("a magic is eight characters: magic=" + magic);
        }
    }

    /** What a file holds: the version it was written in and its payload, from position to limit, little-endian. */
    public record Content(int version, ByteBuffer payload) {}

    /**
     * Replaces the file in one step: after a crash it is the old or the new one. On the disk when this returns.
     *
     * @param payload from position to limit, which stay
     * @throws UncheckedIOException naming the file
     */
    public void write(Disk disk, Path file, ByteBuffer payload) {
        final Path written = file.resolveSibling(file.getFileName() + ".new");
        try {
            writeAnew(disk, written, encode(payload));
            disk.rename(written, file);
            final Path folder = file.getParent();
            disk.syncFolder(folder == null ? Path.of("") : folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write file=" + file, e);
        }
    }

    /** The same on the machine's own disk. */
    public void write(Path file, ByteBuffer payload) {
        write(FileDisk.INSTANCE, file, payload);
    }

    private static void writeAnew(Disk disk, Path written, ByteBuffer bytes) throws IOException {
        if (disk.exists(written)) {
            disk.delete(written);
        }
        boolean whole = false;
        try (Disk.AppendFile created = disk.create(written)) {
            created.append(bytes);
            created.sync();
            whole = true;
        } finally {
            if (!whole && disk.exists(written)) {
                disk.delete(written); // on a full disk, every byte of it is needed
            }
        }
    }

    /** The whole file's bytes, from position to limit. */
    public ByteBuffer encode(ByteBuffer payload) {
        final int length = payload.remaining();
        final ByteBuffer bytes = little(ByteBuffer.allocate(PAYLOAD_OFFSET + length + CHECKSUM_LENGTH));
        for (int i = 0; i < MAGIC_LENGTH; i++) {
            bytes.put((byte) magic.charAt(i));
        }
        bytes.putInt(version).putInt(length).put(payload.duplicate());
        return bytes.putInt(checksum(bytes, PAYLOAD_OFFSET + length)).flip();
    }

    /**
     * Reads a file back.
     *
     * @throws CorruptFileException when it is of another kind, cut or damaged
     * @throws FormatTooOldException when its version is below {@link #oldestVersion}
     * @throws FormatTooNewException when its version is above {@link #version}
     * @throws UncheckedIOException naming the file
     */
    public Content read(Disk disk, Path file) {
        try {
            final ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(disk.length(file)));
            disk.read(file, 0, bytes);
            return decode(file, bytes.flip());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read file=" + file, e);
        }
    }

    /** The same on the machine's own disk. */
    public Content read(Path file) {
        return read(FileDisk.INSTANCE, file);
    }

    private Content decode(Path file, ByteBuffer wholeFile) {
        final ByteBuffer bytes = little(wholeFile);
        if (bytes.limit() < PAYLOAD_OFFSET + CHECKSUM_LENGTH) {
            throw new CorruptFileException(file, "it is cut");
        }
        for (int i = 0; i < MAGIC_LENGTH; i++) {
            if (bytes.get(i) != (byte) magic.charAt(i)) {
                throw new CorruptFileException(file, "it does not begin with " + magic);
            }
        }
        // The version comes before the checksum: how a newer version proves itself is not ours to know.
        final int found = bytes.getInt(VERSION_OFFSET);
        if (found > version) {
            throw new FormatTooNewException(file, found, version);
        }
        if (found < oldestVersion) {
            throw new FormatTooOldException(file, found, oldestVersion);
        }
        final int length = bytes.getInt(LENGTH_OFFSET);
        if (length != bytes.limit() - PAYLOAD_OFFSET - CHECKSUM_LENGTH) {
            throw new CorruptFileException(file, "its length is not the one it states");
        }
        if (bytes.getInt(PAYLOAD_OFFSET + length) != checksum(bytes, PAYLOAD_OFFSET + length)) {
            throw new CorruptFileException(file, "its checksum does not match");
        }
        return new Content(found, little(bytes.slice(PAYLOAD_OFFSET, length)));
    }

    private static ByteBuffer little(ByteBuffer buffer) {
        return buffer.order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int checksum(ByteBuffer bytes, int length) {
        final CRC32C checksum = new CRC32C();
        checksum.update(bytes.array(), bytes.arrayOffset(), length);
        return (int) checksum.getValue();
    }
}
