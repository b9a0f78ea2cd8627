package io.zandloper.storage.journal;

import static io.zandloper.storage.journal.JournalDescriptor.FILE_CHAIN_OFFSET;
import static io.zandloper.storage.journal.JournalDescriptor.FILE_CHECKSUM_OFFSET;
import static io.zandloper.storage.journal.JournalDescriptor.FILE_FIRST_SEQUENCE_OFFSET;
import static io.zandloper.storage.journal.JournalDescriptor.FILE_HEADER_BYTES;
import static io.zandloper.storage.journal.JournalDescriptor.FILE_TERM_BEFORE_OFFSET;
import static io.zandloper.storage.journal.JournalDescriptor.FILE_TERM_FIRST_OFFSET;
import static io.zandloper.storage.journal.JournalDescriptor.FILE_TERM_OFFSET;
import static io.zandloper.storage.journal.JournalDescriptor.FILE_VERSION_OFFSET;

import io.zandloper.storage.format.FormatTooNewException;
import io.zandloper.storage.format.FormatTooOldException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * How a journal file begins.
 *
 * @param lineage of the one term that all its entries are of
 * @param chain the checksum of the entry before its first
 */
record JournalHeader(long firstSequence, Lineage lineage, int chain) {
    /** Its bytes, from position to limit. */
    ByteBuffer encode() {
        final ByteBuffer bytes = ByteBuffer.allocate(FILE_HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(0, JournalDescriptor.MAGIC)
                .putInt(FILE_VERSION_OFFSET, JournalDescriptor.VERSION)
                .putLong(FILE_FIRST_SEQUENCE_OFFSET, firstSequence)
                .putLong(FILE_TERM_FIRST_OFFSET, lineage.firstSequence())
                .putInt(FILE_CHAIN_OFFSET, chain);
        put(bytes, FILE_TERM_OFFSET, lineage.term());
        put(bytes, FILE_TERM_BEFORE_OFFSET, lineage.before());
        return bytes.putInt(FILE_CHECKSUM_OFFSET, checksum(bytes));
    }

    /**
     * Null where there is no whole header.
     *
     * @throws FormatTooNewException also where it is too old
     */
    static @Nullable JournalHeader decode(Path path, ByteBuffer bytes) {
        if (bytes.limit() < FILE_HEADER_BYTES || bytes.getLong(0) != JournalDescriptor.MAGIC) {
            return null;
        }
        final int version = bytes.getInt(FILE_VERSION_OFFSET);
        if (version > JournalDescriptor.VERSION) {
            throw new FormatTooNewException(path, version, JournalDescriptor.VERSION);
        }
        if (version < JournalDescriptor.VERSION_MIN) {
            throw new FormatTooOldException(path, version, JournalDescriptor.VERSION_MIN);
        }
        if (bytes.getInt(FILE_CHECKSUM_OFFSET) != checksum(bytes)) {
            return null;
        }
        return new JournalHeader(
                bytes.getLong(FILE_FIRST_SEQUENCE_OFFSET),
                new Lineage(
                        term(bytes, FILE_TERM_OFFSET),
                        bytes.getLong(FILE_TERM_FIRST_OFFSET),
                        term(bytes, FILE_TERM_BEFORE_OFFSET)),
                bytes.getInt(FILE_CHAIN_OFFSET));
    }

    /** Where the journal is before the first entry of this file, as far as this file knows. */
    JournalEnd before() {
        final boolean begins = lineage.firstSequence() == firstSequence;
        return new JournalEnd(firstSequence - 1, begins ? new Lineage(lineage.before(), 0, Term.NONE) : lineage, chain);
    }

    /** Whether its first entry comes after a place. */
    boolean follows(JournalEnd end) {
        return firstSequence == end.sequence() + 1
                && chain == end.chain()
                && (lineage.term().equals(end.term()) || lineage.before().equals(end.term()));
    }

    private static void put(ByteBuffer bytes, int offset, Term term) {
        bytes.putLong(offset, term.number()).putLong(offset + Long.BYTES, term.id());
    }

    private static Term term(ByteBuffer bytes, int offset) {
        return new Term(bytes.getLong(offset), bytes.getLong(offset + Long.BYTES));
    }

    private static int checksum(ByteBuffer bytes) {
        final CRC32C checksum = new CRC32C();
        checksum.update(bytes.slice(0, FILE_CHECKSUM_OFFSET));
        return (int) checksum.getValue();
    }
}
