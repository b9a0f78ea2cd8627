package io.zandloper.storage.journal;

import static io.zandloper.storage.journal.JournalDescriptor.FILE_HEADER_BYTES;
import static io.zandloper.storage.journal.JournalDescriptor.HEADER_BYTES;
import static io.zandloper.storage.journal.JournalDescriptor.LENGTH_OFFSET;
import static io.zandloper.storage.journal.JournalDescriptor.PAYLOAD_BYTES_MAX;

import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.format.CorruptFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads a journal from a place in it on, while it is being appended to: what is durable, as it lies. Keeps the files it
 * has not read, within a budget. For one thread at a time; reads the disk.
 */
public final class JournalFeed implements AutoCloseable {
    private static final int BUFFER_BYTES = 256 * 1024;
    /** Entries passed over at a time when the place is looked for. */
    private static final int SKIP_BYTES = 1024 * 1024;

    private final Disk disk;
    private final Path folder;
    private final Supplier<JournalEnd> durableEnd;
    private final JournalPins.Pin pin;
    private final EntryBytes entries = new EntryBytes();
    private ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    /** Null where it has not begun yet. */
    private @Nullable Path file;

    /** Of the file's entries. */
    private Lineage lineage;

    private long offset = FILE_HEADER_BYTES;
    private JournalEnd reached;

    private JournalFeed(
            Disk disk, Path folder, Supplier<JournalEnd> durableEnd, JournalPins.Pin pin, JournalEnd reached) {
        this.disk = disk;
        this.folder = folder;
        this.durableEnd = durableEnd;
        this.pin = pin;
        this.reached = reached;
        this.lineage = reached.lineage();
    }

    /** How a place that another node is at stands to a journal. */
    public enum Match {
        /** The journal goes on from there. */
        SHARED,
        /** It is in another history, or beyond the journal's end. */
        DIVERGED,
        /** The journal does not reach back so far. */
        GONE
    }

    /** @param feed null unless the place is shared */
    public record Opened(Match match, @Nullable JournalFeed feed) {}

    /**
     * Looks for a place in the journal.
     *
     * @param durableEnd where the journal ends now, as far as it is durable
     * @param budgetBytes of files to be kept for the feed
     */
    public static Opened open(
            Disk disk,
            Path folder,
            Supplier<JournalEnd> durableEnd,
            JournalPins pins,
            JournalEnd place,
            long budgetBytes) {
        final JournalEnd end = durableEnd.get();
        if (place.sequence() > end.sequence() || (place.sequence() == end.sequence() && !place.isSamePlace(end))) {
            return new Opened(Match.DIVERGED, null);
        }
        final JournalPins.Pin pin = pins.pin(place.sequence(), budgetBytes);
        final JournalFeed feed = new JournalFeed(disk, folder, durableEnd, pin, place);
        Match match = Match.GONE;
        try {
            match = feed.find(place, end);
            return new Opened(match, match == Match.SHARED ? feed : null);
        } catch (IOException e) {
            throw new JournalException("the journal cannot be read: " + folder + ": " + e.getMessage(), true, e);
        } finally {
            if (match != Match.SHARED) {
                pin.close();
            }
        }
    }

    private Match find(JournalEnd place, JournalEnd end) throws IOException {
        Path last = null;
        JournalHeader header = null;
        for (final String name : JournalFiles.names(disk, folder)) {
            final Long first = JournalDescriptor.firstSequence(name);
            if (first != null && first <= place.sequence() + 1) {
                final JournalHeader found = readHeader(disk, folder.resolve(name));
                if (found != null) {
                    header = found;
                    last = folder.resolve(name);
                }
            }
        }
        if (header == null) {
            // Where nothing was appended since the state that was begun with, that is where the first file will begin.
            return place.sequence() == end.sequence() ? Match.SHARED : Match.GONE;
        }
        file = last;
        lineage = header.lineage();
        reached = header.before();
        skipTo(place.sequence());
        return reached.isSamePlace(place) ? Match.SHARED : Match.DIVERGED;
    }

    private void skipTo(long sequence) throws IOException {
        while (reached.sequence() < sequence) {
            final JournalBatch skipped = readBatch(SKIP_BYTES, sequence);
            if (skipped == null) {
                throw new CorruptFileException(folder, "the entries after " + reached.sequence() + " are missing");
            }
        }
    }

    /** The last entry read. */
    public long sequence() {
        return reached.sequence();
    }

