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
import static io.zandloper.storage.journal.JournalDescriptor.PAYLOAD_BYTES_MAX;
import static io.zandloper.storage.journal.JournalDescriptor.SEQUENCE_OFFSET;
import static io.zandloper.storage.journal.JournalDescriptor.TERM_OFFSET;
import static io.zandloper.storage.journal.JournalDescriptor.TYPE_OFFSET;
import static io.zandloper.storage.journal.JournalDescriptor.aligned;

import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.format.CorruptFileException;
import io.zandloper.storage.format.FormatTooNewException;
import io.zandloper.storage.format.FormatTooOldException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * Reads a journal from its beginning to its end.
 *
 * <p>What follows the last whole entry is a <em>torn tail</em> if nothing says that it was ever durable: it was not
 * acknowledged, and is cut. It is <em>damage</em> if a later file exists (a file is made durable before the next begins)
 * or a later entry in the same file says that something at or after the bad place was durable: then entries that were
 * acknowledged are missing, and the reader refuses, naming file and offset.
 *
 * <p>For one thread.
 */
public final class JournalReader {
    private final Disk disk;
    private final Path folder;
    private final CRC32C checksum = new CRC32C();
    private boolean repairing;
    private ByteBuffer loaded = ByteBuffer.allocateDirect(0);

    public JournalReader(Disk disk, Path folder) {
        this.disk = disk;
        this.folder = folder;
    }

    /** One entry's place. */
    private record Place(Path path, ByteBuffer bytes, int offset) {}

    /**
     * Gives every entry after {@code start} to {@code action} and cuts a torn tail.
     *
     * @param start where the state that is to be brought up to date ends; {@link JournalEnd#EMPTY} for nothing
     * @throws CorruptFileException naming file and offset
     * @throws io.zandloper.storage.format.StoredFileException also where a file is too old or too new
     * @throws JournalException where the disk cannot be read
     */
    public JournalEnd read(JournalEnd start, Consumer<JournalEntry> action) {
        repairing = true;
        return readAll(start, action);
    }

    /** The same, and changes nothing: a torn tail is passed over. */
    public JournalEnd verify(JournalEnd start) {
        repairing = false;
        return readAll(start, entry -> {});
    }

    private JournalEnd readAll(JournalEnd start, Consumer<JournalEntry> action) {
        try {
            return readFiles(start, action);
        } catch (IOException e) {
            throw new JournalException("the journal cannot be read: " + folder + ": " + e.getMessage(), true, e);
        }
    }

    /**
     * Gives the entries after one sequence up to another to {@code action}, while the journal is being appended to; both
     * must be durable. Changes nothing.
     *
     * @throws CorruptFileException where one of them is missing or damaged
     */
    public void readBetween(long afterSequence, long lastSequence, Consumer<JournalEntry> action) {
        if (afterSequence == lastSequence) {
            return;
        }
        try {
            long reached = afterSequence;
            final List<Path> files = files();
            for (int i = 0; i < files.size() && reached < lastSequence; i++) {
                final boolean skipped = i + 1 < files.size() && firstSequence(files.get(i + 1)) <= reached + 1;
                if (!skipped) {
                    reached = readEntries(files.get(i), reached, lastSequence, action);
                }
            }
            if (reached < lastSequence) {
                throw new CorruptFileException(folder, "the entries after " + reached + " are missing");
            }
        } catch (IOException e) {
            throw new JournalException("the journal cannot be read: " + folder + ": " + e.getMessage(), true, e);
        }
    }

    private long readEntries(Path path, long afterSequence, long lastSequence, Consumer<JournalEntry> action)
            throws IOException {
        final ByteBuffer bytes = load(path);
        long reached = afterSequence;
        int offset = FILE_HEADER_BYTES;
        while (reached < lastSequence && offset < bytes.limit() && isEntry(bytes, offset)) {
            final long sequence = bytes.getLong(offset + SEQUENCE_OFFSET);
            if (sequence > reached + 1) {
                throw new CorruptFileException(path, "the entries after " + reached + " are missing");
            }
            if (sequence == reached + 1) {
                action.accept(entry(bytes, offset));
                reached = sequence;
            }
            offset += aligned(HEADER_BYTES + bytes.getInt(offset + LENGTH_OFFSET));
        }
        return reached;
    }

