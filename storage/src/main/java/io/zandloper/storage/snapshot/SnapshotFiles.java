package io.zandloper.storage.snapshot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * The names of snapshots, which sort as their sequences do, and of the files in them.
 *
 * <pre>
 *   snapshots/0000000000000090210/     complete: it has its manifest
 *       manifest                       written last
 *       profiles                       blocks of records
 *       changes                        blocks of journal entries made while the profiles were walked
 *   snapshots/0000000000000090477.new/ being taken, or left over
 * </pre>
 */
public final class SnapshotFiles {
    static final String MANIFEST = "manifest";
    static final String PROFILES = "profiles";
    static final String CHANGES = "changes";
    static final String UNFINISHED = ".new";

    private static final int NAME_DIGITS = 19;

    private SnapshotFiles() {}

    /** The folder of the snapshot at a sequence. */
    static Path folder(Path snapshots, long sequence) {
        return snapshots.resolve(String.format(Locale.ROOT, "%0" + NAME_DIGITS + "d", sequence));
    }

    /** Complete snapshots, the newest first. */
    public static List<Path> complete(Path snapshots) {
        final List<Path> found = new ArrayList<>();
        for (final Path folder : folders(snapshots)) {
            final String name = folder.getFileName().toString();
            if (name.length() == NAME_DIGITS
                    && name.chars().allMatch(c -> c >= '0' && c <= '9')
                    && Files.exists(folder.resolve(MANIFEST))) {
                found.add(folder);
            }
        }
        found.sort(Collections.reverseOrder());
        return found;
    }

    /** What a crash or a full disk left of snapshots that were being taken. */
    static List<Path> unfinished(Path snapshots) {
        return folders(snapshots).stream()
                .filter(folder -> folder.getFileName().toString().endsWith(UNFINISHED))
                .toList();
    }

    private static List<Path> folders(Path snapshots) {
        final List<Path> found = new ArrayList<>();
        if (!Files.isDirectory(snapshots)) {
            return found;
        }
        try (DirectoryStream<Path> names = Files.newDirectoryStream(snapshots, Files::isDirectory)) {
            names.forEach(found::add);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list folder=" + snapshots, e);
        }
        return found;
    }
}
