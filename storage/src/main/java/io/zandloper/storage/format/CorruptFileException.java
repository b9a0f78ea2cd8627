package io.zandloper.storage.format;

import java.nio.file.Path;

/** A file that does not hold what was once written to it. */
public final class CorruptFileException extends StoredFileException {
    private static final long serialVersionUID = 1L;

    /** @param reason what is wrong, as the rest of a sentence: {@code its checksum does not match} */
    public CorruptFileException(Path file, String reason) {
        super(file, "The file " + file + " is corrupt: " + reason + ".");
    }

    /** @param reason as above */
    public CorruptFileException(Path file, String reason, Throwable cause) {
        this(file, reason);
        initCause(cause);
    }
}
