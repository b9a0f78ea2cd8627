package io.zandloper.server.decisionlog;

import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.disk.FileDisk;
import io.zandloper.storage.format.CorruptFileException;
import io.zandloper.storage.format.FormatTooNewException;
import io.zandloper.storage.format.FormatTooOldException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the files of a decision log and changes nothing; a server may be writing them. What is damaged costs itself alone:
 * reading goes on at the next whole entry.
 */
public final class DecisionLogReader {
    /** Room for the longest entry and more. */
    private static final int PIECE_BYTES = 1024 * 1024;

    private DecisionLogReader() {}

    /**
     * What a file says of itself.
     *
     * @param keyHigh the first half of what tells of which data folder the people are
     * @param keyLow its second half
     */
    public record Header(long createdMicros, long keyHigh, long keyLow) {}

    /** Hears of what is in a file, in its order. */
    public interface Handler {
        void onDecision(LoggedDecision decision);

        /** An entry of somebody who is erased. */
        void onErased();

        /**
         * Bytes that are no entry.
         *
         * @param atEnd whether nothing follows them: what was being written when the server was killed, or is now
         */
        void onDamage(Path file, long offset, long lengthBytes, boolean atEnd);
    }

    /** Entries as they lie in a file. */
    interface EntryHandler {
        /** @param bytes hold the whole entry from {@code start} on, during the call */
        void onEntry(ByteBuffer bytes, int start, int lengthBytes) throws IOException;

        void onDamage(long offset, long lengthBytes, boolean atEnd);
    }

    /**
     * The files of a log, the oldest first: of its folder, or the one that is named. A file of a folder that was begun when
     * the server was killed, and has no whole header, is none of them.
     *
     * @throws UncheckedIOException naming it
     */
    public static List<Path> files(Path fileOrFolder) {
        try {
            if (!Files.isDirectory(fileOrFolder)) {
                return List.of(fileOrFolder);
            }
            final List<Path> files = new ArrayList<>();
            for (final Path file : LogFiles.of(FileDisk.INSTANCE, fileOrFolder)) {
                if (Files.size(file) >= LogDescriptor.FILE_HEADER_BYTES) {
                    files.add(file);
                }
            }
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list folder=" + fileOrFolder, e);
        }
    }

    /**
     * @throws io.zandloper.storage.format.StoredFileException where it is no log of a known version
     * @throws UncheckedIOException naming the file
     */
    public static Header header(Path file) {
        try {
            return header(FileDisk.INSTANCE, file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read file=" + file, e);
        }
    }

    /**
     * Reads all of a file.
     *
     * @throws io.zandloper.storage.format.StoredFileException where it is no log of a known version, or was written by
     *     something else
     * @throws UncheckedIOException naming the file
     */
    public static void read(Path file, Handler handler) {
        try {
            header(FileDisk.INSTANCE, file);
            read(FileDisk.INSTANCE, file, new EntryHandler() {
                @Override
                public void onEntry(ByteBuffer bytes, int start, int lengthBytes) {
                    if (bytes.get(start + LogDescriptor.KIND_OFFSET) == LogDescriptor.ERASED) {
                        handler.onErased();
                    } else {
                        handler.onDecision(decoded(file, payload(bytes, start)));
                    }
                }

                @Override
                public void onDamage(long offset, long lengthBytes, boolean atEnd) {
                    handler.onDamage(file, offset, lengthBytes, atEnd);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read file=" + file, e);
        }
    }

    private static LoggedDecision decoded(Path file, ByteBuffer payload) {
        try {
            return EntryDecoder.decode(payload);
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new CorruptFileException(file, "an entry whose checksum is right does not hold what it says: " + e);
        }
    }

    static ByteBuffer payload(ByteBuffer bytes, int start) {
        return LogDescriptor.little(bytes.slice(
                start + LogDescriptor.ENTRY_HEADER_BYTES, bytes.getInt(start + LogDescriptor.PAYLOAD_LENGTH_OFFSET)));
    }

    static Header header(Disk disk, Path file) throws IOException {
        final ByteBuffer header = LogDescriptor.little(ByteBuffer.allocate(LogDescriptor.FILE_HEADER_BYTES));
        final int length = disk.exists(file) ? disk.read(file, 0, header) : 0;
        if (length < Long.BYTES || header.getLong(0) != LogDescriptor.MAGIC) {
            throw new CorruptFileException(file, length == 0 ? "it is empty or not there" : "it is no decision log");
        }
        final int version = header.getInt(LogDescriptor.FILE_VERSION_OFFSET);
        if (version > LogDescriptor.VERSION) {
            throw new FormatTooNewException(file, version, LogDescriptor.VERSION);
        }
        if (version < LogDescriptor.OLDEST_VERSION) {
            throw new FormatTooOldException(file, version, LogDescriptor.OLDEST_VERSION);
        }
        if (length < LogDescriptor.FILE_HEADER_BYTES
                || header.getInt(LogDescriptor.FILE_CHECKSUM_OFFSET)
                        != LogDescriptor.checksum(header, 0, LogDescriptor.FILE_CHECKSUM_OFFSET)) {
            throw new CorruptFileException(file, "its header is damaged");
        }
        return new Header(
                header.getLong(LogDescriptor.FILE_CREATED_OFFSET),
                header.getLong(LogDescriptor.FILE_KEY_HIGH_OFFSET),
                header.getLong(LogDescriptor.FILE_KEY_LOW_OFFSET));
    }

    /** All entries behind the header, which is not looked at. */
    static void read(Disk disk, Path file, EntryHandler handler) throws IOException {
        final long fileBytes = disk.length(file);
        final ByteBuffer piece = LogDescriptor.little(ByteBuffer.allocate(PIECE_BYTES));
        long pieceOffset = LogDescriptor.FILE_HEADER_BYTES;
        long damagedFrom = -1;
        while (pieceOffset < fileBytes) {
            disk.read(file, pieceOffset, piece.clear());
            piece.flip();
            if (!piece.hasRemaining()) {
                break;
            }
            final boolean isLast = pieceOffset + piece.limit() >= fileBytes;
            int at = 0;
            while (at < piece.limit() && (isLast || piece.limit() - at >= LogDescriptor.ENTRY_BYTES_MAX)) {
                final int length = LogDescriptor.wholeEntryBytes(piece, at);
                if (length == 0) {
                    damagedFrom = damagedFrom < 0 ? pieceOffset + at : damagedFrom;
                    at += Math.min(LogDescriptor.ALIGNMENT_BYTES, piece.limit() - at);
                    continue;
                }
                if (damagedFrom >= 0) {
                    handler.onDamage(damagedFrom, pieceOffset + at - damagedFrom, false);
                    damagedFrom = -1;
                }
                handler.onEntry(piece, at, length);
                at += length;
            }
            pieceOffset += at;
        }
        if (damagedFrom >= 0) {
            handler.onDamage(damagedFrom, pieceOffset - damagedFrom, true);
        }
    }
}
