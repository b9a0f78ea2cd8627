package io.zandloper.storage;

import io.zandloper.storage.disk.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Where in a data folder the mapped files lie: in the folder itself, or in one within it. While a replica makes tables of a
 * state that it received, both are in use, and each time it does they change parts.
 */
final class TableFolders {
    private static final String BESIDE = "beside";

    private TableFolders() {}

    /** Where the last stop left them; the other is removed. */
    static Path atStart(Disk disk, Path dataFolder) {
        final Path beside = dataFolder.resolve(BESIDE);
        try {
            if (!disk.exists(beside)) {
                return dataFolder;
            }
            if (disk.exists(beside.resolve(DataFolder.CLEAN_STOP))) {
                return beside;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read folder=" + beside, e);
        }
        DataFolder.removeTables(beside);
        removeEmpty(disk, beside);
        return dataFolder;
    }

    private static void removeEmpty(Disk disk, Path folder) {
        try {
            disk.deleteFolder(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete folder=" + folder, e);
        }
    }

    /** What the last stop left is not to be believed any more. */
    static void removeCleanStops(Disk disk, Path dataFolder) {
        for (final Path root : List.of(dataFolder, dataFolder.resolve(BESIDE))) {
            try {
                if (disk.exists(root.resolve(DataFolder.CLEAN_STOP))) {
                    disk.delete(root.resolve(DataFolder.CLEAN_STOP));
                    disk.syncFolder(root);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write folder=" + root, e);
            }
        }
    }

    /** The one that is not in use. */
    static Path other(Path dataFolder, Path inUse) {
        return inUse.equals(dataFolder) ? dataFolder.resolve(BESIDE) : dataFolder;
    }
}
