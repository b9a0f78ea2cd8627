package io.zandloper.server.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.verify.BodyVerifier;
import io.zandloper.protocol.verify.TableShape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;

/**
 * The frame being handled. A flyweight: the bytes stay where they were read, and one instance serves all frames of an
 * event loop. Valid until the bytes are released or another frame is wrapped.
 */
final class RequestFrame {
    private ByteBuf bytes = Unpooled.EMPTY_BUFFER;
    private ByteBuffer body = ByteBuffer.allocate(0);
    private final BodyVerifier verifier = new BodyVerifier();
    private int start;
    private int lengthBytes;
    private long arrivalNanos;

    /**
     * @param newLengthBytes at least a header, and all there
     * @param newArrivalNanos when its last byte came
     */
    void wrap(ByteBuf newBytes, int newStart, int newLengthBytes, long newArrivalNanos) {
        arrivalNanos = newArrivalNanos;
        bytes = newBytes;
        start = newStart;
        lengthBytes = newLengthBytes;
        body = newBytes.internalNioBuffer(
                        newStart + FrameDescriptor.BODY_OFFSET, newLengthBytes - FrameDescriptor.HEADER_LENGTH_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    int lengthBytes() {
        return lengthBytes;
    }

    int typeNumber() {
        return bytes.getUnsignedShortLE(start + FrameDescriptor.TYPE_OFFSET);
    }

    int version() {
        return bytes.getUnsignedByte(start + FrameDescriptor.VERSION_OFFSET);
    }

    int flags() {
        return bytes.getUnsignedByte(start + FrameDescriptor.FLAGS_OFFSET);
    }

    long correlationId() {
        return bytes.getLongLE(start + FrameDescriptor.CORRELATION_ID_OFFSET);
    }

    long minSequence() {
        return bytes.getLongLE(start + FrameDescriptor.SEQUENCE_OFFSET);
    }

    /** From the arrival; 0 for none. */
    long deadlineMicros() {
        return bytes.getUnsignedIntLE(start + FrameDescriptor.DEADLINE_OFFSET);
    }

    /** Whether its deadline has passed. */
    boolean isLate(long nowNanos) {
        final long deadlineMicros = deadlineMicros();
        return deadlineMicros != 0 && nowNanos - arrivalNanos > TimeUnit.MICROSECONDS.toNanos(deadlineMicros);
    }

    /** Between position and limit, little-endian; a view. */
    ByteBuffer body() {
        return body;
    }

    /**
     * The body, once it is certain that it can be read as a {@code shape}.
     *
     * @throws RequestException where it cannot
     */
    ByteBuffer verified(TableShape shape) {
        if (!verifier.isValid(body, body.position(), body.remaining(), shape)) {
            throw new RequestException(Status.BODY_INVALID);
        }
        return body;
    }

    /** A copy of the frame's bytes, which outlives this frame and has to be released. */
    ByteBuf copy() {
        return bytes.copy(start, lengthBytes);
    }
}
