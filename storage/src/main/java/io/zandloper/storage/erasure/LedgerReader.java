package io.zandloper.storage.erasure;

import static io.zandloper.storage.erasure.LedgerDescriptor.AT_OFFSET;
import static io.zandloper.storage.erasure.LedgerDescriptor.ENTRY_BYTES;
import static io.zandloper.storage.erasure.LedgerDescriptor.FILE_CHECKSUM_OFFSET;
import static io.zandloper.storage.erasure.LedgerDescriptor.FILE_HEADER_BYTES;
import static io.zandloper.storage.erasure.LedgerDescriptor.FILE_VERSION_OFFSET;
import static io.zandloper.storage.erasure.LedgerDescriptor.HIGH_OFFSET;
import static io.zandloper.storage.erasure.LedgerDescriptor.LOW_OFFSET;
import static io.zandloper.storage.erasure.LedgerDescriptor.MAGIC;
import static io.zandloper.storage.erasure.LedgerDescriptor.OLDEST_VERSION;
import static io.zandloper.storage.erasure.LedgerDescriptor.VERSION;
import static io.zandloper.storage.erasure.LedgerDescriptor.checksum;
import static io.zandloper.storage.erasure.LedgerDescriptor.isEntry;
import static io.zandloper.storage.erasure.LedgerDescriptor.little;

import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.format.CorruptFileException;
import io.zandloper.storage.format.FormatTooNewException;
import io.zandloper.storage.format.FormatTooOldException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Reads a ledger of erasures and changes nothing. */
public final class LedgerReader {
    /** Entries that are looked at at once. */
    private static final int PIECE_ENTRIES = 16 * 1024;

    /** Takes one identity's erasure. */
    @FunctionalInterface
    public interface EntryConsumer {
        void accept(long sequence, long atMicros, long high, long low);
    }

    private LedgerReader() {}

    /**
     * Gives every entry to {@code action}, in the order of their sequences, up to the first that is not whole. What
     * begins there is a torn tail, if it is beyond what is known to be durable: it can be made again from the journal.
     *
     * @param durableBytes what a snapshot or a clean stop says that the file had; 0 where nothing is known
     * @return bytes of the file that are whole; 0 where there is no file
     * @throws io.zandloper.storage.format.StoredFileException where it is corrupt (naming the offset), too old or too new
     */
    public static long read(Disk disk, Path file, long durableBytes, EntryConsumer action) {
        try {
            final long length = disk.exists(file) ? disk.length(file) : 0;
            if (length < durableBytes) {
                throw new CorruptFileException(
                        file, "it is " + length + " bytes long and had " + durableBytes + " when a snapshot was taken");
            }
            return length < FILE_HEADER_BYTES ? 0 : readEntries(disk, file, length, durableBytes, action);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read file=" + file, e);
        }
    }

    private static long readEntries(Disk disk, Path file, long length, long durableBytes, EntryConsumer action)
            throws IOException {
        checkHeader(disk, file);
        final ByteBuffer piece = little(
                ByteBuffer.allocate((int) Math.min(PIECE_ENTRIES * (long) ENTRY_BYTES, Math.max(ENTRY_BYTES, length))));
        long lastSequence = 0;
        long offset = FILE_HEADER_BYTES;
        while (offset < length) {
            disk.read(file, offset, piece.clear());
            piece.flip();
            for (int at = 0; at < piece.limit(); at += ENTRY_BYTES, offset += ENTRY_BYTES) {
                if (!isEntry(piece, at) || piece.getLong(at) < lastSequence) {
                    if (offset < durableBytes) {
                        throw new CorruptFileException(
                                file,
                                "it is damaged at offset " + offset
                                        + ", and erasures that were acknowledged are there");
                    }
                    return offset;
                }
                lastSequence = piece.getLong(at);
                action.accept(
                        lastSequence,
                        piece.getLong(at + AT_OFFSET),
                        piece.getLong(at + HIGH_OFFSET),
                        piece.getLong(at + LOW_OFFSET));
            }
        }
        return offset;
    }

    private static void checkHeader(Disk disk, Path file) throws IOException {
        final ByteBuffer header = little(ByteBuffer.allocate(FILE_HEADER_BYTES));
        disk.read(file, 0, header);
        header.flip();
        if (header.getLong(0) != MAGIC) {
            throw new CorruptFileException(file, "it is no ledger of erasures");
        }
        final int version = header.getInt(FILE_VERSION_OFFSET);
        if (version > VERSION) {
            throw new FormatTooNewException(file, version, VERSION);
        }
        if (version < OLDEST_VERSION) {
            throw new FormatTooOldException(file, version, OLDEST_VERSION);
        }
        if (header.getInt(FILE_CHECKSUM_OFFSET) != checksum(header, 0, FILE_CHECKSUM_OFFSET)) {
            throw new CorruptFileException(file, "its header is damaged");
        }
    }
}
