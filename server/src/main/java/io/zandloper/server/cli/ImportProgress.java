package io.zandloper.server.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** How far a file that is imported is. */
final class ImportProgress {
    private final ProgressBar bar;
    private final long sizeBytes;
    private long doneBefore = -1;

    ImportProgress(PrintWriter err, Path file, String things) {
        this.bar = new ProgressBar(err, String.valueOf(file.getFileName()), things);
        this.sizeBytes = size(file);
    }

    /** @param positionBytes how much of the file has been read */
    void show(ImportReport report, long positionBytes) {
        if (doneBefore < 0) {
            doneBefore = report.done();
        }
        bar.show(sizeBytes == 0 ? 1 : Math.min(1, (double) positionBytes / sizeBytes), report.done() - doneBefore);
    }

    /** Takes the bar away. */
    void end() {
        bar.end();
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException unknown) {
            return 0;
        }
    }
}
