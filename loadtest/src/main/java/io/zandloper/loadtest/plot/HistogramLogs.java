package io.zandloper.loadtest.plot;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.HdrHistogram.HistogramLogWriter;

/** Reads and writes HdrHistogram interval logs whose values are nanoseconds. */
public final class HistogramLogs {
    private static final String FILE = "latency.hlog";
    private static final String ENDING = ".hlog";

    private HistogramLogs() {}

    /**
     * What a log has of each tag, over all its intervals.
     *
     * @param path a log, or the folder of a run
     * @throws IOException where it cannot be read, or there is nothing in it
     */
    static List<Series> read(Path path) throws IOException {
        final Path file = Files.isDirectory(path) ? path.resolve(FILE) : path;
        if (!Files.isReadable(file)) {
            throw new IOException("cannot be read: " + file);
        }
        final Map<String, Histogram> byTag = new LinkedHashMap<>();
        try (HistogramLogReader log = new HistogramLogReader(file.toFile())) {
            for (EncodableHistogram next = log.nextIntervalHistogram();
                    next != null;
                    next = log.nextIntervalHistogram()) {
                if (next instanceof Histogram interval && interval.getTotalCount() > 0) {
                    byTag.computeIfAbsent(
                                    Objects.requireNonNullElse(interval.getTag(), ""), tag -> new Histogram(interval))
                            .add(interval);
                }
            }
        }
        if (byTag.isEmpty()) {
            throw new IOException("there are no latencies in it: " + file);
        }
        final String name = nameOf(file);
        final List<Series> series = new ArrayList<>();
        byTag.forEach(
                (tag, latencies) -> series.add(new Series(byTag.size() == 1 ? name : name + ", " + tag, latencies)));
        return series;
    }

    /** That of the run's folder, where the file's own says nothing. */
    private static String nameOf(Path file) {
        final Path absolute = file.toAbsolutePath().normalize();
        final Path folder = absolute.getParent();
        final String own = String.valueOf(absolute.getFileName());
        return own.equals(FILE) && folder != null
                ? String.valueOf(folder.getFileName())
                : own.endsWith(ENDING) ? own.substring(0, own.length() - ENDING.length()) : own;
    }

    /** Writes one interval, without a tag, that is all of the series. */
    public static void write(Path file, Series series, String comment) throws IOException {
        try (PrintStream out = new PrintStream(Files.newOutputStream(file), false, UTF_8)) {
            final HistogramLogWriter log = new HistogramLogWriter(out);
            log.outputComment("[" + series.name() + "; latencies in nanoseconds; " + comment + "]");
            log.outputLogFormatVersion();
            log.outputLegend();
            final Histogram all = series.latenciesNanos().copy();
            all.setStartTimeStamp(0);
            all.setEndTimeStamp(1);
            log.outputIntervalHistogram(all);
            if (out.checkError()) {
                throw new IOException("the histogram log could not be written: " + file);
            }
        }
    }
}
