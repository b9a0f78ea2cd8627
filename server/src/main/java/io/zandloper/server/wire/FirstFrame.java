package io.zandloper.server.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.ProtocolLimits;

/** Looks at the type of a connection's first frame, hands the connection over where it is no client's, and then is gone. */
final class FirstFrame extends ChannelInboundHandlerAdapter {
    private static final int TYPE_END = FrameDescriptor.TYPE_OFFSET + Short.BYTES;

    private final Takeover takeover;
    private ByteBuf bytes = Unpooled.EMPTY_BUFFER;

    FirstFrame(Takeover takeover) {
        this.takeover = takeover;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object read) {
        bytes = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), bytes, (ByteBuf) read);
        if (bytes.readableBytes() < TYPE_END) {
            return;
        }
        final ByteBuf first = bytes;
        bytes = Unpooled.EMPTY_BUFFER;
        final int type = first.getUnsignedShortLE(first.readerIndex() + FrameDescriptor.TYPE_OFFSET);
        if (type < ProtocolLimits.SERVER_TYPE_MIN || type > ProtocolLimits.SERVER_TYPE_MAX) {
            context.fireChannelRead(first);
            context.pipeline().remove(this);
            return;
        }
        // The client's part is told that its connection is gone, and lets go of what it holds for it.
        context.fireChannelInactive();
        while (context.pipeline().last() != null) {
            context.pipeline().removeLast();
        }
        takeover.take(context.channel(), first);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        bytes.release();
        bytes = Unpooled.EMPTY_BUFFER;
        context.fireChannelInactive();
    }
}
