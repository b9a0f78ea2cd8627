package io.zandloper.loadtest.plot;

import java.util.List;
import java.util.Locale;

/** A page with the picture and the numbers under it. It loads nothing: no script, style or font from anywhere. */
final class PlotPage {
    private static final double[] PERCENTILES = {50, 90, 99, 99.9, 99.99};

    private static final String BEFORE_TITLE = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
            <title>""";

    private static final String BEHIND_TITLE = """
            </title>
            <style>
            body { font-family: sans-serif; max-width: 1000px; margin: 1em auto; color: #222; }
            svg { width: 100%; height: auto; }
            table { border-collapse: collapse; }
            td, th { padding: .25em .75em; text-align: right; border-bottom: 1px solid #ddd; }
            td:first-child, th:first-child { text-align: left; }
            .hidden { display: none; }
            </style>
            </head>
            <body>
            """;

    private static final String TAIL = """
            </table>
            <p>Latencies in microseconds. The horizontal axis gives each nine of a percentile as much room as the one before.</p>
            <script>
            document.querySelectorAll("input").forEach(box => box.addEventListener("change", () =>
              document.getElementById(box.value).classList.toggle("hidden", !box.checked)));
            </script>
            </body>
            </html>
            """;

    private PlotPage() {}

    static String html(String title, List<Series> series) {
        final StringBuilder html = new StringBuilder();
        html.append(BEFORE_TITLE).append(PercentilePlot.escaped(title)).append(BEHIND_TITLE);
        html.append(PercentilePlot.svg(title, series));
        html.append("<table>\n<tr><th>run</th><th>answers</th>");
        for (final double percentile : PERCENTILES) {
            html.append("<th>p").append(nameOf(percentile)).append("</th>");
        }
        html.append("<th>max</th></tr>\n");
        for (int i = 0; i < series.size(); i++) {
            row(series.get(i), i, html);
        }
        return html.append(TAIL).toString();
    }

    private static void row(Series series, int index, StringBuilder html) {
        html.append(String.format(
                Locale.ROOT,
                "<tr><td><label style=\"color: %s\"><input type=\"checkbox\" checked value=\"series-%d\"> %s</label></td>"
                        + "<td>%,d</td>",
                PercentilePlot.colour(index),
                index,
                PercentilePlot.escaped(series.name()),
                series.latenciesNanos().getTotalCount()));
        for (final double percentile : PERCENTILES) {
            html.append(cell(series.latenciesNanos().getValueAtPercentile(percentile)));
        }
        html.append(cell(series.latenciesNanos().getMaxValue())).append("</tr>\n");
    }

    private static String cell(long nanos) {
        return String.format(Locale.ROOT, "<td>%,.1f</td>", nanos / 1e3);
    }

    private static String nameOf(double percentile) {
        return percentile == Math.rint(percentile) ? Integer.toString((int) percentile) : Double.toString(percentile);
    }
}
