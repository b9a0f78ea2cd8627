package io.zandloper.storage.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** The few things the journal asks of a file system. Not for several threads at once. */
public interface Disk {
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

    /** Names of the files in a folder, sorted; empty where there is no folder. */
    List<String> list(Path folder) throws IOException;

    long length(Path file) throws IOException;

    /** Reads from {@code position} until {@code into} is full or the file ends; the bytes read. */
    int read(Path file, long position, ByteBuffer into) throws IOException;

    void delete(Path file) throws IOException;

    /** Creates a folder and those above it. */
    void createFolder(Path folder) throws IOException;

    /** Makes the creation and deletion of names in a folder durable. */
    void syncFolder(Path folder) throws IOException;
}