    /**
     * What comes next and is durable; null where there is nothing now.
     *
     * @param bytesMax of all entries together; one that is longer comes alone
     * @return valid until the next call
     * @throws FellBehindException where the journal does not keep it any longer
     * @throws CorruptFileException where an entry is damaged
     */
    public @Nullable JournalBatch read(int bytesMax) {
        final long durable = durableEnd.get().sequence();
        if (!pin.isHeld()) {
            throw fellBehind();
        }
        if (reached.sequence() >= durable) {
            return null;
        }
        try {
            final JournalBatch batch = readBatch(bytesMax, durable);
            pin.moveTo(reached.sequence());
            return batch;
        } catch (IOException e) {
            if (!pin.isHeld()) {
                throw fellBehind();
            }
            throw new JournalException("the journal cannot be read: " + folder + ": " + e.getMessage(), true, e);
        }
    }

    private @Nullable JournalBatch readBatch(int bytesMax, long lastSequence) throws IOException {
        if (!load(bytesMax) && !(openNextFile() && load(bytesMax))) {
            return null;
        }
        loadWholeFirst();
        final long first = reached.sequence() + 1;
        int at = 0;
        while (reached.sequence() < lastSequence && isInBuffer(at)) {
            if (!entries.isWhole(buffer, at)
                    || !EntryBytes.follows(buffer, at, reached, lineage.term().number())) {
                throw new CorruptFileException(
                        Objects.requireNonNull(file),
                        "it is damaged at offset " + (offset + at) + ", after sequence " + reached.sequence());
            }
            reached = new JournalEnd(reached.sequence() + 1, lineage, EntryBytes.checksum(buffer, at));
            at += EntryBytes.lengthBytes(buffer, at);
        }
        offset += at;
        return at == 0
                ? null
                : new JournalBatch(
                        lineage, first, reached.sequence(), buffer.slice(0, at).order(ByteOrder.LITTLE_ENDIAN));
    }

    /** False where nothing is left of the file, or the file is gone because all of it was read. */
    private boolean load(int bytesMax) throws IOException {
        final Path current = file;
        if (current == null || !disk.exists(current)) {
            return false;
        }
        if (offset == FILE_HEADER_BYTES && !readLineage(current)) {
            return false;
        }
        if (buffer.capacity() < bytesMax) {
            buffer = ByteBuffer.allocate(bytesMax).order(ByteOrder.LITTLE_ENDIAN);
        }
        disk.read(current, offset, buffer.clear().limit(bytesMax));
        return buffer.flip().hasRemaining();
    }

    /** A file that has no entry may be begun anew in another term. */
    private boolean readLineage(Path current) throws IOException {
        final JournalHeader header = readHeader(disk, current);
        if (header != null) {
            lineage = header.lineage();
        }
        return header != null;
    }

    /** An entry that is longer than what was asked for is read whole. */
    private void loadWholeFirst() throws IOException {
        if (buffer.limit() < HEADER_BYTES || isInBuffer(0)) {
            return;
        }
        final int payloadBytes = buffer.getInt(LENGTH_OFFSET);
        if (payloadBytes >= 0 && payloadBytes <= PAYLOAD_BYTES_MAX) {
            load(EntryBytes.lengthBytes(payloadBytes));
        }
    }

    private boolean isInBuffer(int at) {
        if (buffer.limit() - at < HEADER_BYTES) {
            return false;
        }
        final int payloadBytes = buffer.getInt(at + LENGTH_OFFSET);
        return payloadBytes >= 0
                && payloadBytes <= PAYLOAD_BYTES_MAX
                && EntryBytes.lengthBytes(payloadBytes) <= buffer.limit() - at;
    }

    /** Goes on in the file that follows; false where there is none. */
    private boolean openNextFile() throws IOException {
        final Path next = folder.resolve(JournalDescriptor.fileName(reached.sequence() + 1));
        if (next.equals(file) || !disk.exists(next)) {
            return false;
        }
        final JournalHeader header = readHeader(disk, next);
        if (header == null) {
            return false;
        }
        if (!header.follows(reached)) {
            throw new CorruptFileException(next, "it does not follow " + reached.sequence());
        }
        file = next;
        offset = FILE_HEADER_BYTES;
        return true;
    }

    static @Nullable JournalHeader readHeader(Disk disk, Path file) throws IOException {
        final ByteBuffer bytes = ByteBuffer.allocate(FILE_HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        disk.read(file, 0, bytes);
        return JournalHeader.decode(file, bytes.flip());
    }

    private FellBehindException fellBehind() {
        return new FellBehindException("the journal does not keep the entries after " + reached.sequence()
                + " any longer for a reader so slow");
    }

    @Override
    public void close() {
        pin.close();
    }
}
