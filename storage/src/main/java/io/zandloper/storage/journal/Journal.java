package io.zandloper.storage.journal;

import static io.zandloper.storage.journal.JournalDescriptor.ALIGNMENT;
import static io.zandloper.storage.journal.JournalDescriptor.CHAIN_OFFSET;
import static io.zandloper.storage.journal.JournalDescriptor.CHECKSUM_OFFSET;
import static io.zandloper.storage.journal.JournalDescriptor.DURABLE_OFFSET;
import static io.zandloper.storage.journal.JournalDescriptor.FILE_CHAIN_OFFSET;
import static io.zandloper.storage.journal.JournalDescriptor.FILE_CHECKSUM_OFFSET;
import static io.zandloper.storage.journal.JournalDescriptor.FILE_FIRST_SEQUENCE_OFFSET;
import static io.zandloper.storage.journal.JournalDescriptor.FILE_HEADER_BYTES;
import static io.zandloper.storage.journal.JournalDescriptor.FILE_VERSION_OFFSET;
import static io.zandloper.storage.journal.JournalDescriptor.HEADER_BYTES;
import static io.zandloper.storage.journal.JournalDescriptor.LENGTH_OFFSET;
import static io.zandloper.storage.journal.JournalDescriptor.SEQUENCE_OFFSET;
import static io.zandloper.storage.journal.JournalDescriptor.TERM_OFFSET;
import static io.zandloper.storage.journal.JournalDescriptor.TYPE_OFFSET;
import static io.zandloper.storage.journal.JournalDescriptor.aligned;

