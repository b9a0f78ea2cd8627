package io.zandloper.storage.journal;

import static io.zandloper.storage.journal.JournalDescriptor.FILE_HEADER_BYTES;

import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.format.CorruptFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The ends of histories that were left: entries that only this node had when it took over the state of another. Each is a
 * journal file of its own, named by its first and its last sequence and its term; one thread at a time.
 */
public final class JournalTails {
    /** The type of an entry of which nothing is left but its place. */
    public static final int WIPED = 0;

    private static final String SUFFIX = ".journal";
    private static final String UNFINISHED = ".new";
    private static final int INITIAL_BYTES = 64 * 1024;

    private JournalTails() {}

    /** Those in a folder, in the order of their first sequences. */
    public static List<Path> list(Disk disk, Path tails) {
        try {
            return disk.list(tails).stream()
                    .filter(name -> name.endsWith(SUFFIX))
                    .map(tails::resolve)
                    .toList();
        } catch (IOException e) {
            throw new JournalException("the folder cannot be read: " + tails + ": " + e.getMessage(), false, e);
        }
    }

    /**
     * Copies every entry of a journal after a sequence, as far back as the journal goes. Nothing is appended to it
     * meanwhile. Once more is harmless.
     *
     * @param afterSequence the last that others have too
     * @return the files, durable; none where there is no such entry
     * @throws JournalException where the disk refuses
     */
    public static List<Path> write(Disk disk, Path journalFolder, Path tails, long afterSequence) {
        final List<Path> written = new ArrayList<>();
        try {
            for (final String name : JournalFiles.names(disk, journalFolder)) {
                final Path file = journalFolder.resolve(name);
                final Rewriting rewriting = new Rewriting(disk, file);
                if (rewriting.copy(entry -> entry.sequence() > afterSequence)) {
                    disk.createFolder(tails);
                    written.add(rewriting.write(tails));
                }
            }
            return written;
        } catch (IOException e) {
            throw new JournalException("what only this node has cannot be set aside: " + e.getMessage(), false, e);
        }
    }

    /**
     * Gives every entry of a tail to {@code action}.
     *
     * @throws CorruptFileException naming file and offset
     */
    public static void read(Disk disk, Path tail, Consumer<JournalEntry> action) {
        try {
            new Rewriting(disk, tail).forEach(action);
        } catch (IOException e) {
            throw new JournalException("the file cannot be read: " + tail + ": " + e.getMessage(), false, e);
        }
    }

    /**
     * Leaves nothing of some entries but their place.
     *
     * @return whether there were any; if so the file is another one, durable
     */
    public static boolean wipe(Disk disk, Path tail, Predicate<JournalEntry> wiped) {
        try {
            final Rewriting rewriting = new Rewriting(disk, tail);
            if (!rewriting.wipe(wiped)) {
                return false;
            }
            rewriting.write(java.util.Objects.requireNonNull(tail.getParent()));
            return true;
        } catch (IOException e) {
            throw new JournalException("the file cannot be written anew: " + tail + ": " + e.getMessage(), false, e);
        }
    }

    /** One file, and what is to be written of it. */
    private static final class Rewriting {
        private final Disk disk;
        private final Path file;
        private final ByteBuffer bytes;
        private final JournalHeader header;
        private final EntryBytes entries = new EntryBytes();
        private ByteBuffer into = little(ByteBuffer.allocate(INITIAL_BYTES));
        private ByteBuffer entry = little(ByteBuffer.allocate(INITIAL_BYTES));
        private JournalEnd before;
        private JournalEnd end;

        Rewriting(Disk disk, Path file) throws IOException {
            this.disk = disk;
            this.file = file;
            this.bytes = little(ByteBuffer.allocate(Math.toIntExact(disk.length(file))));
            disk.read(file, 0, bytes);
            final JournalHeader found = JournalHeader.decode(file, bytes.flip());
            if (found == null) {
                throw new CorruptFileException(file, "its header is damaged");
            }
            this.header = found;
            this.before = found.before();
            this.end = before;
        }

        void forEach(Consumer<JournalEntry> action) {
            for (int offset = FILE_HEADER_BYTES; offset < bytes.limit(); ) {
                action.accept(whole(offset));
                offset += EntryBytes.lengthBytes(bytes, offset);
            }
        }

        private JournalEntry whole(int offset) {
            if (!entries.isWhole(bytes, offset)) {
                throw new CorruptFileException(file, "it is damaged at offset " + offset);
            }
            return EntryBytes.entry(bytes, offset);
        }

        /** Takes the entries from the first one on that is wanted; false where there is none. */
        boolean copy(Predicate<JournalEntry> wanted) {
            for (int offset = FILE_HEADER_BYTES; offset < bytes.limit(); ) {
                final JournalEntry next = whole(offset);
                final int length = EntryBytes.lengthBytes(bytes, offset);
                final JournalEnd reached =
                        new JournalEnd(next.sequence(), header.lineage(), EntryBytes.checksum(bytes, offset));
                if (wanted.test(next)) {
                    add(bytes.slice(offset, length));
                } else {
                    before = reached;
                }
                end = reached;
                offset += length;
            }
            return into.position() > 0;
        }

        /** Takes all entries, chained anew; false where none was to be wiped. */
        boolean wipe(Predicate<JournalEntry> wiped) {
            final boolean[] any = new boolean[1];
            forEach(next -> {
                final boolean gone = next.type() != WIPED && wiped.test(view(next));
                any[0] |= gone;
                final ByteBuffer payload = gone ? ByteBuffer.allocate(0) : next.payload();
                final int length = EntryBytes.lengthBytes(payload.remaining());
                if (entry.capacity() < length) {
                    entry = little(ByteBuffer.allocate(2 * length));
                }
                final int checksum = entries.encode(
                        entry, end, end.sequence(), header.lineage().term(), gone ? WIPED : next.type(), payload);
                add(entry.position(0));
                end = new JournalEnd(next.sequence(), header.lineage(), checksum);
            });
            return any[0];
        }

        /** For whoever reads the payload away. */
        private static JournalEntry view(JournalEntry of) {
            return new JournalEntry(
                    of.sequence(), of.term(), of.type(), little(of.payload().duplicate()));
        }

        private void add(ByteBuffer whole) {
            if (into.remaining() < whole.remaining()) {
                into = little(ByteBuffer.allocate(2 * (into.position() + whole.remaining())))
                        .put(into.flip());
            }
            into.put(whole);
        }

        Path write(Path tails) throws IOException {
            final Path finished = tails.resolve(String.format(
                    Locale.ROOT,
                    "%019d-%019d-term-%s%s",
                    before.sequence() + 1,
                    end.sequence(),
                    header.lineage().term(),
                    SUFFIX));
            final Path written = finished.resolveSibling(finished.getFileName() + UNFINISHED);
            if (disk.exists(written)) {
                disk.delete(written);
            }
            try (Disk.AppendFile copy = disk.create(written)) {
                copy.append(new JournalHeader(before.sequence() + 1, header.lineage(), before.chain()).encode());
                copy.append(into.flip());
                copy.sync();
            }
            disk.rename(written, finished);
            disk.syncFolder(tails);
            return finished;
        }

        private static ByteBuffer little(ByteBuffer buffer) {
            return buffer.order(ByteOrder.LITTLE_ENDIAN);
        }
    }
}
