package io.zandloper.server.cli;

import io.zandloper.server.files.FileLine;
import java.io.ByteArrayOutputStream;

/** Lines that go to the server in one request, and where each of them stands in its file. */
final class ImportPiece {
    /** Few enough that progress moves and a failure repeats little, many enough that the round trip does not count. */
    private static final int LINES_MAX = 4_000;

    private static final int LENGTH_BYTES_MAX = 4 * 1024 * 1024;

    private final ByteArrayOutputStream body = new ByteArrayOutputStream(64 * 1024);
    private final long[] fileLines = new long[LINES_MAX];
    private int lineCount;

    boolean hasRoomFor(FileLine line) {
        final byte[] json = line.json();
        return json == null
                || lineCount == 0
                || (lineCount < LINES_MAX && body.size() + json.length + 1 <= LENGTH_BYTES_MAX);
    }

    /** Adds a line; false where it was refused when it was read and is not sent. */
    boolean add(FileLine line) {
        final byte[] json = line.json();
        if (json == null) {
            return false;
        }
        body.write(json, 0, json.length);
        body.write('\n');
        fileLines[lineCount++] = line.number();
        return true;
    }

    boolean isEmpty() {
        return lineCount == 0;
    }

    byte[] body() {
        return body.toByteArray();
    }

    long firstLine() {
        return fileLines[0];
    }

    long lastLine() {
        return fileLines[lineCount - 1];
    }

    /** The line of the file that was the given line of the request, counted from 1. */
    long fileLine(int requestLine) {
        return fileLines[Math.max(1, Math.min(requestLine, lineCount)) - 1];
    }
}
