package io.zandloper.storage.erasure;

import static io.zandloper.storage.erasure.LedgerDescriptor.ENTRY_BYTES;
import static io.zandloper.storage.erasure.LedgerDescriptor.FILE_HEADER_BYTES;
import static io.zandloper.storage.erasure.LedgerDescriptor.little;

import io.zandloper.storage.disk.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.agrona.collections.Long2LongHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Every erasure, by keyed hashes: in a file for good, so that whoever is restored from an older snapshot is erased again,
 * and of late ones in memory, so that no late event brings the person back. Belongs to the writer's thread, but for what
 * says otherwise.
 *
 * <p>An entry is in the operating system's hands when {@link #add} returns. Until {@link #force} it can be made again
 * from the journal, so that the journal and the snapshots that hold it must not go before.
 */
public final class ErasureLedger implements AutoCloseable {
    /** How long an erased identity is not to be created by an event or a line of a bulk load. */
    public static final long LATE_MICROS = 7L * 24 * 60 * 60 * 1_000_000;

    private static final long NEVER = Long.MIN_VALUE;

    /** An erasure of which files may still hold the person's bytes. */
    private record Pending(long sequence, long atMicros) {}

    private final Disk disk;
    private final Path file;
    private final long openedMicros;
    /** When an identity was last erased, by the low half of its hash, which nobody can choose. */
    private final Long2LongHashMap late = new Long2LongHashMap(NEVER);

    private final ArrayDeque<Pending> pending = new ArrayDeque<>();
    private final List<Long> lastLows = new ArrayList<>();
    private Disk.@Nullable AppendFile append;
    private long lastSequence;
    private long heldFrom;
    private boolean broken;
    private volatile int pendingCount;
    private volatile long oldestPendingMicros = NEVER;

    private ErasureLedger(Disk disk, Path file, long heldFrom, long openedMicros) {
        this.disk = disk;
        this.file = file;
        this.heldFrom = heldFrom;
        this.openedMicros = openedMicros;
    }

    /**
     * Reads a ledger and cuts its torn tail.
     *
     * @param durableBytes what a snapshot or a clean stop says that the file had; 0 where nothing is known
     * @param heldFrom the first sequence of which journal or snapshots still hold something: an erasure from here on is
     *     pending
     * @param nowMicros late erasures are those shortly before it
     * @throws io.zandloper.storage.format.StoredFileException where it is corrupt, too old or too new
     */
    public static ErasureLedger open(Disk disk, Path file, long durableBytes, long heldFrom, long nowMicros) {
        final ErasureLedger ledger = new ErasureLedger(disk, file, heldFrom, nowMicros);
        ledger.load(durableBytes, Long.MAX_VALUE);
        return ledger;
    }

    private void load(long durableBytes, long lastKept) {
        final long[] dropped = new long[1];
        final long whole = LedgerReader.read(disk, file, durableBytes, (sequence, atMicros, high, low) -> {
            if (sequence > lastKept) {
                dropped[0]++;
                return;
            }
            if (atMicros > openedMicros - LATE_MICROS) {
                late.put(low, atMicros);
            }
            remember(sequence, atMicros, low, heldFrom);
        });
        publishPending();
        try {
            cut(whole - dropped[0] * ENTRY_BYTES);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write file=" + file, e);
        }
    }

    /**
     * Forgets what came after a change that turned out to be the last: of it and what is here, a power cut left this
     * alone.
     */
    public void dropAfter(long sequence) {
        if (lastSequence <= sequence) {
            return;
        }
        close();
        late.clear();
        pending.clear();
        lastLows.clear();
        lastSequence = 0;
        load(0, sequence);
    }

    /**
     * Adds an erasure; one that is there already stays as it is.
     *
     * @param sequence of the erasure, not below that of any added before, unless it was
     * @param hashes of its identities, high and low of each
     * @throws UncheckedIOException where the disk does not take it; to be tried again
     */
    public void add(long sequence, long atMicros, long[] hashes) {
        if (sequence < lastSequence) {
            return;
        }
        final ByteBuffer entries = little(ByteBuffer.allocate(hashes.length / 2 * ENTRY_BYTES));
        final List<Long> lows = new ArrayList<>();
        for (int i = 0; i < hashes.length; i += 2) {
            final long low = hashes[i + 1];
            if (sequence > lastSequence || !lastLows.contains(low)) {
                LedgerDescriptor.put(entries, sequence, atMicros, hashes[i], low);
                lows.add(low);
            }
        }
        if (lows.isEmpty()) {
            return;
        }
        try {
            appendWhole(entries.flip());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write file=" + file + ": " + e.getMessage(), e);
        }
        for (final long low : lows) {
            late.put(low, atMicros);
            remember(sequence, atMicros, low, sequence);
        }
        publishPending();
    }

