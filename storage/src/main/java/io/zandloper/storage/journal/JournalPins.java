package io.zandloper.storage.journal;

import io.zandloper.storage.disk.Disk;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Who still reads old files of the journal, so that they stay; each within a budget, so that a slow reader costs a bounded
 * part of the disk. Any thread.
 */
public final class JournalPins {
    private final Disk disk;
    private final Path folder;
    private final List<Pin> pins = new ArrayList<>();

    public JournalPins(Disk disk, Path folder) {
        this.disk = disk;
        this.folder = folder;
    }

    /** What keeps every entry after a sequence. */
    public final class Pin implements AutoCloseable {
        private final long budgetBytes;
        private volatile long sequence;
        private volatile boolean held = true;

        private Pin(long sequence, long budgetBytes) {
            this.sequence = sequence;
            this.budgetBytes = budgetBytes;
        }

        /** False once the entries may be gone. */
        public boolean isHeld() {
            return held;
        }

        /** Entries up to this one are not needed any more. */
        void moveTo(long newSequence) {
            sequence = newSequence;
        }

        @Override
        public void close() {
            synchronized (pins) {
                held = false;
                pins.remove(this);
            }
        }
    }

    /**
     * Keeps every entry after {@code sequence} that is there now or will be.
     *
     * @param budgetBytes of the files that hold them; beyond it they may go
     */
    public Pin pin(long sequence, long budgetBytes) {
        synchronized (pins) {
            final Pin pin = new Pin(sequence, budgetBytes);
            pins.add(pin);
            return pin;
        }
    }

    /** Deletes the files whose entries are all at or below {@code sequence}, but for those that somebody reads within his budget. */
    public void deleteCovered(long sequence) {
        synchronized (pins) {
            long covered = sequence;
            for (final Pin pin : List.copyOf(pins)) {
                if (pin.sequence >= sequence) {
                    continue;
                }
                if (JournalFiles.lengthAfter(disk, folder, pin.sequence) > pin.budgetBytes) {
                    pin.close();
                } else {
                    covered = Math.min(covered, pin.sequence);
                }
            }
            JournalFiles.deleteCovered(disk, folder, covered);
        }
    }

    /** The same, whoever reads them: what they hold must be gone. */
    public void deleteCoveredByAll(long sequence) {
        synchronized (pins) {
            List.copyOf(pins).stream().filter(pin -> pin.sequence < sequence).forEach(Pin::close);
            JournalFiles.deleteCovered(disk, folder, sequence);
        }
    }
}