    private static long firstSequence(Path file) {
        final Long first = JournalDescriptor.firstSequence(file.getFileName().toString());
        return first == null ? Long.MAX_VALUE : first;
    }

    private static JournalEntry entry(ByteBuffer bytes, int offset) {
        return new JournalEntry(
                bytes.getLong(offset + SEQUENCE_OFFSET),
                bytes.getLong(offset + TERM_OFFSET),
                bytes.getInt(offset + TYPE_OFFSET),
                bytes.slice(offset + HEADER_BYTES, bytes.getInt(offset + LENGTH_OFFSET))
                        .order(ByteOrder.LITTLE_ENDIAN));
    }

    private JournalEnd readFiles(JournalEnd start, Consumer<JournalEntry> action) throws IOException {
        final List<Path> files = files();
        JournalEnd end = start;
        boolean first = true;
        for (int i = 0; i < files.size(); i++) {
            final Path path = files.get(i);
            final boolean last = i == files.size() - 1;
            final ByteBuffer bytes = load(path);
            if (!hasHeader(path, bytes, last)) {
                if (repairing) {
                    disk.delete(path); // begun, but not to its first entry
                }
                continue;
            }
            final long firstSequence = bytes.getLong(FILE_FIRST_SEQUENCE_OFFSET);
            if (first) {
                if (firstSequence > start.sequence() + 1) {
                    throw new CorruptFileException(
                            path, "the entries from " + (start.sequence() + 1) + " on are missing");
                }
                end = new JournalEnd(firstSequence - 1, start.term(), bytes.getInt(FILE_CHAIN_OFFSET));
                checkJoin(path, start, end);
                first = false;
            } else if (firstSequence != end.sequence() + 1 || bytes.getInt(FILE_CHAIN_OFFSET) != end.chain()) {
                throw new CorruptFileException(
                        path, "it begins at " + firstSequence + ", which does not follow " + end.sequence());
            }
            end = readEntries(path, bytes, last, end, start, action);
        }
        if (repairing) {
            makeDurable(files);
        }
        if (end.sequence() < start.sequence()) {
            throw new CorruptFileException(
                    files.get(files.size() - 1),
                    "it ends at " + end.sequence() + ", before what was kept, " + start.sequence());
        }
        return end;
    }

    /**
     * What a killed process wrote may be read and yet be on no disk. What comes next says that it is durable, so it is
     * made so first.
     */
    private void makeDurable(List<Path> files) throws IOException {
        for (int i = files.size() - 1; i >= 0; i--) {
            if (disk.exists(files.get(i))) {
                try (Disk.AppendFile last = disk.append(files.get(i))) {
                    last.sync();
                }
                break;
            }
        }
        if (!files.isEmpty()) {
            disk.syncFolder(folder);
        }
    }

    private JournalEnd readEntries(
            Path path, ByteBuffer bytes, boolean last, JournalEnd from, JournalEnd start, Consumer<JournalEntry> action)
            throws IOException {
        JournalEnd end = from;
        int offset = FILE_HEADER_BYTES;
        while (offset < bytes.limit()) {
            if (!isEntry(bytes, offset)
                    || bytes.getInt(offset + CHAIN_OFFSET) != end.chain()
                    || bytes.getLong(offset + SEQUENCE_OFFSET) != end.sequence() + 1) {
                cutTail(new Place(path, bytes, offset), last, end.sequence());
                return end;
            }
            final JournalEntry entry = entry(bytes, offset);
            if (entry.sequence() > start.sequence()) {
                action.accept(entry);
            }
            end = new JournalEnd(entry.sequence(), entry.term(), bytes.getInt(offset + CHECKSUM_OFFSET));
            checkJoin(path, start, end);
            offset += aligned(HEADER_BYTES + bytes.getInt(offset + LENGTH_OFFSET));
        }
        return end;
    }

