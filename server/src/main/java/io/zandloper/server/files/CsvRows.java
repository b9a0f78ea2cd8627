package io.zandloper.server.files;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a CSV file after RFC 4180, in UTF-8: cells may stand in quotes and then hold delimiters, line ends and
 * doubled quotes; lines end in LF or CRLF. Blank lines are no rows. A row that is broken is given out as such, and
 * reading goes on at the next line: that is why this is no library's parser, which stops or loses its place there.
 */
final class CsvRows {
    private static final int END = -1;
    private static final int QUOTE = '"';
    private static final int BYTE_ORDER_MARK = '\uFEFF';

    private final InputStream source;
    private final char delimiter;
    private final ByteArrayOutputStream cell = new ByteArrayOutputStream();
    private final byte[] buffer = new byte[64 * 1024];
    private int position;
    private int limit;
    private long line = 1;

    /**
     * A row.
     *
     * @param line the one it begins in, from 1
     * @param problem why it is broken, and cells do not count; null where it is not
     */
    record Row(long line, List<String> cells, @Nullable String problem) {}

    CsvRows(InputStream source, char delimiter) {
        this.source = source;
        this.delimiter = delimiter;
    }

    /** The next row, or null after the last one. */
    @Nullable
    Row next() throws IOException {
        while (peek() != END) {
            final Row row = readRow();
            if (row.cells().size() != 1 || !row.cells().get(0).isEmpty() || row.problem() != null) {
                return row;
            }
        }
        return null;
    }

    private Row readRow() throws IOException {
        final long firstLine = line;
        final List<String> cells = new ArrayList<>();
        long lengthBytes = 0;
        while (true) {
            cell.reset();
            final String problem = peek() == QUOTE ? readQuoted() : readPlain();
            if (problem != null) {
                skipLine();
                return new Row(firstLine, List.of(), problem);
            }
            lengthBytes += cell.size();
            if (lengthBytes > FileLines.LINE_LENGTH_BYTES_MAX) {
                skipLine();
                return new Row(firstLine, List.of(), "the row is longer than 1 MiB");
            }
            final String text = text();
            if (text == null) {
                skipLine();
                return new Row(firstLine, List.of(), "column " + (cells.size() + 1) + " is not UTF-8");
            }
            cells.add(firstLine == 1 && cells.isEmpty() ? withoutByteOrderMark(text) : text);
            if (peek() != delimiter) {
                skipLine();
                return new Row(firstLine, cells, null);
            }
            take();
        }
    }

    /** Up to the delimiter or the line's end; a quote within is nothing special. */
    private @Nullable String readPlain() throws IOException {
        while (!isEndOfCell(peek())) {
            if (cell.size() > FileLines.LINE_LENGTH_BYTES_MAX) {
                return "the row is longer than 1 MiB";
            }
            cell.write(take());
        }
        return null;
    }

    private @Nullable String readQuoted() throws IOException {
        final long firstLine = line;
        take();
        while (true) {
            final int next = peek();
            if (next == END || cell.size() > FileLines.LINE_LENGTH_BYTES_MAX) {
                return "the quote that begins in line " + firstLine + " is never closed";
            }
            take();
            if (next != QUOTE) {
                cell.write(next);
            } else if (peek() == QUOTE) {
                cell.write(take());
            } else if (isEndOfCell(peek())) {
                return null;
            } else {
                return "there is text after a closing quote";
            }
        }
    }

    private @Nullable String text() {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(cell.toByteArray()))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            return null;
        }
    }

    private static String withoutByteOrderMark(String text) {
        return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
    }

    /** A CR ends a cell where the line ends after it; a lone one is text. */
    private boolean isEndOfCell(int next) throws IOException {
        return next == END || next == '\n' || next == delimiter || (next == '\r' && isBeforeLineFeed());
    }

    private boolean isBeforeLineFeed() throws IOException {
        if (position + 1 == limit) {
            // Keep the CR and read on behind it.
            buffer[0] = buffer[position];
            position = 0;
            limit = 1 + Math.max(0, source.read(buffer, 1, buffer.length - 1));
        }
        return position + 1 >= limit || buffer[position + 1] == '\n';
    }

    /** To the beginning of the next line. */
    private void skipLine() throws IOException {
        while (peek() != END) {
            if (take() == '\n') {
                return;
            }
        }
    }

    private int peek() throws IOException {
        if (position == limit) {
            position = 0;
            limit = Math.max(0, source.read(buffer, 0, buffer.length));
        }
        return position == limit ? END : buffer[position] & 0xFF;
    }

    private int take() {
        final int taken = buffer[position++] & 0xFF;
        if (taken == '\n') {
            line++;
        }
        return taken;
    }
}
