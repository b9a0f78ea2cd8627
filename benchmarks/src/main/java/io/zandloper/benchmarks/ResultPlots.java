package io.zandloper.benchmarks;

import io.zandloper.loadtest.plot.HistogramLogs;
import io.zandloper.loadtest.plot.PercentilePlot;
import io.zandloper.loadtest.plot.Series;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Keeps the latencies of a recorded run: a histogram log for each line of a plot, and the plot itself. */
final class ResultPlots {
    private ResultPlots() {}

    /**
     * Writes {@code GROUP.svg} and {@code GROUP-NAME.hlog} for each; those of an earlier run are replaced.
     *
     * @param latenciesNanos by group, then by name
     * @param comment what and where they were measured
     */
    static void write(Path folder, Map<String, Map<String, Histogram>> latenciesNanos, String comment)
            throws IOException {
        if (latenciesNanos.isEmpty()) {
            return;
        }
        Files.createDirectories(folder);
        for (final Map.Entry<String, Map<String, Histogram>> group : latenciesNanos.entrySet()) {
            final List<Series> lines = new ArrayList<>();
            for (final Map.Entry<String, Histogram> line : group.getValue().entrySet()) {
                final Series series = new Series(line.getKey(), line.getValue());
                lines.add(series);
                HistogramLogs.write(
                        folder.resolve(fileName(group.getKey() + "-" + line.getKey()) + ".hlog"), series, comment);
            }
            Files.writeString(
                    folder.resolve(fileName(group.getKey()) + ".svg"), PercentilePlot.svg(group.getKey(), lines));
        }
    }

    private static String fileName(String text) {
        return text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    }
}