    /** A journal of another history is none that brings this state up to date. */
    private static void checkJoin(Path path, JournalEnd start, JournalEnd here) {
        if (here.sequence() == start.sequence() && here.chain() != start.chain()) {
            throw new CorruptFileException(
                    path,
                    "its entry " + here.sequence() + " is not the one that the snapshot at this sequence follows");
        }
    }

    /** Whether a whole entry with a right checksum begins here. */
    private boolean isEntry(ByteBuffer bytes, int offset) {
        if (bytes.limit() - offset < HEADER_BYTES) {
            return false;
        }
        final int length = bytes.getInt(offset + LENGTH_OFFSET);
        if (length < 0 || length > PAYLOAD_BYTES_MAX || aligned(HEADER_BYTES + length) > bytes.limit() - offset) {
            return false;
        }
        checksum.reset();
        checksum.update(bytes.slice(offset, CHECKSUM_OFFSET));
        checksum.update(bytes.slice(offset + CHAIN_OFFSET, aligned(HEADER_BYTES + length) - CHAIN_OFFSET));
        return bytes.getInt(offset + CHECKSUM_OFFSET) == (int) checksum.getValue();
    }

    private void cutTail(Place bad, boolean last, long lastSequence) throws IOException {
        if (!last) {
            throw damaged(bad, lastSequence);
        }
        for (int offset = bad.offset() + ALIGNMENT; offset < bad.bytes().limit(); offset += ALIGNMENT) {
            if (isEntry(bad.bytes(), offset) && bad.bytes().getLong(offset + DURABLE_OFFSET) > lastSequence) {
                throw damaged(bad, lastSequence);
            }
        }
        if (!repairing) {
            return;
        }
        try (Disk.AppendFile file = disk.append(bad.path())) {
            file.truncate(bad.offset());
            file.sync();
        }
    }

    private static CorruptFileException damaged(Place bad, long lastSequence) {
        return new CorruptFileException(
                bad.path(),
                "it is damaged at offset " + bad.offset() + ", after sequence " + lastSequence
                        + ", and changes that were acknowledged are behind it");
    }

    private List<Path> files() throws IOException {
        final List<Path> files = new ArrayList<>();
        for (final String name : disk.list(folder)) {
            if (JournalDescriptor.firstSequence(name) != null) {
                files.add(folder.resolve(name));
            }
        }
        return files;
    }

    private ByteBuffer load(Path path) throws IOException {
        final long length = disk.length(path);
        if (length > Integer.MAX_VALUE) {
            throw new CorruptFileException(path, "it is longer than a journal file can be");
        }
        if (loaded.capacity() < length) {
            loaded = ByteBuffer.allocateDirect((int) length);
        }
        loaded.clear().limit((int) length).order(ByteOrder.LITTLE_ENDIAN);
        disk.read(path, 0, loaded);
        return loaded.flip();
    }

    /** False for a last file that was begun and never used. */
    private boolean hasHeader(Path path, ByteBuffer bytes, boolean last) {
        boolean whole = bytes.limit() >= FILE_HEADER_BYTES && bytes.getLong(0) == JournalDescriptor.MAGIC;
        if (whole) {
            final int version = bytes.getInt(FILE_VERSION_OFFSET);
            if (version > JournalDescriptor.VERSION) {
                throw new FormatTooNewException(path, version, JournalDescriptor.VERSION);
            }
            if (version < JournalDescriptor.VERSION_MIN) {
                throw new FormatTooOldException(path, version, JournalDescriptor.VERSION_MIN);
            }
            checksum.reset();
            checksum.update(bytes.slice(0, FILE_CHECKSUM_OFFSET));
            whole = bytes.getInt(FILE_CHECKSUM_OFFSET) == (int) checksum.getValue();
        }
        if (!whole && (!last || bytes.limit() > FILE_HEADER_BYTES)) {
            throw new CorruptFileException(path, "its header is damaged");
        }
        return whole;
    }
}
