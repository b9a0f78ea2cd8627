package io.zandloper.storage;

import java.time.Duration;

/**
 * When snapshots are taken without being asked for, and how many stay.
 *
 * @param interval after which one is taken if anything has changed; zero for never
 * @param journalBytes of journal since the newest after which one is taken, if that is more than the newest snapshot
 *     itself; zero for never
 * @param kept how many stay, at least 1; the journal that the oldest of them needs stays with it
 */
public record SnapshotSettings(Duration interval, long journalBytes, int kept) {
    /** A start after a crash reads the newest one and at most about as much of journal. Two, so that damage to one loses nothing. */
    public static final SnapshotSettings DEFAULT = new SnapshotSettings(Duration.ofHours(6), 1024L * 1024 * 1024, 2);

    /** Only on demand, and where an erasure needs one. */
    public static final SnapshotSettings ON_DEMAND = new SnapshotSettings(Duration.ZERO, 0, 2);

    public SnapshotSettings {
        if (interval.isNegative()) {
            throw new IllegalArgumentException("negative: interval=" + interval);
        }
        if (journalBytes < 0) {
            throw new IllegalArgumentException("negative: journalBytes=" + journalBytes);
        }
        if (kept < 1) {
            throw new IllegalArgumentException("below 1: kept=" + kept);
        }
    }
}
