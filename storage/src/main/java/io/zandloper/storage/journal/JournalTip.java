package io.zandloper.storage.journal;

import io.zandloper.storage.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A journal's last file: what tells, without reading it, whether anything was appended since.
 *
 * @param fileName empty where there is none
 */
public record JournalTip(String fileName, long lengthBytes) {
    /** That of a journal without any file. */
    public static final JournalTip NONE = new JournalTip("", 0);

    /** That of the journal in a folder. */
    public static JournalTip of(Disk disk, Path folder) {
        try {
            final List<String> names = JournalFiles.names(disk, folder);
            if (names.isEmpty()) {
                return NONE;
            }
            final String last = names.get(names.size() - 1);
            return new JournalTip(last, disk.length(folder.resolve(last)));
        } catch (IOException e) {
            throw new JournalException("the journal cannot be read: " + folder + ": " + e.getMessage(), true, e);
        }
    }
}
