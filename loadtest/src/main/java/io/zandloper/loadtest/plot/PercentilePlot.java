package io.zandloper.loadtest.plot;

import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * Latency by percentile as an SVG picture. Along the horizontal axis each nine of a percentile takes as much room as the one
 * before it, so that the slow answers can be seen; the vertical axis is logarithmic. A line ends where its run had no more
 * answers.
 */
public final class PercentilePlot {
    private static final int WIDTH = 960;
    private static final int HEIGHT = 540;
    private static final int LEFT = 80;
    private static final int RIGHT = 24;
    private static final int TOP = 48;
    private static final int BOTTOM = 56;
    private static final int LEGEND_LINE = 20;
    /** Between two points of a line, in the picture's units. */
    private static final int STEP = 2;

    private static final int NINES_MIN = 3;
    private static final int NINES_MAX = 7;
    private static final double[] MARKS = {1, 2, 5};
    /** Told apart by those who do not see all colours too (Okabe and Ito, 2008). */
    private static final List<String> COLOURS =
            List.of("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000", "#999933");

    private final String title;
    private final List<Series> series;
    private final int nines;
    private final double lowest;
    private final double highest;
    private final StringBuilder svg = new StringBuilder();

    private PercentilePlot(String title, List<Series> series) {
        this.title = title;
        this.series = series;
        double max = 1;
        double min = Double.MAX_VALUE;
        double count = 1;
        for (final Series one : series) {
            max = Math.max(max, (double) one.latenciesNanos().getMaxValue());
            min = Math.min(min, Math.max(1.0, (double) one.latenciesNanos().getMinValue()));
            count = Math.max(count, (double) one.latenciesNanos().getTotalCount());
        }
        this.nines = Math.clamp((int) Math.ceil(Math.log10(count)), NINES_MIN, NINES_MAX);
        this.lowest = Math.log10(min / 1.1);
        this.highest = Math.log10(max * 1.1);
    }

    /** The picture, which is an XML document, and can stand in a page as it is. */
    public static String svg(String title, List<Series> series) {
        final PercentilePlot plot = new PercentilePlot(title, series);
        plot.draw();
        return plot.svg.toString();
    }

    static String colour(int index) {
        return COLOURS.get(index % COLOURS.size());
    }

    private void draw() {
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"13\">",
                WIDTH, HEIGHT);
        add("<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>", WIDTH, HEIGHT);
        add("<text x=\"%d\" y=\"28\" font-size=\"17\">%s</text>", LEFT, escaped(title));
        drawPercentiles();
        drawLatencies();
        for (int i = 0; i < series.size(); i++) {
            drawLine(i);
        }
        add("</svg>");
    }

    private void drawPercentiles() {
        for (int nine = 0; nine <= nines; nine++) {
            final double x = x(nine);
            add("<path d=\"M%.1f %dV%d\" stroke=\"#ddd\"/>", x, TOP, HEIGHT - BOTTOM);
            add(
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                    x, HEIGHT - BOTTOM + 20, percentileName(nine));
        }
        add(
                "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">percentile</text>",
                (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12);
    }

    private static String percentileName(int nines) {
        return nines < 2 ? nines == 0 ? "0" : "90" : "99" + (nines == 2 ? "" : "." + "9".repeat(nines - 2));
    }

    private void drawLatencies() {
        for (int decade = (int) Math.floor(lowest); decade <= highest; decade++) {
            for (final double mark : MARKS) {
                final double nanos = mark * Math.pow(10, decade);
                final double place = Math.log10(nanos);
                if (place >= lowest && place <= highest) {
                    add(
                            "<path d=\"M%d %.1fH%d\" stroke=\"%s\"/>",
                            LEFT, y(nanos), WIDTH - RIGHT, mark == 1 ? "#bbb" : "#eee");
                    add(
                            "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
                            LEFT - 8, y(nanos) + 4, latencyName(nanos));
                }
            }
        }
    }

    private static String latencyName(double nanos) {
        if (nanos >= 1e9) {
            return number(nanos / 1e9) + " s";
        } else if (nanos >= 1e6) {
            return number(nanos / 1e6) + " ms";
        }
        return nanos >= 1e3 ? number(nanos / 1e3) + " µs" : number(nanos) + " ns";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.0f", value);
    }

    private void drawLine(int index) {
        final Series one = series.get(index);
        final Histogram latencies = one.latenciesNanos();
        final double end = Math.min(nines, Math.log10(Math.max(10.0, (double) latencies.getTotalCount())));
        add("<g class=\"series\" id=\"series-%d\">", index);
        svg.append("<path fill=\"none\" stroke-width=\"2\" stroke=\"")
                .append(colour(index))
                .append("\" stroke-dasharray=\"")
                .append(index < COLOURS.size() ? "none" : "6 3")
                .append("\" d=\"");
        char command = 'M';
        for (double x = LEFT; x < x(end) + STEP; x += STEP) {
            final double nine = Math.min(end, (x - LEFT) / (x(1) - LEFT));
            final double percentile = 100 * (1 - Math.pow(10, -nine));
            svg.append(String.format(Locale.ROOT, "%c%.1f %.1f", command, x(nine), y(Math.max(1.0, (double)
                    latencies.getValueAtPercentile(percentile)))));
            command = 'L';
        }
        svg.append("\"><title>").append(escaped(one.name())).append("</title></path>\n");
        final int y = TOP + 16 + index * LEGEND_LINE;
        add(
                "<path d=\"M%d %dh28\" stroke-width=\"3\" stroke=\"%s\"/><text x=\"%d\" y=\"%d\">%s</text></g>",
                LEFT + 16, y - 4, colour(index), LEFT + 52, y, escaped(one.name()));
    }

    private double x(double nine) {
        return LEFT + nine * (WIDTH - LEFT - RIGHT) / nines;
    }

    private double y(double nanos) {
        return HEIGHT - BOTTOM - (Math.log10(nanos) - lowest) / (highest - lowest) * (HEIGHT - BOTTOM - TOP);
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
