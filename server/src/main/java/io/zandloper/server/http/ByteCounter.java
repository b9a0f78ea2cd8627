package io.zandloper.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.zandloper.server.metrics.OperationRecorder;

/** Counts what goes over the wire, for the metrics. */
final class ByteCounter extends ChannelDuplexHandler {
    private final OperationRecorder recorder;

    ByteCounter(OperationRecorder recorder) {
        this.recorder = recorder;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof ByteBuf bytes) {
            recorder.bytesRead(bytes.readableBytes());
        }
        ctx.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof ByteBuf bytes) {
            recorder.bytesWritten(bytes.readableBytes());
        }
        ctx.write(message, promise);
    }
}
