package io.zandloper.server.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FileLinesTest {
    @TempDir
    private Path folder;

    @Test
    void jsonLinesKeepTheirNumbersAndBlankOnesAreSkipped() throws IOException {
        assertThat(json("\uFEFF{\"a\":1}\r\n\n  \t\n{\"b\":2}\n{\"c\":3}"))
                .containsExactly("1 {\"a\":1}", "4 {\"b\":2}", "5 {\"c\":3}");
        assertThat(json("")).isEmpty();
    }

    @Test
    void aLineThatIsTooLongIsRefusedAndTheNextOneIsRead() throws IOException {
        final String longest = "x".repeat(FileLines.LINE_LENGTH_BYTES_MAX);
        assertThat(json("1\n" + longest + "\n" + longest + "x\n4"))
                .containsExactly("1 1", "2 " + longest, "3 refused: the line is longer than 1 MiB", "4 4");
    }

    @Test
    void cellsAreTypedAsJsonWouldReadThem() throws IOException {
        assertThat(csv("""
                        int,dbl,exp,neg,big,bool,str,zip,blank,empty,inf
                        41,1506.50,1e3,-0,9223372036854775808,true,yes,01234, ,,1e999
                        """))
                .containsExactly("2 {\"id\":\"c:1\",\"attributes\":{\"int\":41,\"dbl\":1506.50,\"exp\":1e3,\"neg\":-0,"
                        + "\"big\":\"9223372036854775808\",\"bool\":true,\"str\":\"yes\",\"zip\":\"01234\","
                        + "\"inf\":\"1e999\"}}");
    }

    @Test
    void quotedCellsHoldDelimitersQuotesAndLineEnds() throws IOException {
        assertThat(csv("a.b,b\r\n\"x,\"\"y\"\"\r\nz\",1\r\n\r\n2,5\" pipe\r\n"))
                .containsExactly(
                        "2 {\"id\":\"c:1\",\"attributes\":{\"a.b\":\"x,\\\"y\\\"\\r\\nz\",\"b\":1}}",
                        "5 {\"id\":\"c:2\",\"attributes\":{\"a.b\":2,\"b\":\"5\\\" pipe\"}}");
    }

    @Test
    void aBadRowIsRefusedWithItsLineAndKeepsItsNumber() throws IOException {
        assertThat(csv("a,b\n1\n1,2,3\n\"x\"y,1\n7,8\n\"open,1\n9,9\n"))
                .containsExactly(
                        "2 refused: the row has 1 column, the header has 2",
                        "3 refused: the row has 3 columns, the header has 2",
                        "4 refused: there is text after a closing quote",
                        "5 {\"id\":\"c:4\",\"attributes\":{\"a\":7,\"b\":8}}",
                        "6 refused: the quote that begins in line 6 is never closed");
    }

    @Test
    void aCellThatIsNotUtf8RefusesItsRow() throws IOException {
        final byte[] bytes = "a\nxx\nok\n".getBytes(StandardCharsets.UTF_8);
        bytes[2] = (byte) 0xC3;
        Files.write(folder.resolve("f.csv"), bytes);
        assertThat(lines(FileLines.openCsv(folder.resolve("f.csv"), IdTemplate.parse("c:{row}"), ',')))
                .containsExactly(
                        "2 refused: column 1 is not UTF-8", "3 {\"id\":\"c:2\",\"attributes\":{\"a\":\"ok\"}}");
    }

    @Test
    void theIdMayComeFromColumns() throws IOException {
        final Path file = write("f.csv", "customerID;n\n7590-VHVEG;1\n ;2\n");
        assertThat(lines(FileLines.openCsv(file, IdTemplate.parse("customer:{customerID}.{row}"), ';')))
                .containsExactly(
                        "2 {\"id\":\"customer:7590-VHVEG.1\",\"attributes\":{\"customerID\":\"7590-VHVEG\",\"n\":1}}",
                        "3 refused: the column of the id is blank");
    }

    @ParameterizedTest
    @ValueSource(strings = {"customer", "customer:42", "{row}", "c:{row", "c:row}{row}", ""})
    void aTemplateWithoutNamespaceOrPlaceholderIsRefused(String template) {
        assertThatThrownBy(() -> IdTemplate.parse(template)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a,a         | the column 'a' stands twice in the header; rename one",
                "a,,b        | a column of the header has no name; name all of them",
                "a;b         | there is no column 'k' for --id; the header has a;b (is --delimiter right?)",
            })
    void aHeaderThatDoesNotServeIsNamed(String header, String message) throws IOException {
        final Path file = write("f.csv", header + "\n1,2\n");
        assertThatThrownBy(() -> FileLines.openCsv(file, IdTemplate.parse("c:{k}"), ','))
                .isInstanceOf(FileException.class)
                .hasMessage(file + ": " + message);
    }

    @Test
    void compressedFilesAreReadAsTheirContent() throws IOException {
        final ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write("{}\n".repeat(100_000).getBytes(StandardCharsets.UTF_8));
        }
        final Path file = Files.write(folder.resolve("F.JSONL.GZ"), compressed.toByteArray());
        assertThat(FileLines.isJson(file)).isTrue();
        assertThat(FileLines.isCsv(file)).isFalse();
        try (FileLines lines = FileLines.openJson(file)) {
            int count = 0;
            while (lines.next() != null) {
                count++;
            }
            assertThat(count).isEqualTo(100_000);
            assertThat(lines.positionBytes()).isEqualTo(compressed.size());
        }
        Files.write(file, java.util.Arrays.copyOf(compressed.toByteArray(), compressed.size() / 2));
        assertThatThrownBy(() -> lines(FileLines.openJson(file)))
                .isInstanceOf(FileException.class)
                .hasMessageContaining("cannot read " + file);
    }

    @Test
    void aFileWithoutAHeaderIsNamed() throws IOException {
        final Path file = write("f.csv", "\n\r\n");
        assertThatThrownBy(() -> FileLines.openCsv(file, IdTemplate.parse("c:{row}"), ','))
                .hasMessage(file + ": the file is empty; the first row must name the columns");
    }

    @Test
    void whatCannotBeOpenedIsNamed() {
        assertThatThrownBy(() -> FileLines.openJson(folder.resolve("none.jsonl")))
                .hasMessage("there is no file " + folder.resolve("none.jsonl") + "; check the path");
        assertThatThrownBy(() -> FileLines.openJson(folder)).hasMessage(folder + " is a folder; name a file");
    }

    /** The same rows come out wherever the stream happens to be cut. */
    @Test
    void csvRowsSurviveAnySplitOfTheStream() throws IOException {
        final byte[] bytes = "a,b\r\n\"x\r\n\"\"y\",é\r\n1,\r2\r\nlast,\"\"\r".getBytes(StandardCharsets.UTF_8);
        final List<CsvRows.Row> whole = rows(new ByteArrayInputStream(bytes));
        assertThat(whole)
                .extracting(CsvRows.Row::cells)
                .containsExactly(List.of("a", "b"), List.of("x\r\n\"y", "é"), List.of("1", "\r2"), List.of("last", ""));
        for (int step = 1; step <= bytes.length; step++) {
            final int most = step;
            final InputStream slow = new ByteArrayInputStream(bytes) {
                @Override
                public synchronized int read(byte[] target, int offset, int length) {
                    return super.read(target, offset, Math.min(length, most));
                }
            };
            assertThat(rows(slow)).as("at most %d bytes a read", step).isEqualTo(whole);
        }
    }

    private static List<CsvRows.Row> rows(InputStream source) throws IOException {
        final CsvRows csv = new CsvRows(source, ',');
        final List<CsvRows.Row> rows = new ArrayList<>();
        for (CsvRows.Row row = csv.next(); row != null; row = csv.next()) {
            rows.add(row);
        }
        return rows;
    }

    private List<String> json(String content) throws IOException {
        return lines(FileLines.openJson(write("f.jsonl", content)));
    }

    private List<String> csv(String content) throws IOException {
        return lines(FileLines.openCsv(write("f.csv", content), IdTemplate.parse("c:{row}"), ','));
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content, StandardCharsets.UTF_8);
    }

    private static List<String> lines(FileLines lines) {
        try (lines) {
            final List<String> read = new ArrayList<>();
            for (FileLine line = lines.next(); line != null; line = lines.next()) {
                read.add(line.number() + " "
                        + (line.json() == null
                                ? "refused: " + line.refusal()
                                : new String(line.json(), StandardCharsets.UTF_8)));
            }
            return read;
        }
    }
}
