package io.zandloper.server.files;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Lines of JSON, handed on as they are: whether they hold what they should is the server's to say. Blank lines are
 * skipped, a byte order mark before the first one too; a line that is too long is refused without being kept.
 */
final class JsonLines implements FileLines.LineFormat {
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    private static final int BUFFER_BYTES = 64 * 1024;

    private final InputStream source;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int position;
    private int limit;
    private long number;

    JsonLines(InputStream source) {
        this.source = source;
    }

    @Override
    public @Nullable FileLine next() throws IOException {
        while (fill()) {
            number++;
            final ByteArrayOutputStream line = new ByteArrayOutputStream(1024);
            if (!readLine(line)) {
                return FileLine.refused(number, "the line is longer than 1 MiB");
            }
            final byte[] json = trim(line.toByteArray());
            if (json.length > 0) {
                return FileLine.of(number, json);
            }
        }
        return null;
    }

    /** Reads up to the line's end and past it; false where the line is too long. */
    private boolean readLine(ByteArrayOutputStream line) throws IOException {
        while (fill()) {
            int end = position;
            while (end < limit && buffer[end] != '\n') {
                end++;
            }
            if (line.size() <= FileLines.LINE_LENGTH_BYTES_MAX) {
                line.write(buffer, position, end - position);
            }
            final boolean isComplete = end < limit;
            position = isComplete ? end + 1 : end;
            if (isComplete) {
                break;
            }
        }
        return line.size() <= FileLines.LINE_LENGTH_BYTES_MAX;
    }

    private boolean fill() throws IOException {
        if (position < limit) {
            return true;
        }
        position = 0;
        limit = Math.max(0, source.read(buffer, 0, buffer.length));
        return limit > 0;
    }

    private byte[] trim(byte[] line) {
        int start = number == 1 && startsWithByteOrderMark(line) ? BYTE_ORDER_MARK.length : 0;
        int end = line.length;
        while (start < end && isBlank(line[start])) {
            start++;
        }
        while (end > start && isBlank(line[end - 1])) {
            end--;
        }
        return start == 0 && end == line.length ? line : Arrays.copyOfRange(line, start, end);
    }

    private static boolean isBlank(byte character) {
        return character == ' ' || character == '\t' || character == '\r';
    }

    private static boolean startsWithByteOrderMark(byte[] line) {
        return line.length >= BYTE_ORDER_MARK.length
                && line[0] == BYTE_ORDER_MARK[0]
                && line[1] == BYTE_ORDER_MARK[1]
                && line[2] == BYTE_ORDER_MARK[2];
    }
}
