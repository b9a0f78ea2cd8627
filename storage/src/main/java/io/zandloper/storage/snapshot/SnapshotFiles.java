package io.zandloper.storage.snapshot;

import io.zandloper.storage.disk.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * The names of snapshots, which sort as their sequences do, and of the files in them.
 *
 * <pre>
 *   snapshots/0000000000000090210/     complete: it has its manifest
 *       manifest                       written last
 *       profiles                       blocks of records
 *       changes                        blocks of journal entries made while the profiles were walked
 *       erasures                       the ledger of erasures as it was
 *   snapshots/0000000000000090477.new/ being taken or removed, or left over
 *   snapshots/0000000000000091000.incoming/ being received from another node
 * </pre>
 */
public final class SnapshotFiles {
    public static final String MANIFEST = "manifest";
    static final String PROFILES = "profiles";
    static final String CHANGES = "changes";
    static final String ERASURES = "erasures";
    static final String AGAIN = "-again";
    static final String UNFINISHED = ".new";
    private static final String INCOMING = ".incoming";

    private static final int NAME_DIGITS = 19;

    private SnapshotFiles() {}

    /** The folder of the snapshot at a sequence. */
    public static Path folder(Path snapshots, long sequence) {
        return snapshots.resolve(String.format(Locale.ROOT, "%0" + NAME_DIGITS + "d", sequence));
    }

    /** The name of one more at the same sequence, which was begun later than the first. */
    static Path again(Path folder) {
        return folder.resolveSibling(folder.getFileName() + AGAIN);
    }

    /** The folder of one that is being received. */
    public static Path incoming(Path snapshots, long sequence) {
        return snapshots.resolve(folder(snapshots, sequence).getFileName() + INCOMING);
    }

    /** All that are being received, or were left over. */
    public static List<Path> incoming(Disk disk, Path snapshots) {
        return names(disk, snapshots).stream()
                .filter(name -> name.endsWith(INCOMING))
                .map(snapshots::resolve)
                .toList();
    }

    /** Snapshots, the newest first: folders that were given their name once they were complete. */
    public static List<Path> complete(Disk disk, Path snapshots) {
        final List<Path> found = new ArrayList<>();
        for (final String name : names(disk, snapshots)) {
            final String digits = name.endsWith(AGAIN) ? name.substring(0, name.length() - AGAIN.length()) : name;
            if (digits.length() == NAME_DIGITS && digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
                found.add(snapshots.resolve(name));
            }
        }
        Collections.reverse(found);
        return found;
    }

    /** Whether a snapshot has a file of that name. */
    public static boolean isPart(String name) {
        return name.equals(MANIFEST) || name.equals(PROFILES) || name.equals(CHANGES) || name.equals(ERASURES);
    }

    /** Whether that file has the profiles, which is nearly all of it. */
    public static boolean isProfiles(String name) {
        return name.equals(PROFILES);
    }

    /** Of all files of a snapshot. */
    public static long lengthBytes(Disk disk, Path folder) {
        long lengthBytes = 0;
        for (final String name : names(disk, folder)) {
            final Path file = folder.resolve(name);
            try {
                lengthBytes += disk.length(file);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read file=" + file, e);
            }
        }
        return lengthBytes;
    }

    /** Whether something is there that {@link #removeUnfinished} removes. */
    public static boolean hasUnfinished(Disk disk, Path snapshots) {
        return names(disk, snapshots).stream().anyMatch(name -> name.endsWith(UNFINISHED));
    }

    /** Removes what a crash or a full disk left of snapshots that were being taken or removed. */
    static void removeUnfinished(Disk disk, Path snapshots) {
        for (final String name : names(disk, snapshots)) {
            if (name.endsWith(UNFINISHED)) {
                remove(disk, snapshots.resolve(name));
            }
        }
    }

    /** Removes what was received of snapshots so far: it begins again. */
    public static void removeIncoming(Disk disk, Path snapshots) {
        for (final Path folder : incoming(disk, snapshots)) {
            try {
                disk.deleteFolder(folder);
                disk.syncFolder(snapshots);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot delete folder=" + folder, e);
            }
        }
    }

    /** Removes a snapshot; a crash leaves it whole or one that is not complete. */
    public static void remove(Disk disk, Path folder) {
        final Path snapshots = Objects.requireNonNull(folder.getParent());
        try {
            Path removed = folder;
            if (!folder.getFileName().toString().endsWith(UNFINISHED)) {
                removed = folder.resolveSibling(folder.getFileName() + UNFINISHED);
                disk.rename(folder, removed);
                disk.syncFolder(snapshots);
            }
            disk.deleteFolder(removed);
            disk.syncFolder(snapshots);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete folder=" + folder, e);
        }
    }

    static boolean exists(Disk disk, Path file) {
        try {
            return disk.exists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read file=" + file, e);
        }
    }

    private static List<String> names(Disk disk, Path snapshots) {
        try {
            return disk.list(snapshots);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list folder=" + snapshots, e);
        }
    }
}
