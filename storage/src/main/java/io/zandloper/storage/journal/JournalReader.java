package io.zandloper.storage.journal;

import static io.zandloper.storage.journal.JournalDescriptor.ALIGNMENT;
import static io.zandloper.storage.journal.JournalDescriptor.FILE_HEADER_BYTES;

import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.format.CorruptFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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
    private final EntryBytes entries = new EntryBytes();
    private boolean repairing;
    private ByteBuffer loaded = ByteBuffer.allocateDirect(0);

    public JournalReader(Disk disk, Path folder) {
        this.disk = disk;
        this.folder = folder;
    }

    /**
     * A file of it.
     *
     * @param last whether none is after it
     */
    private record Piece(Path path, ByteBuffer bytes, Lineage lineage, boolean last) {}

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
        while (reached < lastSequence && offset < bytes.limit() && entries.isWhole(bytes, offset)) {
            final long sequence = EntryBytes.sequence(bytes, offset);
            if (sequence > reached + 1) {
                throw new CorruptFileException(path, "the entries after " + reached + " are missing");
            }
            if (sequence == reached + 1) {
                action.accept(EntryBytes.entry(bytes, offset));
                reached = sequence;
            }
            offset += EntryBytes.lengthBytes(bytes, offset);
        }
        return reached;
    }

    private static long firstSequence(Path file) {
        final Long first = JournalDescriptor.firstSequence(file.getFileName().toString());
        return first == null ? Long.MAX_VALUE : first;
    }

    private JournalEnd readFiles(JournalEnd start, Consumer<JournalEntry> action) throws IOException {
        final List<Path> files = files();
        JournalEnd end = start;
        boolean first = true;
        for (int i = 0; i < files.size(); i++) {
            final Path path = files.get(i);
            final boolean last = i == files.size() - 1;
            final ByteBuffer bytes = load(path);
            final JournalHeader header = header(path, bytes, last);
            if (header == null) {
                if (repairing) {
                    disk.delete(path); // begun, but not to its first entry
                }
                continue;
            }
            if (first) {
                if (header.firstSequence() > start.sequence() + 1) {
                    throw new CorruptFileException(
                            path, "the entries from " + (start.sequence() + 1) + " on are missing");
                }
                end = header.before();
                checkJoin(path, start, end);
                if (end.sequence() == start.sequence()) {
                    end = start; // which knows more of its term
                }
                first = false;
            } else if (!header.follows(end)) {
                throw new CorruptFileException(
                        path, "it begins at " + header.firstSequence() + ", which does not follow " + end.sequence());
            }
            end = readEntries(new Piece(path, bytes, header.lineage(), last), end, start, action);
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

    private JournalEnd readEntries(Piece piece, JournalEnd from, JournalEnd start, Consumer<JournalEntry> action)
            throws IOException {
        final ByteBuffer bytes = piece.bytes();
        final Lineage lineage = piece.lineage();
        JournalEnd end = from;
        int offset = FILE_HEADER_BYTES;
        while (offset < bytes.limit()) {
            if (!entries.isWhole(bytes, offset)
                    || !EntryBytes.follows(bytes, offset, end, lineage.term().number())) {
                cutTail(piece, offset, end.sequence());
                return end;
            }
            final JournalEntry entry = EntryBytes.entry(bytes, offset);
            if (entry.sequence() > start.sequence()) {
                action.accept(entry);
            }
            end = new JournalEnd(entry.sequence(), lineage, EntryBytes.checksum(bytes, offset));
            checkJoin(piece.path(), start, end);
            offset += EntryBytes.lengthBytes(bytes, offset);
        }
        return end;
    }

    /** A journal of another history is none that brings this state up to date. */
    private static void checkJoin(Path path, JournalEnd start, JournalEnd here) {
        if (here.sequence() == start.sequence() && !here.isSamePlace(start)) {
            throw new CorruptFileException(
                    path,
                    "its entry " + here.sequence() + " is not the one that the snapshot at this sequence follows");
        }
    }

    private void cutTail(Piece piece, int badOffset, long lastSequence) throws IOException {
        if (!piece.last()) {
            throw damaged(piece.path(), badOffset, lastSequence);
        }
        final ByteBuffer bytes = piece.bytes();
        for (int offset = badOffset + ALIGNMENT; offset < bytes.limit(); offset += ALIGNMENT) {
            if (entries.isWhole(bytes, offset) && EntryBytes.durableSequence(bytes, offset) > lastSequence) {
                throw damaged(piece.path(), badOffset, lastSequence);
            }
        }
        if (!repairing) {
            return;
        }
        try (Disk.AppendFile file = disk.append(piece.path())) {
            file.truncate(badOffset);
            file.sync();
        }
    }

    private static CorruptFileException damaged(Path path, int offset, long lastSequence) {
        return new CorruptFileException(
                path,
                "it is damaged at offset " + offset + ", after sequence " + lastSequence
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

    /** Null for a last file that was begun and never used. */
    private static @Nullable JournalHeader header(Path path, ByteBuffer bytes, boolean last) {
        final JournalHeader header = JournalHeader.decode(path, bytes);
        if (header == null && (!last || bytes.limit() > FILE_HEADER_BYTES)) {
            throw new CorruptFileException(path, "its header is damaged");
        }
        return header;
    }
}
