package io.zandloper.server.decisionlog;

import io.zandloper.storage.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The names of a log's files, which sort as they were begun. */
final class LogFiles {
    private static final String SUFFIX = ".decisions";
    private static final int NAME_DIGITS = 10;
    /** What a file's name ends with while it is being rewritten. */
    static final String REWRITTEN = ".new";

    private LogFiles() {}

    static Path file(Path folder, long number) {
        return folder.resolve(String.format(Locale.ROOT, "%0" + NAME_DIGITS + "d%s", number, SUFFIX));
    }

    /** The log's files, the oldest first. */
    static List<Path> of(Disk disk, Path folder) throws IOException {
        final List<Path> files = new ArrayList<>();
        for (final String name : disk.list(folder)) {
            if (isName(name)) {
                files.add(folder.resolve(name));
            }
        }
        return files;
    }

    static long number(Path file) {
        return Long.parseLong(file.getFileName().toString().substring(0, NAME_DIGITS));
    }

    private static boolean isName(String name) {
        return name.length() == NAME_DIGITS + SUFFIX.length()
                && name.endsWith(SUFFIX)
                && name.chars().limit(NAME_DIGITS).allMatch(c -> c >= '0' && c <= '9');
    }

    static Path rewritten(Path file) {
        return file.resolveSibling(file.getFileName() + REWRITTEN);
    }
}
