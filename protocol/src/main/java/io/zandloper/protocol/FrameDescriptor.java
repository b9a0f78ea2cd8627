package io.zandloper.protocol;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The frame, the unit of what goes over a connection in either direction: a header of fixed size and a body. All
 * numbers are little-endian.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------------------------------------------------------+
 *  |                         frame length                          |   0
 *  +-------------------------------+---------------+---------------+
 *  |             type              |    version    |     flags     |   4
 *  +-------------------------------+---------------+---------------+
 *  |                                                               |   8
 *  |                        correlation id                         |
 *  +---------------------------------------------------------------+
 *  |                                                               |  16
 *  |       request: minimum sequence / response: sequence          |
 *  +-------------------------------+-------------------------------+
 *  |            status             |           reserved            |  24
 *  +-------------------------------+-------------------------------+
 *  |                      deadline, microseconds                   |  28
 *  +---------------------------------------------------------------+
 *  |                             body                             ...  32
 * </pre>
 *
 * The length counts the whole frame, itself and the header included. The body is one FlatBuffer (or empty); it starts
 * at a multiple of 8 within the frame, so that a frame read into aligned memory needs no copy in languages that want
 * alignment. Every field means what FORMAT.md says.
 */
public final class FrameDescriptor {
    /** What this build speaks. */
    public static final int VERSION = 1;

    public static final int HEADER_LENGTH_BYTES = 32;

    /** {@code uint32}: header and body together. */
    public static final int LENGTH_OFFSET = 0;
    /** {@code uint16}: see {@link MessageType}. */
    public static final int TYPE_OFFSET = 4;
    /** {@code uint8}: {@link #VERSION}. */
    public static final int VERSION_OFFSET = 6;
    /** {@code uint8}: {@link #RESPONSE_FLAG} or 0. */
    public static final int FLAGS_OFFSET = 7;
    /** 64 bits that belong to the client; a response carries its request's. */
    public static final int CORRELATION_ID_OFFSET = 8;
    /** {@code int64}: the minimum sequence of a request, the sequence a response was read at. */
    public static final int SEQUENCE_OFFSET = 16;
    /** {@code uint16}: 0 in a request, see {@link Status} in a response. */
    public static final int STATUS_OFFSET = 24;
    /** {@code uint16}: 0. */
    public static final int RESERVED_OFFSET = 26;
    /** {@code uint32}: how long after its arrival a request is worth answering; 0 for no deadline, 0 in a response. */
    public static final int DEADLINE_OFFSET = 28;

    public static final int BODY_OFFSET = HEADER_LENGTH_BYTES;

    /** Set in every response, in no request. */
    public static final int RESPONSE_FLAG = 0x01;

    private FrameDescriptor() {}

    /**
     * Writes a request's header at {@code offset}; the buffer's order becomes little-endian, its position stays.
     *
     * @param deadlineMicros relative to the arrival, 0 for none
     */
    public static void putRequestHeader(
            ByteBuffer buffer,
            int offset,
            int bodyLengthBytes,
            MessageType type,
            long correlationId,
            long minSequence,
            long deadlineMicros) {
        putHeader(buffer, offset, bodyLengthBytes, type.number(), 0, correlationId, minSequence, 0, deadlineMicros);
    }

    /** Writes a response's header at {@code offset}; the buffer's order becomes little-endian, its position stays. */
    public static void putResponseHeader(
            ByteBuffer buffer,
            int offset,
            int bodyLengthBytes,
            int typeNumber,
            long correlationId,
            long sequence,
            Status status) {
        putHeader(
                buffer,
                offset,
                bodyLengthBytes,
                typeNumber,
                RESPONSE_FLAG,
                correlationId,
                sequence,
                status.number(),
                0);
    }

    private static void putHeader(
            ByteBuffer buffer,
            int offset,
            int bodyLengthBytes,
            int typeNumber,
            int flags,
            long correlationId,
            long sequence,
            int statusNumber,
            long deadlineMicros) {
        buffer.order(ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(offset + LENGTH_OFFSET, HEADER_LENGTH_BYTES + bodyLengthBytes);
        buffer.putShort(offset + TYPE_OFFSET, (short) typeNumber);
        buffer.put(offset + VERSION_OFFSET, (byte) VERSION);
        buffer.put(offset + FLAGS_OFFSET, (byte) flags);
        buffer.putLong(offset + CORRELATION_ID_OFFSET, correlationId);
        buffer.putLong(offset + SEQUENCE_OFFSET, sequence);
        buffer.putShort(offset + STATUS_OFFSET, (short) statusNumber);
        buffer.putShort(offset + RESERVED_OFFSET, (short) 0);
        buffer.putInt(offset + DEADLINE_OFFSET, (int) deadlineMicros);
    }
}
