package io.zandloper.storage.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * What journal, snapshots, ledger and the other files that must survive ask of a file system. Any thread; an open file
 * belongs to one.
 */
public interface Disk {
    /** What {@link #copy} has in memory at a time. */
    int COPY_BYTES = 1024 * 1024;

    /** A file that is only ever appended to. */
    interface AppendFile extends AutoCloseable {
        /**
         * Appends from position to limit; the operating system has all of it when this returns.
         *
         * @throws IOException where it has some or nothing of it; {@link #length()} is then not to be trusted before a
         *     {@link #truncate}
         */
        void append(ByteBuffer bytes) throws IOException;

        /** Makes everything appended durable. Once this has failed, nothing of the file is to be trusted. */
        void sync() throws IOException;

        /** Cuts the file. */
        void truncate(long lengthBytes) throws IOException;

        /** Bytes appended. */
        long length();

        @Override
        void close() throws IOException;
    }

    /** Creates a file that is not there yet. Its name is durable after {@link #syncFolder}. */
    AppendFile create(Path file) throws IOException;

    /** Opens a file at its end. */
    AppendFile append(Path file) throws IOException;

    /** Names of what is in a folder, sorted; empty where there is no folder. */
    List<String> list(Path folder) throws IOException;

    /** Whether there is such a file or folder. */
    boolean exists(Path path) throws IOException;

    long length(Path file) throws IOException;

    /** Copies a file into one that is not there yet. What is in it is durable, its name after {@link #syncFolder}. */
    default void copy(Path from, Path to) throws IOException {
        final ByteBuffer piece = ByteBuffer.allocate(COPY_BYTES);
        try (AppendFile file = create(to)) {
            while (read(from, file.length(), piece.clear()) > 0) {
                file.append(piece.flip());
            }
            file.sync();
        }
    }

    /** Reads from {@code position} until {@code into} is full or the file ends; the bytes read. */
    int read(Path file, long position, ByteBuffer into) throws IOException;

    /** Deletes a file. It is gone for good after {@link #syncFolder}. */
    void delete(Path file) throws IOException;

    /**
     * Renames a file or a folder within its folder, in one step; a file that has the name already is replaced. Durable
     * after {@link #syncFolder}.
     */
    void rename(Path from, Path to) throws IOException;

    /** Creates a folder and those above it; durable when this returns. */
    void createFolder(Path folder) throws IOException;

    /** Deletes a folder and the files in it; no error where there is none. */
    void deleteFolder(Path folder) throws IOException;

    /** Bytes that can still be written into a folder, or into the one above where it is not there yet. */
    long usableBytes(Path folder) throws IOException;

    /** Makes the creation, renaming and deletion of names in a folder durable. */
    void syncFolder(Path folder) throws IOException;
}
