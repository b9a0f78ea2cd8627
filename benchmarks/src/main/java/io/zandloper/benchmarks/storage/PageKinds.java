package io.zandloper.benchmarks.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * On which pages the files of a folder are mapped into this process, from {@code /proc/self/smaps}. Huge ones decide more
 * than code does.
 *
 * @param residentBytes mapped and in memory
 * @param hugeBytes of these on pages of 2 MiB
 */
record PageKinds(long residentBytes, long hugeBytes) {
    private static final Path SMAPS = Path.of("/proc/self/smaps");

    /** All zero where the system does not tell. */
    static PageKinds of(Path folder) throws IOException {
        if (!Files.isReadable(SMAPS)) {
            return new PageKinds(0, 0);
        }
        long resident = 0;
        long huge = 0;
        boolean inFolder = false;
        for (final String line : Files.readAllLines(SMAPS)) {
            if (line.indexOf('-') > 0 && line.indexOf('-') < line.indexOf(' ')) {
                inFolder = line.contains(" " + folder + "/");
            } else if (inFolder && line.startsWith("Rss:")) {
                resident += bytes(line);
            } else if (inFolder && (line.startsWith("FilePmdMapped:") || line.startsWith("ShmemPmdMapped:"))) {
                huge += bytes(line);
            }
        }
        return new PageKinds(resident, huge);
    }

    private static long bytes(String line) {
        return Long.parseLong(line.replaceAll("\\D", "")) << 10;
    }

    /** {@code 512 MiB, 99 % of it on 2 MiB pages}. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%,d MiB, %.0f %% of it on 2 MiB pages",
                residentBytes >> 20,
                residentBytes == 0 ? 0.0 : 100.0 * hugeBytes / residentBytes);
    }
}
