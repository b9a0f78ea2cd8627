package io.zandloper.storage;

import io.zandloper.storage.disk.FileDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** What keeps a second process out of a folder; the operating system drops it with the process. */
final class FolderLock implements AutoCloseable {
    /** The file's name in the folder; it stays there, empty. */
    static final String NAME = "lock";

    private final Path folder;
    private final FileChannel channel;

    private FolderLock(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /**
     * Creates the folder where it does not exist and takes its lock.
     *
     * @throws StorageException where another process has it, or the folder cannot be used
     */
    static FolderLock take(Path folder) {
        try {
            FileDisk.INSTANCE.createFolder(folder);
            final FileChannel channel =
                    FileChannel.open(folder.resolve(NAME), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                channel.close();
                throw new StorageException("the data folder " + folder
                        + " is in use by another process; stop that one or choose another folder");
            }
            return new FolderLock(folder, channel);
        } catch (IOException e) {
            throw new StorageException("the data folder " + folder + " cannot be used: " + reason(e), e);
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

    @Override
    public void close() {
        try {
            channel.close(); // and with it the lock; once more is harmless
        } catch (IOException e) {
            throw new UncheckedIOException("cannot release the lock of " + folder, e);
        }
    }
}
