package io.zandloper.server.decisionlog;

import io.zandloper.storage.disk.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import org.agrona.collections.Long2LongHashMap;

/**
 * Takes erased people out of the files: an entry of theirs becomes one of zeros, as long as it was. A file is replaced by
 * one without them in one step, so that a crash leaves it as it was or as it is to be. What is damaged goes with it, for
 * nobody can tell whose it was.
 */
final class LogErasure {
    private static final long NEVER = Long.MIN_VALUE;

    private final Disk disk;
    /** The sequence of an identity's last erasure, by the low half of its hash, which nobody can choose. */
    private final Long2LongHashMap erased = new Long2LongHashMap(NEVER);

    LogErasure(Disk disk) {
        this.disk = disk;
    }

    /** Who was erased, and by which change. */
    void add(long sequence, long low) {
        erased.put(low, Math.max(sequence, erased.get(low)));
    }

    boolean isEmpty() {
        return erased.isEmpty();
    }

    /**
     * Rewrites a file that nobody writes, where it holds anything of those people.
     *
     * @return entries that were taken out
     */
    long apply(Path file) throws IOException {
        final Look look = new Look();
        DecisionLogReader.read(disk, file, look);
        if (look.erased == 0 && !look.damaged) {
            return 0;
        }
        final Path rewritten = LogFiles.rewritten(file);
        if (disk.exists(rewritten)) {
            disk.delete(rewritten);
        }
        final ByteBuffer header = ByteBuffer.allocate(LogDescriptor.FILE_HEADER_BYTES);
        disk.read(file, 0, header);
        try (Disk.AppendFile copy = disk.create(rewritten)) {
            copy.append(header.flip());
            final Copy entries = new Copy(copy);
            DecisionLogReader.read(disk, file, entries);
            entries.flush();
            copy.sync();
        }
        disk.rename(rewritten, file);
        disk.syncFolder(Objects.requireNonNull(file.getParent()));
        return look.erased;
    }

    /** A decision that was made with a profile that came back after its erasure is not of whom was erased. */
    private boolean isErased(ByteBuffer bytes, int start) {
        if (bytes.get(start + LogDescriptor.KIND_OFFSET) != LogDescriptor.DECISION) {
            return false;
        }
        final ByteBuffer payload = DecisionLogReader.payload(bytes, start);
        return payload.get(LogDescriptor.VISITOR_OFFSET) == Visitor.KNOWN.ordinal()
                && payload.getLong(LogDescriptor.PROFILE_SEQUENCE_OFFSET)
                        < erased.get(payload.getLong(LogDescriptor.PERSON_LOW_OFFSET));
    }

    private final class Look implements DecisionLogReader.EntryHandler {
        private long erased;
        private boolean damaged;

        @Override
        public void onEntry(ByteBuffer bytes, int start, int lengthBytes) {
            erased += isErased(bytes, start) ? 1 : 0;
        }

        @Override
        public void onDamage(long offset, long lengthBytes, boolean atEnd) {
            damaged = true;
        }
    }

    private final class Copy implements DecisionLogReader.EntryHandler {
        private final Disk.AppendFile copy;
        private final ByteBuffer out = ByteBuffer.allocate(DecisionLogLimits.WRITE_BYTES);

        Copy(Disk.AppendFile copy) {
            this.copy = copy;
        }

        @Override
        public void onEntry(ByteBuffer bytes, int start, int lengthBytes) throws IOException {
            if (isErased(bytes, start)) {
                LogDescriptor.erase(bytes, start);
            }
            if (out.remaining() < lengthBytes) {
                flush();
            }
            out.put(bytes.slice(start, lengthBytes));
        }

        void flush() throws IOException {
            copy.append(out.flip());
            out.clear();
        }

        @Override
        public void onDamage(long offset, long lengthBytes, boolean atEnd) {
            // Left out.
        }
    }
}
