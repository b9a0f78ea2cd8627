package io.zandloper.storage;

import io.zandloper.storage.format.CorruptFileException;
import io.zandloper.storage.memory.MappedFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The folder's names, and what the last stop left in it.
 *
 * <pre>
 *   lock            held while a process uses the folder
 *   clean-stop      present only while nobody uses the folder and every mapped file is complete
 *   journal/        what must survive, unless another folder was named for it: see {@link JournalFolder}
 *   index/          identity index
 *   records/        profile records
 *   rows-N/         segment rows under the catalog of generation N
 *   columns-N/      the same bits, segment by segment
 * </pre>
 *
 * @param root its path
 * @param journalFolder what must survive
 * @param identityKey the key of identity hashes, which the journal's folder keeps
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody; never changed once it is here
record DataFolder(Path root, Path journalFolder, Platform platform, byte[] identityKey) {
    /** The name of the marker. */
    static final String CLEAN_STOP = "clean-stop";

    private static final String INDEX = "index";
    private static final String RECORDS = "records";
    private static final String ROWS_PREFIX = "rows-";
    private static final String COLUMNS_PREFIX = "columns-";

    /**
     * What the last stop left, if it was a clean one; null otherwise.
     *
     * @throws io.zandloper.storage.format.StoredFileException where a newer version left it
     */
    @Nullable
    CleanStop cleanStop() {
        try {
            return platform.disk().exists(cleanStopFile()) ? CleanStop.read(platform.disk(), cleanStopFile()) : null;
        } catch (CorruptFileException notWrittenToItsEnd) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read file=" + cleanStopFile(), e);
        }
    }

    /** Removes the mapped files, which are made again from the journal. */
    void removeTables() {
        removeCleanStop();
        removeTables(root);
    }

    /** The same of a folder that nobody uses. */
    static void removeTables(Path root) {
        MappedFiles.deleteDirectory(root.resolve(INDEX));
        MappedFiles.deleteDirectory(root.resolve(RECORDS));
        if (!Files.isDirectory(root)) {
            return;
        }
        try (DirectoryStream<Path> generations =
                Files.newDirectoryStream(root, "{" + ROWS_PREFIX + "," + COLUMNS_PREFIX + "}*")) {
            generations.forEach(MappedFiles::deleteDirectory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list folder=" + root, e);
        }
    }

    /** From here on the mapped files are in use: without another clean stop they are not to be trusted. */
    void removeCleanStop() {
        try {
            if (platform.disk().exists(cleanStopFile())) {
                platform.disk().delete(cleanStopFile());
            }
            // Also where it is gone: whoever deleted it may have been killed before this, and it must not come back.
            platform.disk().syncFolder(root);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete file=" + cleanStopFile(), e);
        }
    }

    void writeCleanStop(CleanStop stop) {
        stop.write(platform.disk(), cleanStopFile());
    }

    Path cleanStopFile() {
        return root.resolve(CLEAN_STOP);
    }

    Path index() {
        return root.resolve(INDEX);
    }

    Path records() {
        return root.resolve(RECORDS);
    }

    Path rows(int generation) {
        return root.resolve(ROWS_PREFIX + generation);
    }

    Path columns(int generation) {
        return root.resolve(COLUMNS_PREFIX + generation);
    }
}
