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

/** One connection as a session sees it: messages in and out. Used on the thread of replication alone. */
final class Wire implements SourceSession.Outbound, FollowerSession.Outbound {
    private static final Logger LOG = LoggerFactory.getLogger(Wire.class);
    /** Bytes of files that are on their way; Netty counts only buffers. */
    private static final long FILE_BYTES_PENDING_MAX = 4L * ReplicationLimits.CHUNK_BYTES;

    private final Channel channel;
    private final EventExecutor thread;
    private final int frameBytesMax;
    private final Runnable writable;
    private long fileBytesPending;

    /** Who gets what comes. */
    interface Receiver {
        void onMessage(Message message);

        void onMalformed(String reason);

        void onClosed();
    }

    /**
     * @param thread of replication
     * @param frameBytesMax of what comes
     * @param writable called on it when more is taken again
     */
    Wire(Channel channel, EventExecutor thread, int frameBytesMax, Runnable writable) {
        this.channel = channel;
        this.thread = thread;
        this.frameBytesMax = frameBytesMax;
        this.writable = writable;
    }

    /** Has what comes on the channel given to a receiver, on the thread of replication. */
    void receive(Receiver receiver) {
        final ChannelPipeline pipeline = channel.pipeline();
        pipeline.addLast(new LengthFieldBasedFrameDecoder(
                ByteOrder.LITTLE_ENDIAN,
                frameBytesMax,
                FrameDescriptor.LENGTH_OFFSET,
                Integer.BYTES,
                -Integer.BYTES,
                0,
                true));
        pipeline.addLast(new Inbound(receiver));
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
                    writable.run();
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
        private final Receiver receiver;

        Inbound(Receiver receiver) {
            this.receiver = receiver;
        }

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
            run(writable);
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
