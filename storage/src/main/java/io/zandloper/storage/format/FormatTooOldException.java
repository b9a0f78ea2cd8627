package io.zandloper.storage.format;

import java.nio.file.Path;

/** A file in a format that this version has forgotten. */
public final class FormatTooOldException extends StoredFileException {
    private static final long serialVersionUID = 1L;

    public FormatTooOldException(Path file, int version, int oldestVersion) {
        super(
                file,
                "The file " + file + " has format version " + version + ", too old for this program, which reads "
                        + oldestVersion + " and newer.");
    }
}
