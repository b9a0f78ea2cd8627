package io.zandloper.storage;

import io.zandloper.storage.format.CorruptFileException;
import io.zandloper.storage.format.IdentityHash;
import io.zandloper.storage.format.MetadataFile;
import io.zandloper.storage.memory.MappedFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * The folder's names, its lock and its key.
 *
 * <pre>
 *   lock            held while a process uses the folder
 *   identity.key    the key of identity hashes, made once
 *   clean-stop      present only while nobody uses the folder and every mapped file is complete
 *   journal/        every change in order, unless another folder was named for it
 *   index/          identity index
 *   records/        profile records
 *   rows-N/         segment rows under the catalog of generation N
 * </pre>
 */
final class DataFolder implements AutoCloseable {
    private static final MetadataFile KEY_FILE = new MetadataFile("ZNDLIKEY", 1, 1);
    private static final String ROWS_PREFIX = "rows-";

    private final Path root;
    private final FileChannel lockChannel;
    private final FileLock lock;

    private DataFolder(Path root, FileChannel lockChannel, FileLock lock) {
        this.root = root;
        this.lockChannel = lockChannel;
        this.lock = lock;
    }

    /** Creates the folder where it does not exist and takes its lock. */
    static DataFolder lock(Path root) {
        try {
            Files.createDirectories(root);
            final FileChannel channel =
                    FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            final FileLock lock = tryLock(channel);
            if (lock == null) {
                channel.close();
                throw new StorageException("the data folder " + root
                        + " is in use by another process; stop that one or choose another folder");
            }
            return new DataFolder(root, channel, lock);
        } catch (IOException e) {
            throw new StorageException("the data folder " + root + " cannot be used: " + reason(e), e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            return null;
        }
    }

    private static String reason(IOException e) {
        if (e instanceof FileSystemException ofFile && ofFile.getReason() != null) {
            return ofFile.getReason();
        }
        return e.getClass().getSimpleName();
    }

    /** The folder's key; made on first use. */
    byte[] identityKey() {
        final Path file = root.resolve("identity.key");
        if (!Files.exists(file)) {
            final byte[] key = new byte[IdentityHash.KEY_BYTES];
            new SecureRandom().nextBytes(key);
            KEY_FILE.write(file, ByteBuffer.wrap(key));
        }
        final byte[] key = new byte[IdentityHash.KEY_BYTES];
        KEY_FILE.read(file).payload().get(key);
        return key;
    }

    /**
     * What the last stop left, if it was a clean one; null otherwise.
     *
     * @throws io.zandloper.storage.format.StoredFileException where a newer version left it
     */
    @Nullable
    CleanStop cleanStop() {
        if (!Files.exists(cleanStopFile())) {
            return null;
        }
        try {
            return CleanStop.read(cleanStopFile());
        } catch (CorruptFileException notWrittenToItsEnd) {
            return null;
        }
    }

    /** Removes the mapped files, which are made again from the journal. */
    void removeTables() {
        removeCleanStop();
        MappedFiles.deleteDirectory(index());
        MappedFiles.deleteDirectory(records());
        try (DirectoryStream<Path> rows = Files.newDirectoryStream(root, ROWS_PREFIX + "*")) {
            rows.forEach(MappedFiles::deleteDirectory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list folder=" + root, e);
        }
    }

    /** From here on the mapped files are in use: without another clean stop they are not to be trusted. */
    void removeCleanStop() {
        try {
            if (Files.deleteIfExists(cleanStopFile())) {
                MetadataFile.forceDirectory(root);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete file=" + cleanStopFile(), e);
        }
    }

    void writeCleanStop(CleanStop stop) {
        stop.write(cleanStopFile());
    }

    private Path cleanStopFile() {
        return root.resolve("clean-stop");
    }

    Path index() {
        return root.resolve("index");
    }

    Path records() {
        return root.resolve("records");
    }

    Path rows(int generation) {
        return root.resolve(ROWS_PREFIX + generation);
    }

    @Override
    public void close() {
        try {
            lock.release();
            lockChannel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot release the lock of " + root, e);
        }
    }
}
