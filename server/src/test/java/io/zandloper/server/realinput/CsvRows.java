package io.zandloper.server.realinput;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Rows of the two real files, read by the plainest means: no cell of theirs holds a delimiter, a quote or a break. */
final class CsvRows {
    private static final Pattern INTEGER = Pattern.compile("-?[0-9]+");
    private static final Pattern DECIMAL = Pattern.compile("-?[0-9]+\\.[0-9]+");

    private CsvRows() {}

    static List<Map<String, Object>> read(Path file, String delimiter) throws IOException {
        final List<String> lines = Files.readAllLines(file, UTF_8);
        final String[] columns = lines.get(0).split(delimiter, -1);
        final List<Map<String, Object>> rows = new ArrayList<>(lines.size());
        for (String line : lines.subList(1, lines.size())) {
            final String[] cells = line.split(delimiter, -1);
            assertThat(cells).as(line).hasSameSizeAs(columns);
            final Map<String, Object> row = new LinkedHashMap<>();
            for (int i = 0; i < cells.length; i++) {
                final Object value = value(cells[i]);
                if (value != null) {
                    row.put(unquoted(columns[i]), value);
                }
            }
            rows.add(row);
        }
        return rows;
    }

    /** Null for a blank cell. */
    private static Object value(String cell) {
        if (cell.isBlank()) {
            return null;
        }
        if (INTEGER.matcher(cell).matches()) {
            return Long.valueOf(cell);
        }
        return DECIMAL.matcher(cell).matches() ? (Object) Double.valueOf(cell) : unquoted(cell);
    }

    private static String unquoted(String cell) {
        return cell.startsWith("\"") ? cell.substring(1, cell.length() - 1) : cell;
    }
}
