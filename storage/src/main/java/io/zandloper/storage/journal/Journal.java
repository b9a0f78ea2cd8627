package io.zandloper.storage.journal;

import static io.zandloper.storage.journal.JournalDescriptor.ALIGNMENT;
import static io.zandloper.storage.journal.JournalDescriptor.FILE_HEADER_BYTES;
import static io.zandloper.storage.journal.JournalDescriptor.HEADER_BYTES;

import io.zandloper.storage.disk.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Appends changes to rolling files. An entry is in the operating system's hands when {@link #append} returns, and
 * durable when {@link #sync} does. All entries of a file are of one term. Belongs to the writer's thread.
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
    private final EntryBytes entries = new EntryBytes();
    private ByteBuffer buffer = little(ByteBuffer.allocateDirect(BUFFER_BYTES));
    private Disk.@Nullable AppendFile file;
    /** Of the entries of {@link #file}. */
    private Term fileTerm = Term.NONE;
    /** That of what is appended here. */
    private Term term;

    private JournalEnd end;
    private volatile JournalEnd durableEnd;
    private volatile long appendedBytes;
    private @Nullable JournalException broken;

    private Journal(Disk disk, Path folder, Durability durability, long fileBytes, Term term, JournalEnd end) {
        this.disk = disk;
        this.folder = folder;
        this.durability = durability;
        this.fileBytes = fileBytes;
        this.term = term;
        this.end = end;
        this.durableEnd = end;
    }

    /**
     * Goes on where what was read ends. A new file begins: the old ones are never written again.
     *
     * @param term under which entries are written from now on
     * @param end what {@link JournalReader} found, its torn tail cut
     */
    public static Journal open(
            Disk disk, Path folder, Durability durability, long fileBytes, Term term, JournalEnd end) {
        final Journal journal = new Journal(disk, folder, durability, fileBytes, term, end);
        try {
            disk.createFolder(folder);
        } catch (IOException e) {
            throw new JournalException("the journal folder cannot be made: " + folder, true, e);
        }
        return journal;
    }

    /**
     * Appends one change in the present term.
     *
     * @param payload from position to limit, copied
     * @throws JournalException where the operating system does not take it; the journal is as it was, unless the
     *     exception is fatal
     */
    public void append(long sequence, int type, ByteBuffer payload) {
        if (sequence != end.sequence() + 1) {
            throw new IllegalArgumentException(
                    "not the next sequence after " + end.sequence() + ": sequence=" + sequence);
        }
        final Lineage lineage = Lineage.after(end, term);
        final Disk.AppendFile target = fileFor(lineage);
        final int total = EntryBytes.lengthBytes(payload.remaining());
        if (buffer.capacity() < total) {
            buffer = little(ByteBuffer.allocateDirect(Math.max(total, 2 * buffer.capacity())));
        }
        final int checksum = entries.encode(buffer, end, durableEnd.sequence(), term, type, payload);
        append(target, buffer.position(0), new JournalEnd(sequence, lineage, checksum));
    }

    /**
     * Proves an entry that another node's journal has and that is to come next here.
     *
     * @param lineage of the entry's term there
     * @param bytes in which it begins at {@code offset}, little-endian
     * @throws JournalRefusal where it is damaged or does not follow
     */
    public JournalEntry checkCopy(Lineage lineage, ByteBuffer bytes, int offset) {
        if (!entries.isWhole(bytes, offset)) {
            throw new JournalRefusal("an entry after " + end.sequence() + " came damaged");
        }
        if (!EntryBytes.follows(bytes, offset, end, lineage.term().number())) {
            throw new JournalRefusal(
                    "an entry came that does not follow " + end.sequence() + ": " + EntryBytes.sequence(bytes, offset));
        }
        if (!lineage.term().equals(end.term()) && !isNext(lineage)) {
            throw new JournalRefusal("the term " + lineage.term() + " does not follow " + end.term());
        }
        return EntryBytes.entry(bytes, offset);
    }

    /**
     * Appends what was {@linkplain #checkCopy proved}, as it is but for what it says of durability.
     *
     * @return its length in bytes
     * @throws JournalException as {@link #append(long, int, ByteBuffer)}
     */
    public int appendCopy(Lineage lineage, ByteBuffer bytes, int offset) {
        final Disk.AppendFile target = fileFor(lineage);
        entries.stampDurable(bytes, offset, durableEnd.sequence());
        final int total = EntryBytes.lengthBytes(bytes, offset);
        final int checksum = EntryBytes.checksum(bytes, offset);
        append(target, bytes.slice(offset, total), new JournalEnd(end.sequence() + 1, lineage, checksum));
        term = lineage.term();
        return total;
    }

    private boolean isNext(Lineage lineage) {
        return lineage.firstSequence() == end.sequence() + 1
                && lineage.before().equals(end.term())
                && lineage.term().isNewerThan(end.term());
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    private void append(Disk.AppendFile target, ByteBuffer entry, JournalEnd after) {
        final long start = target.length();
        final int total = entry.remaining();
        try {
            target.append(entry);
        } catch (IOException e) {
            throw undone(target, start, e);
        }
        end = after;
        appendedBytes += total;
    }

    /** What is appended from now on is of this term, which is newer than that of every entry. */
    public void beginTerm(Term newTerm) {
        term = newTerm;
    }

    /** Whether the last entry is of the term in which the next one is appended. */
    public boolean endsInPresentTerm() {
        return end.term().equals(term);
    }

    /** Makes what was appended durable, as far as the mode asks for it. */
    public void sync() {
        if (broken != null) {
            throw broken;
        }
        if (durability == Durability.FSYNC && file != null && durableEnd.sequence() != end.sequence()) {
            syncFile(file);
        }
        durableEnd = end;
    }

    /** Makes what was appended durable, whatever the mode. */
    public void force() {
        if (broken != null) {
            throw broken;
        }
        if (file != null) {
            syncFile(file);
        }
        durableEnd = end;
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
            durableEnd = end;
        }
        file = replaced(current, begin(Lineage.after(end, term)));
    }

    /** The last change appended. */
    public long lastSequence() {
        return end.sequence();
    }

    /** Bytes of entries appended since it was opened. Any thread. */
    public long appendedBytes() {
        return appendedBytes;
    }

    /** Where it ends now. */
    public JournalEnd end() {
        return end;
    }

    /** The last change that is durable, as far as the mode asks for it. Any thread. */
    public JournalEnd durableEnd() {
        return durableEnd;
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

    private Disk.AppendFile fileFor(Lineage lineage) {
        if (broken != null) {
            throw broken;
        }
        final Disk.AppendFile current = file;
        if (current != null && current.length() < fileBytes && fileTerm.equals(lineage.term())) {
            return current;
        }
        if (current != null) {
            syncFile(current);
            durableEnd = end;
            if (current.length() == FILE_HEADER_BYTES) {
                file = replaced(current, null); // the new one takes its name, or, where that fails, the next try's
            }
        }
        final Disk.AppendFile next = begin(lineage);
        replaced(file, next);
        file = next;
        return next;
    }

    private <T extends Disk.@Nullable AppendFile> T replaced(Disk.@Nullable AppendFile current, T next) {
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
    private Disk.AppendFile begin(Lineage lineage) {
        final long sequence = end.sequence() + 1;
        final Path path = folder.resolve(JournalDescriptor.fileName(sequence));
        Disk.AppendFile created = null;
        boolean begun = false;
        try {
            if (disk.exists(path)) {
                removeUnused(path);
            }
            created = disk.create(path);
            created.append(new JournalHeader(sequence, lineage, end.chain()).encode());
            created.sync();
            disk.syncFolder(folder);
            begun = true;
            fileTerm = lineage.term();
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
