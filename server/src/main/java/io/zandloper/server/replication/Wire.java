package io.zandloper.server.replication;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.util.concurrent.EventExecutor;
import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.storage.SnapshotLease;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection over a Netty channel. Used on the thread of replication alone. */
final class Wire implements Connection {
    private static final Logger LOG = LoggerFactory.getLogger(Wire.class);
    /** Bytes of files that are on their way; Netty counts only buffers. */
    private static final long FILE_BYTES_PENDING_MAX = 4L * ReplicationLimits.CHUNK_BYTES;

    /** Before there is one. */
    private static final Receiver NOBODY = new Receiver() {
        @Override
        public void onMessage(Message message) {}

        @Override
        public void onMalformed(String reason) {}

        @Override
        public void onClosed() {}
    };

    private final Channel channel;
    private final EventExecutor thread;
    private final int frameBytesMax;
    private Receiver receiver = NOBODY;
    private long fileBytesPending;

    /**
     * @param thread of replication
     * @param frameBytesMax of what comes
     */
    Wire(Channel channel, EventExecutor thread, int frameBytesMax) {
        this.channel = channel;
        this.thread = thread;
        this.frameBytesMax = frameBytesMax;
    }

    /** Has what comes on the channel given to a receiver, on the thread of replication. */
    void receive(Receiver newReceiver) {
        receiver = newReceiver;
        final ChannelPipeline pipeline = channel.pipeline();
        pipeline.addLast(new LengthFieldBasedFrameDecoder(
                ByteOrder.LITTLE_ENDIAN,
                frameBytesMax,
                FrameDescriptor.LENGTH_OFFSET,
                Integer.BYTES,
                -Integer.BYTES,
                0,
                true));
        pipeline.addLast(new Inbound());
    }

    @Override
    public boolean isWritable() {
        return channel.isWritable() && fileBytesPending < FILE_BYTES_PENDING_MAX;
    }

    @Override
    public void send(Message message) {
        final ByteBuffer head = MessageCodec.encode(message);
        final ByteBuffer bytes = message instanceof Message.Entries entries
                ? entries.bytes()
                : message instanceof Message.SyncChunk chunk ? chunk.bytes() : null;
        if (bytes == null) {
            channel.writeAndFlush(Unpooled.wrappedBuffer(head));
            return;
        }
        final ByteBuf frame = channel.alloc().directBuffer(head.remaining() + bytes.remaining());
        frame.writeBytes(head).writeBytes(bytes.duplicate());
        channel.writeAndFlush(frame);
    }

    @Override
    public void sendFile(SnapshotLease lease, String name, int part, long offset, int lengthBytes, int checksum) {
        channel.write(Unpooled.wrappedBuffer(MessageCodec.encodeChunkHead(part, offset, checksum, lengthBytes)));
        fileBytesPending += lengthBytes;
        final Object body = channel instanceof EpollSocketChannel || channel instanceof NioSocketChannel
                ? new DefaultFileRegion(lease.path(name).toFile(), offset, lengthBytes)
                : copy(lease, name, offset, lengthBytes);
        channel.writeAndFlush(body)
                .addListener(written -> thread.execute(() -> {
                    fileBytesPending -= lengthBytes;
                    receiver.onWritable();
                }));
    }

    @Override
    public void setReading(boolean reading) {
        channel.config().setAutoRead(reading);
    }

    @Override
    public void close() {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        channel.eventLoop().schedule(() -> channel.close(), ReplicationLimits.FAREWELL_MILLIS, TimeUnit.MILLISECONDS);
    }

    private ByteBuf copy(SnapshotLease lease, String name, long offset, int lengthBytes) {
        final ByteBuf bytes = channel.alloc().directBuffer(lengthBytes);
        lease.read(name, offset, bytes.nioBuffer(0, lengthBytes));
        return bytes.writerIndex(lengthBytes);
    }

    private final class Inbound extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object read) {
            final ByteBuf frame = (ByteBuf) read;
            run(() -> {
                try {
                    receiver.onMessage(MessageCodec.decode(frame.nioBuffer()));
                } catch (MessageCodec.MalformedMessageException e) {
                    receiver.onMalformed(String.valueOf(e.getMessage()));
                } finally {
                    frame.release();
                }
            });
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            run(receiver::onWritable);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            run(receiver::onClosed);
        }

        /** The channel may be on another loop: some transports' cannot move. */
        private void run(Runnable task) {
            if (thread.inEventLoop()) {
                task.run();
            } else {
                thread.execute(task);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (cause instanceof DecoderException) {
                run(() -> receiver.onMalformed(String.valueOf(cause.getMessage())));
                return;
            }
            if (!(cause instanceof IOException)) {
                LOG.error("A connection of replication is closed because of a fault.", cause);
            }
            context.close();
        }
    }
}
