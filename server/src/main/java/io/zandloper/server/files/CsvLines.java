package io.zandloper.server.files;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Rows of CSV as profiles. The header names the attributes. A cell that reads as a number or a boolean in JSON is one,
 * as long as it fits (integers 64 bits, others a double); a blank cell is an absent attribute; anything else is a string
 * as it stands.
 */
final class CsvLines implements FileLines.LineFormat {
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?");
    private static final Pattern INTEGER = Pattern.compile("-?[0-9]+");
    /** More digits than a number of 64 bits has, and no more than a double can use. */
    private static final int NUMBER_LENGTH_MAX = 64;

    private final JsonFactory json = new JsonFactory();
    private final CsvRows rows;
    private final IdTemplate id;
    private final List<String> header;
    private long rowNumber;

    /** @throws FileException where the header does not serve */
    CsvLines(InputStream source, IdTemplate id, char delimiter) throws IOException {
        this.rows = new CsvRows(source, delimiter);
        this.id = id;
        this.header = readHeader(rows);
        for (String column : id.columns()) {
            if (!header.contains(column)) {
                throw new FileException("there is no column '" + column + "' for --id; the header has "
                        + String.join(", ", header) + (header.size() == 1 ? " (is --delimiter right?)" : ""));
            }
        }
    }

    private static List<String> readHeader(CsvRows rows) throws IOException {
        final CsvRows.Row row = rows.next();
        if (row == null) {
            throw new FileException("the file is empty; the first row must name the columns");
        }
        if (row.problem() != null) {
            throw new FileException("the header is broken: " + row.problem());
        }
        final Set<String> names = new HashSet<>();
        for (String name : row.cells()) {
            if (name.isBlank()) {
                throw new FileException("a column of the header has no name; name all of them");
            }
            if (!names.add(name)) {
                throw new FileException("the column '" + name + "' stands twice in the header; rename one");
            }
        }
        return List.copyOf(row.cells());
    }

    @Override
    public @Nullable FileLine next() throws IOException {
        final CsvRows.Row row = rows.next();
        if (row == null) {
            return null;
        }
        rowNumber++;
        if (row.problem() != null) {
            return FileLine.refused(row.line(), row.problem());
        }
        final List<String> cells = row.cells();
        if (cells.size() != header.size()) {
            return FileLine.refused(
                    row.line(), "the row has " + columns(cells.size()) + ", the header has " + header.size());
        }
        final String identity = id.apply(rowNumber, column -> cells.get(header.indexOf(column)));
        if (identity == null) {
            return FileLine.refused(row.line(), "the column of the id is blank");
        }
        return FileLine.of(row.line(), profile(identity, cells));
    }

    private byte[] profile(String identity, List<String> cells) throws IOException {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (JsonGenerator generator = json.createGenerator(bytes)) {
            generator.writeStartObject();
            generator.writeStringField("id", identity);
            generator.writeObjectFieldStart("attributes");
            for (int column = 0; column < cells.size(); column++) {
                final String cell = cells.get(column);
                if (!cell.isBlank()) {
                    generator.writeFieldName(header.get(column));
                    writeValue(generator, cell);
                }
            }
            generator.writeEndObject();
            generator.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private static void writeValue(JsonGenerator generator, String cell) throws IOException {
        if (isNumber(cell) || cell.equals("true") || cell.equals("false")) {
            generator.writeRawValue(cell);
        } else {
            generator.writeString(cell);
        }
    }

    private static boolean isNumber(String cell) {
        if (cell.length() > NUMBER_LENGTH_MAX || !NUMBER.matcher(cell).matches()) {
            return false;
        }
        if (!INTEGER.matcher(cell).matches()) {
            return Double.isFinite(Double.parseDouble(cell));
        }
        try {
            Long.parseLong(cell);
            return true;
        } catch (NumberFormatException longerThan64Bits) {
            return false;
        }
    }

    private static String columns(int count) {
        return count == 1 ? "1 column" : count + " columns";
    }
}
