package io.zandloper.storage;

import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.format.MetadataFile;
import io.zandloper.storage.journal.JournalEnd;
import io.zandloper.storage.journal.Term;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * Which node this is, the newest term that it opened or followed, and whether the changes of that term are its to make: what it
 * must not forget, so that it never follows two primaries of one term, nor an older one after a newer, and never becomes primary
 * by being started. A file in the journal's folder, which no snapshot brings along.
 *
 * <p>One thread at a time changes it; any reads it.
 */
final class NodeState {
    private static final MetadataFile FILE = new MetadataFile("ZNDLNODE", 1, 2);
    private static final int PAYLOAD_BYTES = Long.BYTES + Term.BYTES + Integer.BYTES;

    private final Platform platform;
    private final Path file;
    private final long nodeId;
    private volatile Known known;

    /** @param own whether its changes are made here: this node opened it and was not fenced since */
    private record Known(Term term, boolean own) {}

    private NodeState(Platform platform, Path file, long nodeId, Known known) {
        this.platform = platform;
        this.file = file;
        this.nodeId = nodeId;
        this.known = known;
    }

    /**
     * Reads the file; where there is none, this is a node that has not been before, or a restored one.
     *
     * @param end of the journal, which may know a newer term where the file was lost
     * @throws io.zandloper.storage.format.StoredFileException where it is corrupt, too old or too new
     */
    static NodeState open(Platform platform, Path journalFolder, JournalEnd end) {
        final Disk disk = platform.disk();
        final Path file = JournalFolder.node(journalFolder);
        try {
            if (!disk.exists(file)) {
                final NodeState state = new NodeState(platform, file, random(platform), new Known(end.term(), true));
                state.write(state.known);
                return state;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read file=" + file, e);
        }
        final ByteBuffer payload = FILE.read(disk, file).payload();
        final long nodeId = payload.getLong();
        final Term term = new Term(payload.getLong(), payload.getLong());
        final Known known = new Known(term, payload.getInt() != 0);
        return new NodeState(
                platform, file, nodeId, end.term().isNewerThan(term) ? new Known(end.term(), false) : known);
    }

    /** @throws io.zandloper.storage.format.StoredFileException where a file is there and cannot be read */
    static void check(Disk disk, Path file) {
        FILE.read(disk, file);
    }

    private static long random(Platform platform) {
        final byte[] bytes = new byte[Long.BYTES];
        platform.random().fill(bytes);
        return ByteBuffer.wrap(bytes).getLong();
    }

    /** Drawn once. */
    long nodeId() {
        return nodeId;
    }

    /** The newest term that this node opened or followed. Any thread. */
    Term term() {
        return known.term();
    }

    /**
     * The role of a start that {@code asked} for one. Who was fenced, or followed another one, does not become primary by it: that
     * would take the place of whoever is, and ask nobody.
     */
    Role roleAtStart(Role asked) {
        final Known before = known;
        return asked == Role.PRIMARY && !before.own() && !before.term().isNone() ? Role.FENCED : asked;
    }

    /**
     * The term in which a primary that starts makes its changes. After a clean stop it is the one before; else nobody
     * knows who has seen changes that are lost here, so it is a new one. Durable before anybody hears of it.
     */
    Term openAtStart(boolean clean) {
        final Term before = known.term();
        return clean && !before.isNone() ? before : open(before.afterCrash(random(platform)));
    }

    /** A term for whoever takes the place of a primary. Any thread. */
    Term propose() {
        return known.term().promoted(random(platform));
    }

    /**
     * Opens a term that was proposed.
     *
     * @throws StorageException unless it is newer than any known
     */
    void openProposed(Term candidate) {
        if (!candidate.isNewerThan(known.term())) {
            throw new StorageException(
                    "the term " + candidate + " is not opened, as this node knows the term " + known.term());
        }
        open(candidate);
    }

    private Term open(Term term) {
        write(new Known(term, true));
        return term;
    }

    /** Remembers that this node makes no changes any more, until it opens another term by a promotion. */
    void fence() {
        final Known before = known;
        if (before.own()) {
            write(new Known(before.term(), false));
        }
    }

    /**
     * Remembers that a primary of this term is followed.
     *
     * @throws StorageException where that would be an older one, or another of the same number
     */
    void follow(Term primary) {
        final Known before = known;
        if (before.term().isNewerThan(primary) || before.term().conflictsWith(primary)) {
            throw new StorageException("a primary of the term " + primary
                    + " is not followed, as this node knows the term " + before.term());
        }
        if (primary.isNewerThan(before.term())) {
            write(new Known(primary, false));
        }
    }

    private void write(Known next) {
        final ByteBuffer payload = ByteBuffer.allocate(PAYLOAD_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        payload.putLong(nodeId)
                .putLong(next.term().number())
                .putLong(next.term().id())
                .putInt(next.own() ? 1 : 0);
        FILE.write(platform.disk(), file, payload.flip());
        known = next;
    }
}