    /** Whether an identity was erased so lately that only who means this very person may create it again. */
    public boolean holdsLate(long low, long nowMicros) {
        final long atMicros = late.get(low);
        return atMicros != NEVER && nowMicros - atMicros < LATE_MICROS;
    }

    /** Makes everything added durable. */
    public void force() {
        final Disk.AppendFile current = append;
        if (current == null) {
            return;
        }
        try {
            current.sync();
        } catch (IOException e) {
            broken = true;
            throw new UncheckedIOException("cannot write file=" + file, e);
        }
    }

    /** Bytes of the file. */
    public long lengthBytes() {
        return append == null ? 0 : append.length();
    }

    /** No file holds anything from before this sequence any more; late erasures that no longer are such are forgotten. */
    public void onHeldFrom(long sequence, long nowMicros) {
        heldFrom = sequence;
        while (!pending.isEmpty() && pending.peekFirst().sequence() < heldFrom) {
            pending.removeFirst();
        }
        publishPending();
        late.values().removeIf(atMicros -> nowMicros - atMicros >= LATE_MICROS);
    }

    /** Erasures that are not complete in every file. Any thread. */
    public int pending() {
        return pendingCount;
    }

    /** When the oldest of them was made; {@link Long#MAX_VALUE} where there is none. Any thread. */
    public long oldestPendingMicros() {
        final long oldest = oldestPendingMicros;
        return oldest == NEVER ? Long.MAX_VALUE : oldest;
    }

    /** Closes the file; what was added since the last {@link #force} can be made again from the journal. */
    @Override
    public void close() {
        final Disk.AppendFile closing = append;
        append = null;
        if (closing == null) {
            return;
        }
        try {
            closing.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close file=" + file, e);
        }
    }

    private void remember(long sequence, long atMicros, long low, long pendingFrom) {
        if (sequence != lastSequence) {
            lastSequence = sequence;
            lastLows.clear();
            if (sequence >= pendingFrom) {
                pending.addLast(new Pending(sequence, atMicros));
            }
        }
        lastLows.add(low);
    }

    private void publishPending() {
        pendingCount = pending.size();
        oldestPendingMicros = pending.isEmpty() ? NEVER : pending.peekFirst().atMicros();
    }

    /** Opens the file at its last whole entry; one without a whole header is begun anew. */
    private void cut(long wholeBytes) throws IOException {
        if (!disk.exists(file)) {
            return;
        }
        if (wholeBytes < FILE_HEADER_BYTES) {
            disk.delete(file);
            return;
        }
        final Disk.AppendFile opened = disk.append(file);
        append = opened;
        if (opened.length() > wholeBytes) {
            opened.truncate(wholeBytes);
            opened.sync();
        }
    }

    private void appendWhole(ByteBuffer entries) throws IOException {
        if (broken) {
            throw new IOException("it could not be cut back, or made durable, before; restart to go on");
        }
        Disk.AppendFile current = append;
        if (current == null) {
            current = begin();
            append = current;
        }
        final long before = current.length();
        try {
            current.append(entries);
        } catch (IOException e) {
            try {
                current.truncate(before);
            } catch (IOException uncut) {
                broken = true;
                e.addSuppressed(uncut);
            }
            throw e;
        }
    }

    private Disk.AppendFile begin() throws IOException {
        if (disk.exists(file)) {
            disk.delete(file);
        }
        final Disk.AppendFile created = disk.create(file);
        boolean begun = false;
        try {
            created.append(LedgerDescriptor.header());
            created.sync();
            final Path folder = file.getParent();
            disk.syncFolder(folder == null ? Path.of("") : folder);
            begun = true;
            return created;
        } finally {
            if (!begun) {
                created.close();
            }
        }
    }
}
