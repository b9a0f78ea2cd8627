package io.zandloper.protocol.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.MessageType;
import java.nio.ByteBuffer;
import java.util.function.Function;

/** Frames in Netty's buffers. */
final class ClientFrames {
    /** Kept, because its buffer grows to the largest request of its thread. */
    private static final ThreadLocal<RequestEncoder> ENCODER = ThreadLocal.withInitial(RequestEncoder::new);

    private ClientFrames() {}

    /**
     * A request, complete but for correlation id and deadline.
     *
     * @throws IllegalArgumentException where it is longer than {@code frameBytesMax}
     */
    static ByteBuf encode(
            ByteBufAllocator allocator,
            MessageType type,
            long minSequence,
            long frameBytesMax,
            Function<RequestEncoder, ByteBuffer> body) {
        final ByteBuffer encoded = body.apply(ENCODER.get());
        final int lengthBytes = FrameDescriptor.HEADER_LENGTH_BYTES + encoded.remaining();
        if (lengthBytes > frameBytesMax) {
            throw new IllegalArgumentException("a request longer than a frame may be, lengthBytes=" + lengthBytes);
        }
        final ByteBuf frame = allocator.directBuffer(lengthBytes);
        FrameDescriptor.putRequestHeader(
                frame.internalNioBuffer(0, FrameDescriptor.HEADER_LENGTH_BYTES).slice(),
                0,
                encoded.remaining(),
                type,
                0,
                minSequence,
                0);
        frame.writerIndex(FrameDescriptor.BODY_OFFSET);
        frame.writeBytes(encoded.duplicate());
        return frame;
    }

    /** What a frame says; its body is a view of the frame and valid as long as that is. */
    static ResponseDecoder.Response response(ByteBuf frame) {
        final int start = frame.readerIndex();
        final ByteBuffer body = frame.nioBuffer(
                start + FrameDescriptor.BODY_OFFSET, frame.readableBytes() - FrameDescriptor.HEADER_LENGTH_BYTES);
        return new ResponseDecoder.Response(
                frame.getUnsignedShortLE(start + FrameDescriptor.STATUS_OFFSET),
                frame.getLongLE(start + FrameDescriptor.SEQUENCE_OFFSET),
                body);
    }
}
