package io.zandloper.server.http;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** Puts the lines of a body together. Belongs to one thread. */
final class LineBuffer {
    private static final int CAPACITY_MIN = 1024;

    private byte[] bytes = new byte[CAPACITY_MIN];
    private int length;
    private boolean tooLong;
    /** Whether bytes, be they of an empty line, have come since the last line was cleared. */
    private boolean started;

    /**
     * Takes bytes up to and including the next line feed, which is not kept; a carriage return before it is.
     *
     * @return whether the line is complete
     */
    boolean append(ByteBuf source) {
        final int feed = source.indexOf(source.readerIndex(), source.writerIndex(), (byte) '\n');
        final int added = (feed < 0 ? source.writerIndex() : feed) - source.readerIndex();
        started = true;
        // One more for a carriage return.
        tooLong = length + added > HttpLimits.LINE_BYTES_MAX + 1;
        if (tooLong) {
            return false;
        }
        if (length + added > bytes.length) {
            bytes = Arrays.copyOf(
                    bytes, Math.max(length + added, Math.min(2 * bytes.length, HttpLimits.LINE_BYTES_MAX)));
        }
        source.readBytes(bytes, length, added);
        length += added;
        if (feed >= 0) {
            source.skipBytes(1);
        }
        final boolean complete = feed >= 0;
        if (complete && length > 0 && bytes[length - 1] == '\r') {
            length--;
        }
        tooLong = complete && length > HttpLimits.LINE_BYTES_MAX;
        return complete;
    }

    /** The body ends here, and with it the line. */
    void end() {
        tooLong = length > HttpLimits.LINE_BYTES_MAX;
    }

    boolean isTooLong() {
        return tooLong;
    }

    boolean isEmpty() {
        return !started;
    }

    /** Nothing but white space. */
    boolean isBlank() {
        for (int i = 0; i < length; i++) {
            if (bytes[i] != ' ' && bytes[i] != '\t' && bytes[i] != '\r') {
                return false;
            }
        }
        return true;
    }

    /** The line is the first {@link #length()} of them; valid until cleared. */
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    void clear() {
        length = 0;
        tooLong = false;
        started = false;
    }
}
