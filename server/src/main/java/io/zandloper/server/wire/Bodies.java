package io.zandloper.server.wire;

import com.google.flatbuffers.FlatBufferBuilder;

/** What flatc's builders lack: parts of bodies from bytes and numbers that are there, without an object. */
final class Bodies {
    private Bodies() {}

    /** A string whose bytes are there; as all strings it ends in a zero that does not count. */
    static int text(FlatBufferBuilder builder, byte[] utf8, int offset, int lengthBytes) {
        builder.addByte((byte) 0);
        return builder.createByteVector(utf8, offset, lengthBytes);
    }

    /** A buffer inside the body, whose bytes are there and begin at a multiple of {@code alignment}. */
    static int nested(FlatBufferBuilder builder, byte[] bytes, int offset, int lengthBytes, int alignment) {
        builder.prep(alignment, lengthBytes);
        return builder.createByteVector(bytes, offset, lengthBytes);
    }

    /** A vector of what has been written. */
    static int references(FlatBufferBuilder builder, int[] references, int count) {
        builder.startVector(Integer.BYTES, count, Integer.BYTES);
        for (int i = count - 1; i >= 0; i--) {
            builder.addOffset(references[i]);
        }
        return builder.endVector();
    }

    /** Whether an answer has room for so much more; asked before it is written, so that nothing of it is there if not. */
    static boolean hasRoom(FlatBufferBuilder builder, long mostBytes) {
        return builder.offset() + mostBytes <= WireLimits.TABLES_BYTES_MAX;
    }
}
