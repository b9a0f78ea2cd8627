package io.zandloper.storage;

import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.erasure.ErasureLedger;
import io.zandloper.storage.journal.JournalFiles;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Says when a snapshot is due: because of the time or the journal since the newest one, or because an erasure must become
 * complete. On the housekeeping's thread, but for what says otherwise.
 */
final class SnapshotChores {
    /** What is due. */
    enum Due {
        NOTHING,
        SNAPSHOT,
        /** A snapshot, and nothing older than it. */
        COMPLETE_ERASURES
    }

    /** How often the folder is looked at. */
    private static final long LOOK_MICROS = 1_000_000;

    private static final long BACKOFF_MICROS_MIN = 5_000_000;
    private static final long BACKOFF_MICROS_MAX = 600_000_000;

    private final Disk disk;
    private final Path journalFolder;
    private final SnapshotSettings settings;
    private final Snapshots snapshots;
    private final ErasureLedger ledger;
    private final LongSupplier sequence;
    private final LongSupplier appendedBytes;
    private final LongSupplier erasureBoundMicros;
    private final long openedMicros;
    private long lookedMicros = Long.MIN_VALUE;
    private long backoffMicros = BACKOFF_MICROS_MIN;
    private long notBeforeMicros = Long.MIN_VALUE;
    private Snapshots.@Nullable Taken known;
    /** Of the journal since the newest snapshot, but for what was appended; may be negative. */
    private long bytesBefore;

    private volatile long journalBytes;

    /**
     * @param sequence the newest change's
     * @param appendedBytes to the journal since it was opened
     * @param erasureBoundMicros of the current catalog
     */
    SnapshotChores(
            DataFolder folder,
            SnapshotSettings settings,
            Snapshots snapshots,
            ErasureLedger ledger,
            LongSupplier sequence,
            LongSupplier appendedBytes,
            LongSupplier erasureBoundMicros,
            long nowMicros) {
        this.disk = folder.platform().disk();
        this.journalFolder = folder.journalFolder();
        this.settings = settings;
        this.snapshots = snapshots;
        this.ledger = ledger;
        this.sequence = sequence;
        this.appendedBytes = appendedBytes;
        this.erasureBoundMicros = erasureBoundMicros;
        this.openedMicros = nowMicros;
        this.known = snapshots.newest();
        this.bytesBefore = JournalFiles.lengthAfter(
                disk, journalFolder, known == null ? 0 : known.manifest().end().sequence());
    }

    /** What is due now; after a failure nothing is for a while. */
    Due due(long nowMicros) {
        look(nowMicros);
        final Snapshots.Taken newest = snapshots.newest();
        if (!Objects.equals(newest, known)) {
            known = newest;
            bytesBefore = -appendedBytes.getAsLong();
        }
        if (nowMicros < notBeforeMicros) {
            return Due.NOTHING;
        }
        final long oldest = ledger.oldestPendingMicros();
        // Half of the bound is for taking the snapshot, and for trying again.
        if (oldest != Long.MAX_VALUE && nowMicros - oldest >= erasureBoundMicros.getAsLong() / 2) {
            return Due.COMPLETE_ERASURES;
        }
        return isSnapshotDue(newest, nowMicros) ? Due.SNAPSHOT : Due.NOTHING;
    }

    private boolean isSnapshotDue(Snapshots.@Nullable Taken newest, long nowMicros) {
        if (sequence.getAsLong()
                == (newest == null ? 0 : newest.manifest().end().sequence())) {
            return false;
        }
        final long sinceMicros =
                newest == null ? openedMicros : newest.manifest().takenAtMicros();
        final long intervalMicros = settings.interval().toNanos() / 1_000;
        if (intervalMicros > 0 && nowMicros - sinceMicros >= intervalMicros) {
            return true;
        }
        final long newestBytes = newest == null ? 0 : newest.lengthBytes();
        return settings.journalBytes() > 0
                && bytesBefore + appendedBytes.getAsLong() >= Math.max(settings.journalBytes(), newestBytes);
    }

    /** What was due has been done. */
    void onDone() {
        backoffMicros = BACKOFF_MICROS_MIN;
        lookedMicros = Long.MIN_VALUE;
    }

    /** What was due has failed: a disk that is full is not asked again at once. */
    void onFailed(long nowMicros) {
        notBeforeMicros = nowMicros + backoffMicros;
        backoffMicros = Math.min(2 * backoffMicros, BACKOFF_MICROS_MAX);
    }

    private void look(long nowMicros) {
        if (lookedMicros != Long.MIN_VALUE && Math.abs(nowMicros - lookedMicros) < LOOK_MICROS) {
            return;
        }
        lookedMicros = nowMicros;
        journalBytes = JournalFiles.lengthAfter(disk, journalFolder, 0);
    }

    /** Any thread. */
    DurabilityStatus status() {
        final Snapshots.@Nullable Taken newest = snapshots.newest();
        final long oldest = ledger.oldestPendingMicros();
        return new DurabilityStatus(
                journalBytes,
                newest == null ? -1 : newest.manifest().end().sequence(),
                newest == null ? 0 : newest.manifest().takenAtMicros(),
                newest == null ? 0 : newest.lengthBytes(),
                snapshots.failure(),
                ledger.pending(),
                oldest == Long.MAX_VALUE ? 0 : oldest);
    }
}