import io.zandloper.storage.disk.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Appends changes to rolling files. An entry is in the operating system's hands when {@link #append} returns, and
 * durable when {@link #sync} does. Belongs to the writer's thread.
 *
 * <p>An append that fails leaves the journal as it was. A sync that fails is never tried again: what the disk then holds
 * is not known, and only a restart, which reads it, can tell.
 */
public final class Journal implements AutoCloseable {
    /** Where a new file begins: small enough to delete in steps, large enough to be rare. */
    public static final long FILE_BYTES_DEFAULT = 64L * 1024 * 1024;

    private static final int BUFFER_BYTES = 16 * 1024;

    private final Disk disk;
    private final Path folder;
    private final Durability durability;
    private final long fileBytes;
    private final long term;
    private final CRC32C checksum = new CRC32C();
    private ByteBuffer buffer = little(ByteBuffer.allocateDirect(BUFFER_BYTES));
    private Disk.@Nullable AppendFile file;
    private long lastSequence;
    private long durableSequence;
    private int chain;
    private volatile long appendedBytes;
    private @Nullable JournalException broken;

    private Journal(Disk disk, Path folder, Durability durability, long fileBytes, long term, JournalEnd end) {
        this.disk = disk;
        this.folder = folder;
        this.durability = durability;
        this.fileBytes = fileBytes;
        this.term = term;
        this.lastSequence = end.sequence();
        this.durableSequence = end.sequence();
        this.chain = end.chain();
    }

    /**
     * Goes on where what was read ends. A new file begins: the old ones are never written again.
     *
     * @param term under which entries are written from now on
     * @param end what {@link JournalReader} found, its torn tail cut
     */
    public static Journal open(
            Disk disk, Path folder, Durability durability, long fileBytes, long term, JournalEnd end) {
        final Journal journal = new Journal(disk, folder, durability, fileBytes, term, end);
        try {
            disk.createFolder(folder);
        } catch (IOException e) {
            throw new JournalException("the journal folder cannot be made: " + folder, true, e);
        }
        return journal;
    }

    /**
     * Appends one change.
     *
     * @param payload from position to limit, copied
     * @throws JournalException where the operating system does not take it; the journal is as it was, unless the
     *     exception is fatal
     */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    public void append(long sequence, int type, ByteBuffer payload) {
        if (broken != null) {
            throw broken;
        }
        if (sequence != lastSequence + 1) {
            throw new IllegalArgumentException(
                    "not the next sequence after " + lastSequence + ": sequence=" + sequence);
        }
        final Disk.AppendFile target = fileFor(sequence);
        final long start = target.length();
        final int newChain = encode(sequence, type, payload);
        final int total = buffer.remaining();
        try {
            target.append(buffer);
        } catch (IOException e) {
            throw undone(target, start, e);
        }
        lastSequence = sequence;
        chain = newChain;
        appendedBytes += total;
    }

    /** Makes what was appended durable, as far as the mode asks for it. */
    public void sync() {
        if (broken != null) {
            throw broken;
        }
        if (durability == Durability.FSYNC && file != null && durableSequence != lastSequence) {
            syncFile(file);
        }
        durableSequence = lastSequence;
    }

    /** Makes what was appended durable, whatever the mode. */
    public void force() {
        if (broken != null) {
            throw broken;
        }
        if (file != null) {
            syncFile(file);
        }
        durableSequence = lastSequence;
    }

    /**
     * Begins a new file for what comes next, so that every entry so far is in a file that can go.
     *
     * @throws JournalException where no file can be begun; the journal is as it was, unless the exception is fatal
     */
    public void roll() {
        if (broken != null) {
            throw broken;
        }
        final Disk.AppendFile current = file;
        if (current != null && current.length() == FILE_HEADER_BYTES) {
            return;
        }
        if (current != null) {
            syncFile(current);
            durableSequence = lastSequence;
        }
        file = replaced(current, begin(lastSequence + 1));
    }

    /** The last change appended. */
    public long lastSequence() {
        return lastSequence;
    }

    /** Bytes of entries appended since it was opened. Any thread. */
    public long appendedBytes() {
        return appendedBytes;
    }

    /** Where it ends now. */
    public JournalEnd end() {
        return new JournalEnd(lastSequence, term, chain);
    }

    /** Makes everything durable, whatever the mode. */
    @Override
    public void close() {
        if (file == null) {
            return;
        }
        try (Disk.AppendFile closing = file) {
            if (broken == null) {
                syncFile(closing);
            }
        } catch (IOException e) {
            throw new JournalException("the journal cannot be closed: " + folder, true, e);
        } finally {
            file = null;
        }
    }

    private Disk.AppendFile fileFor(long sequence) {
        final Disk.AppendFile current = file;
        if (current != null && current.length() < fileBytes) {
            return current;
        }
        if (current != null) {
            syncFile(current);
            durableSequence = lastSequence;
        }
        final Disk.AppendFile next = replaced(current, begin(sequence));
        file = next;
        return next;
    }

    private Disk.AppendFile replaced(Disk.@Nullable AppendFile current, Disk.AppendFile next) {
        if (current != null) {
            try {
                current.close();
            } catch (IOException e) {
                throw brokenBy("a journal file cannot be closed: " + folder, e);
            }
        }
        return next;
    }

    /** A file whose name and header are on the disk before the first entry is in it. */
    private Disk.AppendFile begin(long sequence) {
        final Path path = folder.resolve(JournalDescriptor.fileName(sequence));
        final ByteBuffer header = little(ByteBuffer.allocate(FILE_HEADER_BYTES));
        header.putLong(0, JournalDescriptor.MAGIC)
                .putInt(FILE_VERSION_OFFSET, JournalDescriptor.VERSION)
                .putLong(FILE_FIRST_SEQUENCE_OFFSET, sequence)
                .putInt(FILE_CHAIN_OFFSET, chain);
        checksum.reset();
        checksum.update(header.array(), 0, FILE_CHECKSUM_OFFSET);
        header.putInt(FILE_CHECKSUM_OFFSET, (int) checksum.getValue());
        Disk.AppendFile created = null;
        boolean begun = false;
        try {
            if (disk.exists(path)) {
                removeUnused(path);
            }
            created = disk.create(path);
            created.append(header);
            created.sync();
            disk.syncFolder(folder);
            begun = true;
            return created;
        } catch (IOException e) {
            throw new JournalException("a journal file cannot be begun: " + path + ": " + e.getMessage(), false, e);
        } finally {
            if (!begun && created != null) {
                discard(created, path);
            }
        }
    }

    /** What a start found begun, or a roll began, and nothing was appended to. */
    private void removeUnused(Path path) throws IOException {
        if (disk.length(path) > FILE_HEADER_BYTES) {
            throw new IOException("it has entries already");
        }
        disk.delete(path);
    }

    /**
     * The file before this one may be gone on with (a roll is no must), so that this one must not come back after a power
     * cut: a start would take the other's torn tail for damage, as another file follows it.
     */
    private void discard(Disk.AppendFile created, Path path) {
        try {
            created.close();
            disk.delete(path);
            disk.syncFolder(folder);
        } catch (IOException e) {
            throw brokenBy("a journal file cannot be taken back: " + path, e);
        }
    }

    private int encode(long sequence, int type, ByteBuffer payload) {
        final int length = payload.remaining();
        final int total = aligned(HEADER_BYTES + length);
        if (buffer.capacity() < total) {
            buffer = little(ByteBuffer.allocateDirect(Math.max(total, 2 * buffer.capacity())));
        }
        buffer.clear();
        buffer.putInt(LENGTH_OFFSET, length)
                .putInt(CHAIN_OFFSET, chain)
                .putInt(TYPE_OFFSET, type)
                .putLong(SEQUENCE_OFFSET, sequence)
                .putLong(DURABLE_OFFSET, durableSequence)
                .putLong(TERM_OFFSET, term)
                .putLong(JournalDescriptor.SOURCE_LENGTH_OFFSET, 0)
                .put(HEADER_BYTES, payload, payload.position(), length);
        for (int i = HEADER_BYTES + length; i < total; i++) {
            buffer.put(i, (byte) 0);
        }
        checksum.reset();
        checksum.update(buffer.limit(CHECKSUM_OFFSET));
        checksum.update(buffer.limit(total).position(CHAIN_OFFSET));
        final int value = (int) checksum.getValue();
        buffer.putInt(CHECKSUM_OFFSET, value).position(0).limit(total);
        return value;
    }

    private JournalException undone(Disk.AppendFile target, long length, IOException cause) {
        try {
            target.truncate(length);
        } catch (IOException e) {
            e.addSuppressed(cause);
            return brokenBy("a journal file cannot be cut back after a failed write: " + folder, e);
        }
        return new JournalException("the journal takes no entry: " + cause.getMessage(), false, cause);
    }

    private void syncFile(Disk.AppendFile target) {
        try {
            target.sync();
        } catch (IOException e) {
            throw brokenBy("the journal cannot be made durable: " + folder, e);
        }
    }

    private JournalException brokenBy(String message, IOException cause) {
        final JournalException exception =
                new JournalException(message + ": " + cause.getMessage() + "; restart to go on", true, cause);
        broken = exception;
        return exception;
    }

    private static ByteBuffer little(ByteBuffer bytes) {
        return bytes.order(ByteOrder.LITTLE_ENDIAN);
    }

    static {
        assert HEADER_BYTES % ALIGNMENT == 0 && FILE_HEADER_BYTES % ALIGNMENT == 0;
    }
}
