package io.zandloper.loadtest.plot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import picocli.CommandLine;

final class PlotCommandTest {
    private final StringWriter printed = new StringWriter();

    @TempDir
    private Path folder;

    @Test
    void aPictureHasALineForEachRunAndItsName() throws Exception {
        write(folder.resolve("quick.hlog"), 10_000, 100_000);
        write(Files.createDirectory(folder.resolve("night")).resolve("latency.hlog"), 20_000, 1_000_000);
        final Path out = folder.resolve("out.svg");
        assertThat(plot(
                        folder.resolve("quick.hlog") + "",
                        folder.resolve("night") + "",
                        "a<b=" + folder.resolve("night"),
                        "--out",
                        out + ""))
                .isZero();
        final Document picture = xml(Files.readString(out));
        assertThat(texts(picture)).contains("quick", "night", "a<b", "99.9", "10 µs", "1 ms");
        assertThat(picture.getElementsByTagName("g").getLength()).isEqualTo(3);
    }

    /** It never goes down: a higher percentile is no lower latency, and y grows downwards. */
    @Test
    void aLineRisesFromTheFastestToTheSlowest() throws Exception {
        final Histogram latencies = histogram(5_000, 2_000_000);
        final Document picture = xml(PercentilePlot.svg("t", List.of(new Series("one", latencies))));
        final NodeList paths = ((Element) picture.getElementsByTagName("g").item(0)).getElementsByTagName("path");
        final String[] points = paths.item(0)
                .getAttributes()
                .getNamedItem("d")
                .getNodeValue()
                .substring(1)
                .split("L", -1);
        double lastX = -1;
        double lastY = Double.MAX_VALUE;
        for (final String point : points) {
            final String[] pair = point.split(" ", -1);
            assertThat(Double.parseDouble(pair[0])).isGreaterThanOrEqualTo(lastX);
            assertThat(Double.parseDouble(pair[1])).isLessThanOrEqualTo(lastY);
            lastX = Double.parseDouble(pair[0]);
            lastY = Double.parseDouble(pair[1]);
        }
        assertThat(points.length).isGreaterThan(100);
    }

    @Test
    void aPageNeedsNothingFromAnywhere() throws IOException {
        write(folder.resolve("quick.hlog"), 10_000, 100_000);
        final Path out = folder.resolve("out.html");
        assertThat(plot(folder.resolve("quick.hlog") + "", "--out", out + "", "--title", "Round <trip>"))
                .isZero();
        final String page = Files.readString(out);
        assertThat(page).contains("Round &lt;trip&gt;", "<svg", "default-src 'none'", "<td>1,000</td>");
        assertThat(page.replace("http://www.w3.org/2000/svg", "")).doesNotContain("http:", "https:", "src=", "@import");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nowhere.hlog", "nowhere"})
    void whatIsNotThereIsNamed(String run) {
        assertThat(plot(folder.resolve(run) + "", "--out", folder.resolve("x.svg") + ""))
                .isEqualTo(1);
        assertThat(printed.toString()).contains(run);
    }

    @Test
    void onlyPagesAndPicturesAreWritten() throws IOException {
        write(folder.resolve("quick.hlog"), 10_000, 100_000);
        assertThat(plot(folder.resolve("quick.hlog") + "", "--out", folder.resolve("x.png") + ""))
                .isEqualTo(2);
    }

    private int plot(String... arguments) {
        final List<String> all = new ArrayList<>(List.of(arguments));
        final PrintWriter writer = new PrintWriter(printed, true);
        return new CommandLine(new PlotCommand())
                .setOut(writer)
                .setErr(writer)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    writer.println(failure.getMessage());
                    return 1;
                })
                .execute(all.toArray(new String[0]));
    }

    private static Document xml(String text) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(text)));
    }

    private static List<String> texts(Document picture) {
        final List<String> texts = new ArrayList<>();
        final NodeList nodes = picture.getElementsByTagName("text");
        for (int i = 0; i < nodes.getLength(); i++) {
            texts.add(nodes.item(i).getTextContent());
        }
        return texts;
    }

    private static void write(Path file, long fastestNanos, long slowestNanos) throws IOException {
        HistogramLogs.write(file, new Series("of a test", histogram(fastestNanos, slowestNanos)), "made by hand");
        assertThat(Files.readString(file, UTF_8)).startsWith("#[of a test;");
    }

    private static Histogram histogram(long fastestNanos, long slowestNanos) {
        final Histogram latencies = new Histogram(1, 600_000_000_000L, 3);
        for (int i = 0; i < 1_000; i++) {
            latencies.recordValue(fastestNanos + (slowestNanos - fastestNanos) * i / 999);
        }
        return latencies;
    }
}
