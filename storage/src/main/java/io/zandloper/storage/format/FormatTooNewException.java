package io.zandloper.storage.format;

import java.nio.file.Path;

/** A file that was written by a newer version of the program. */
public final class FormatTooNewException extends StoredFileException {
    private static final long serialVersionUID = 1L;

    public FormatTooNewException(Path file, int version, int newestVersion) {
        super(
                file,
                "The file " + file + " has format version " + version + ", too new for this program, which reads up to "
                        + newestVersion + ".");
    }
}
