package io.zandloper.storage.memory;

import io.zandloper.storage.format.CorruptFileException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/** Files of a fixed size, mapped for reading and writing. Errors of the disk are {@link UncheckedIOException}s. */
public final class MappedFiles {
    /**
     * How much is written at once when a file is filled. Filled in order and in pieces of this size, ext4 lays the file
     * out so that the mapping gets 2 MiB pages; pieces of 1 MiB get 4 KiB ones.
     */
    private static final int FILL_BYTES = 8 * 1024 * 1024;

    private MappedFiles() {}

    /**
     * Creates a file of {@code lengthBytes} zeros, in place of one that is there, and maps it. Every block is written before the mapping is handed out:
     * on a full disk this fails here, with an exception, and not later as a SIGBUS under a store.
     */
    public static MemorySegment create(Path file, long lengthBytes, Arena arena) {
        try (FileChannel channel = FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            fill(channel, lengthBytes);
            return channel.map(MapMode.READ_WRITE, 0, lengthBytes, arena);
        } catch (IOException e) {
            giveBack(file, e);
            throw new UncheckedIOException("cannot allocate file=" + file + " lengthBytes=" + lengthBytes, e);
        }
    }

    /**
     * Maps a file that {@link #create} made.
     *
     * @throws CorruptFileException when its length is another
     */
    public static MemorySegment open(Path file, long lengthBytes, Arena arena) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (channel.size() != lengthBytes) {
                throw new CorruptFileException(
                        file, "it is " + channel.size() + " bytes long instead of " + lengthBytes);
            }
            return channel.map(MapMode.READ_WRITE, 0, lengthBytes, arena);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot map file=" + file, e);
        }
    }

    /** Creates a folder and those above it. */
    public static void createDirectory(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create folder=" + directory, e);
        }
    }

    /** Deletes a folder and the files in it; no error when it is not there. */
    public static void deleteDirectory(Path directory) {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (final Path file : files) {
                Files.delete(file);
            }
            Files.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete folder=" + directory, e);
        }
    }

    /** Deletes the files of a folder whose names match {@code glob} and that are not among {@code kept}. */
    public static void deleteOthers(Path directory, String glob, Set<Path> kept) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, glob)) {
            for (final Path file : files) {
                if (!kept.contains(file)) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete files of folder=" + directory, e);
        }
    }

    /** What did get its blocks of a file that does not fit. */
    private static void giveBack(Path file, IOException cause) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private static void fill(FileChannel channel, long lengthBytes) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            final ByteBuffer zeros =
                    arena.allocate(Math.min(FILL_BYTES, lengthBytes)).asByteBuffer();
            long remaining = lengthBytes;
            while (remaining > 0) {
                zeros.clear().limit((int) Math.min(zeros.capacity(), remaining));
                remaining -= channel.write(zeros);
            }
        }
    }
}
