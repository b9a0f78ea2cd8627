package io.zandloper.server.files;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** The lines of one file, read once from its beginning to its end by one thread. */
public final class FileLines implements AutoCloseable {
    /** As long as a line of {@code POST /v1/bulk} may be. */
    public static final int LINE_LENGTH_BYTES_MAX = 1024 * 1024;

    private static final int BUFFER_BYTES = 256 * 1024;

    private final Path file;
    private final CountingInputStream counter;
    private final LineFormat format;

    /** Turns bytes into lines. */
    interface LineFormat {
        /** The next line, or null after the last one. */
        @Nullable
        FileLine next() throws IOException;
    }

    private FileLines(Path file, CountingInputStream counter, LineFormat format) {
        this.file = file;
        this.counter = counter;
        this.format = format;
    }

    /**
     * Opens a file of JSON lines.
     *
     * @throws FileException where it cannot be read
     */
    public static FileLines openJson(Path file) {
        return open(file, JsonLines::new);
    }

    /**
     * Opens a CSV file whose first row names the columns.
     *
     * @throws FileException where it cannot be read, or its header does not serve
     */
    public static FileLines openCsv(Path file, IdTemplate id, char delimiter) {
        return open(file, bytes -> new CsvLines(bytes, id, delimiter));
    }

    /** Whether the name says CSV, compressed or not. */
    public static boolean isCsv(Path file) {
        final String name = nameWithoutGz(file);
        return name.endsWith(".csv");
    }

    /** Whether the name says JSON lines, compressed or not. */
    public static boolean isJson(Path file) {
        final String name = nameWithoutGz(file);
        return name.endsWith(".jsonl") || name.endsWith(".ndjson");
    }

    private interface FormatOf {
        LineFormat apply(InputStream bytes) throws IOException;
    }

    private static FileLines open(Path file, FormatOf format) {
        if (Files.isDirectory(file)) {
            throw new FileException(file + " is a folder; name a file");
        }
        CountingInputStream counter = null;
        try {
            counter = new CountingInputStream(Files.newInputStream(file));
            final InputStream buffered = new BufferedInputStream(counter, BUFFER_BYTES);
            final InputStream bytes = isCompressed(file) ? new GZIPInputStream(buffered, BUFFER_BYTES) : buffered;
            return new FileLines(file, counter, format.apply(bytes));
        } catch (IOException e) {
            closeQuietly(counter, e);
            throw unreadable(file, e);
        } catch (FileException e) {
            closeQuietly(counter, e);
            throw new FileException(file + ": " + e.getMessage());
        }
    }

    /**
     * The next line, or null after the last one.
     *
     * @throws FileException where the file cannot be read any further
     */
    public @Nullable FileLine next() {
        try {
            return format.next();
        } catch (IOException e) {
            throw unreadable(file, e);
        } catch (FileException e) {
            throw new FileException(file + ": " + e.getMessage());
        }
    }

    /** Bytes of the file taken in so far, compressed where it is: for showing progress. */
    public long positionBytes() {
        return counter.count();
    }

    @Override
    public void close() {
        try {
            counter.close();
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static boolean isCompressed(Path file) {
        return lowerCaseName(file).endsWith(".gz");
    }

    private static String nameWithoutGz(Path file) {
        final String name = lowerCaseName(file);
        return name.endsWith(".gz") ? name.substring(0, name.length() - ".gz".length()) : name;
    }

    private static String lowerCaseName(Path file) {
        final Path name = file.getFileName();
        return name == null ? "" : name.toString().toLowerCase(Locale.ROOT);
    }

    private static FileException unreadable(Path file, IOException cause) {
        if (cause instanceof NoSuchFileException) {
            return new FileException("there is no file " + file + "; check the path");
        }
        if (cause instanceof AccessDeniedException) {
            return new FileException("may not read " + file + "; check its permissions");
        }
        return new FileException("cannot read " + file + " (" + cause.getMessage() + "); check that it is complete");
    }

    private static void closeQuietly(@Nullable CountingInputStream stream, Exception primary) {
        if (stream != null) {
            try {
                stream.close();
            } catch (IOException e) {
                primary.addSuppressed(e);
            }
        }
    }
}
