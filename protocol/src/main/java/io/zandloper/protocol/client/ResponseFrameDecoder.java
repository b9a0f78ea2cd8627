package io.zandloper.protocol.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.ProtocolLimits;
import java.util.List;

/** Cuts a stream into frames, as long as the server has said that its responses may be. */
final class ResponseFrameDecoder extends ByteToMessageDecoder {
    private long frameBytesMax = ProtocolLimits.RESPONSE_FRAME_BYTES_MAX;
    private boolean broken;

    /** On the channel's event loop. */
    void setFrameBytesMax(long lengthBytes) {
        frameBytesMax = Math.clamp(lengthBytes, FrameDescriptor.HEADER_LENGTH_BYTES, Integer.MAX_VALUE);
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (broken) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (in.readableBytes() < Integer.BYTES) {
            return;
        }
        final long lengthBytes = in.getUnsignedIntLE(in.readerIndex() + FrameDescriptor.LENGTH_OFFSET);
        if (lengthBytes < FrameDescriptor.HEADER_LENGTH_BYTES || lengthBytes > frameBytesMax) {
            broken = true;
            throw new IllegalArgumentException("a response of a length that can be none, lengthBytes=" + lengthBytes);
        }
        if (in.readableBytes() >= lengthBytes) {
            final int flags = in.getByte(in.readerIndex() + FrameDescriptor.FLAGS_OFFSET);
            if ((flags & FrameDescriptor.RESPONSE_FLAG) == 0) {
                broken = true;
                throw new IllegalArgumentException("a frame that is no response, flags=" + flags);
            }
            out.add(in.readRetainedSlice((int) lengthBytes));
        }
    }
}
