package io.zandloper.server.decisionlog;

import io.zandloper.storage.MicrosClock;
import io.zandloper.storage.disk.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends entries to the newest file, begins the next one where it is full, and lets go of the oldest. Where the disk
 * refuses, what was to be written is dropped, and after a while a new file is tried. Belongs to the log's thread, but for
 * what says otherwise.
 */
final class LogWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);

    private final Disk disk;
    private final DecisionLogSettings settings;
    private final MicrosClock clock;
    private final LongSupplier nanoTime;
    private long keyHigh;
    private long keyLow;
    private final ByteBuffer out = LogDescriptor.little(ByteBuffer.allocate(DecisionLogLimits.WRITE_BYTES));
    private int buffered;
    private Disk.@Nullable AppendFile current;
    private long retryNanos;
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private volatile int files;
    private volatile long olderBytes;
    private volatile long currentBytes;
    private volatile @Nullable String failure;

    /**
     * @param keyHigh the first half of what tells of which data folder the people are
     * @param keyLow its second half
     */
    LogWriter(
            Disk disk,
            DecisionLogSettings settings,
            MicrosClock clock,
            LongSupplier nanoTime,
            long keyHigh,
            long keyLow) {
        this.disk = disk;
        this.settings = settings;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.keyHigh = keyHigh;
        this.keyLow = keyLow;
        this.retryNanos = nanoTime.getAsLong();
    }

    /** What comes is of this key; a file has people of one. */
    void useKey(long high, long low) {
        if (high != keyHigh || low != keyLow) {
            flush();
            endFile();
            keyHigh = high;
            keyLow = low;
        }
    }

    void append(DirectBuffer payload, int offset, int lengthBytes) {
        final int entryBytes = LogDescriptor.entryBytes(lengthBytes);
        if (out.remaining() < entryBytes || isFull(entryBytes)) {
            flush();
        }
        if (isFull(entryBytes)) {
            endFile();
        }
        final int start = out.position();
        payload.getBytes(offset, out.array(), start + LogDescriptor.ENTRY_HEADER_BYTES, lengthBytes);
        LogDescriptor.seal(out, start, LogDescriptor.DECISION, lengthBytes);
        out.position(start + entryBytes);
        buffered++;
    }

    /** A file has one entry at least. */
    private boolean isFull(int entryBytes) {
        final Disk.AppendFile file = current;
        final long before = (file == null ? LogDescriptor.FILE_HEADER_BYTES : file.length()) + out.position();
        return before > LogDescriptor.FILE_HEADER_BYTES && before + entryBytes > settings.fileBytes();
    }

    /** Gives what is buffered to the operating system, or drops it. */
    void flush() {
        if (buffered == 0) {
            return;
        }
        final int entries = buffered;
        buffered = 0;
        out.flip();
        try {
            if (current == null && nanoTime.getAsLong() - retryNanos < 0) {
                dropped.addAndGet(entries);
                return;
            }
            final Disk.AppendFile file = current == null ? begin() : current;
            file.append(out);
            currentBytes = file.length();
            written.addAndGet(entries);
            failure = null;
        } catch (IOException e) {
            dropped.addAndGet(entries);
            onFailure(e);
        } finally {
            out.clear();
        }
    }

    private Disk.AppendFile begin() throws IOException {
        disk.createFolder(settings.folder());
        final List<Path> present = LogFiles.of(disk, settings.folder());
        final long next = present.isEmpty() ? 1 : LogFiles.number(present.get(present.size() - 1)) + 1;
        for (int i = 0; i <= present.size() - settings.files(); i++) {
            disk.delete(present.get(i));
        }
        final Path file = LogFiles.file(settings.folder(), next);
        final Disk.AppendFile begun = disk.create(file);
        current = begun;
        boolean whole = false;
        try {
            begun.append(LogDescriptor.header(clock.nowMicros(), keyHigh, keyLow));
            disk.syncFolder(settings.folder());
            whole = true;
        } finally {
            if (!whole) {
                disk.delete(file);
            }
        }
        look();
        return begun;
    }

    /** Counts the files that are there. */
    void look() throws IOException {
        final List<Path> present = LogFiles.of(disk, settings.folder());
        long bytes = 0;
        for (final Path file : present) {
            bytes += disk.length(file);
        }
        final Disk.AppendFile file = current;
        currentBytes = file == null ? 0 : file.length();
        olderBytes = bytes - currentBytes;
        files = present.size();
    }

    /** Ends the newest file; the next entry begins another. */
    void endFile() {
        final Disk.AppendFile ended = current;
        current = null;
        if (ended == null) {
            return;
        }
        try (ended) {
            ended.sync();
            olderBytes = bytes();
            currentBytes = 0;
        } catch (IOException e) {
            onFailure(e);
        }
    }

    private void onFailure(IOException cause) {
        final String message = "the decision log cannot be written, folder=" + settings.folder() + ": " + cause;
        if (failure == null) {
            LOG.warn("{}; decisions go on and are not logged", message);
        }
        failure = message;
        retryNanos = nanoTime.getAsLong() + DecisionLogLimits.RETRY_NANOS;
        final Disk.AppendFile broken = current;
        current = null;
        if (broken != null) {
            try {
                broken.close();
            } catch (IOException e) {
                LOG.debug("A file of the decision log could not be closed", e);
            }
        }
    }

    /** Any thread, as those below. */
    long written() {
        return written.get();
    }

    long dropped() {
        return dropped.get();
    }

    int files() {
        return files;
    }

    long bytes() {
        return olderBytes + currentBytes;
    }

    @Nullable
    String failure() {
        return failure;
    }

    /** Writes what is buffered and makes it durable. */
    @Override
    public void close() {
        flush();
        endFile();
    }
}
