package io.zandloper.server.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.ProtocolLimits;
import io.zandloper.protocol.Status;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts the bytes of one client into frames and has each handled at once; what is answered to one read is sent together.
 *
 * <p>A frame that is too long but still believable is read over and answered, and the stream goes on; a length that can
 * be none ends the connection, after an answer that says so. A client that does not take its answers is not read from
 * until it does. No client can make it hold more than one frame and one read. A client that ends its side of the
 * connection still gets the answers to what it asked.
 */
final class FrameDecoder extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(FrameDecoder.class);

    private final RequestHandler requests;
    private final Connection connection;
    private final int frameBytesMax;
    private ByteBuf bytes = Unpooled.EMPTY_BUFFER;
    private long arrivalNanos;
    private long skipBytes;
    private int reads;
    private boolean paused;
    private boolean decoding;
    private boolean inputEnded;

    FrameDecoder(RequestHandler requests, Connection connection, int frameBytesMax) {
        this.requests = requests;
        this.connection = connection;
        this.frameBytesMax = frameBytesMax;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object read) {
        final ByteBuf more = (ByteBuf) read;
        final long nowNanos = requests.onBytes(connection, more.readableBytes());
        connection.onRead(nowNanos);
        if (!paused) {
            // Else what was there before waits, and its deadlines run; what comes meanwhile is of the same moment.
            arrivalNanos = nowNanos;
        }
        reads++;
        bytes = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), bytes, more);
        decoding = true;
        decode();
        decoding = false;
    }

    private void decode() {
        boolean frameEnded = skip();
        int lookedTo = bytes.readerIndex();
        while (bytes.readableBytes() >= FrameDescriptor.HEADER_LENGTH_BYTES && mayGoOn()) {
            final int start = bytes.readerIndex();
            final long lengthBytes = bytes.getUnsignedIntLE(start + FrameDescriptor.LENGTH_OFFSET);
            if (lengthBytes < FrameDescriptor.HEADER_LENGTH_BYTES || lengthBytes > frameBytesMax) {
                onWrongLength(lengthBytes);
                frameEnded = true;
            } else if (lengthBytes <= bytes.readableBytes()) {
                if (start >= lookedTo) {
                    lookedTo = requests.lookAhead(bytes);
                }
                bytes.skipBytes((int) lengthBytes);
                requests.onFrame(connection, bytes, start, (int) lengthBytes, arrivalNanos);
                frameEnded = true;
            } else {
                break;
            }
        }
        keepRest(frameEnded);
    }

    /** False where the stream is out of step, or the client leaves its answers lying: then it is a pause. */
    private boolean mayGoOn() {
        if (!connection.isWritable()) {
            connection.flush();
        }
        paused = !connection.isWritable();
        return !paused && !connection.isBroken();
    }

    private void onWrongLength(long lengthBytes) {
        if (lengthBytes < FrameDescriptor.HEADER_LENGTH_BYTES || lengthBytes > ProtocolLimits.SKIPPED_FRAME_BYTES_MAX) {
            requests.refuseStream(connection, "no frame has this length, lengthBytes=" + lengthBytes);
            connection.breakOff();
            return;
        }
        requests.refuseFrame(
                connection,
                bytes,
                bytes.readerIndex(),
                arrivalNanos,
                Status.FRAME_TOO_LONG,
                "a request is at most " + frameBytesMax + " bytes, lengthBytes=" + lengthBytes);
        skipBytes = lengthBytes;
        skip();
    }

    /** Whether something was to be read over and is. */
    private boolean skip() {
        if (connection.isBroken()) {
            skipBytes = Long.MAX_VALUE;
        }
        final int skippable = (int) Math.min(skipBytes, bytes.readableBytes());
        bytes.skipBytes(skippable);
        skipBytes -= skippable;
        return skippable > 0 && skipBytes == 0;
    }

    private void keepRest(boolean frameEnded) {
        if (connection.isBroken()) {
            skip();
        }
        if (!bytes.isReadable()) {
            bytes.release();
            bytes = Unpooled.EMPTY_BUFFER;
        } else {
            bytes.discardSomeReadBytes();
        }
        final boolean unfinished = !paused && (bytes.isReadable() || skipBytes > 0);
        if (unfinished) {
            connection.onRequestUnfinished(frameEnded, arrivalNanos);
        } else {
            connection.onRequestFinished();
        }
        connection.onUnhandled(bytes.capacity());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        requests.onTurnEnd(connection, reads);
        reads = 0;
        finishRead(context);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (connection.isWritable()) {
            connection.onWritable();
        }
        // Told in the middle of a write, too; then whoever writes goes on by itself.
        if (paused && !decoding && connection.isWritable()) {
            finishRead(context);
        }
    }

    /** Sends what has been answered, and goes on with what was read before a pause, as long as it is taken. */
    private void finishRead(ChannelHandlerContext context) {
        decoding = true;
        requests.onReadEnd();
        connection.flush();
        while (paused && connection.isWritable()) {
            requests.onResumed(connection);
            decode();
            requests.onReadEnd();
            connection.flush();
        }
        decoding = false;
        context.channel().config().setAutoRead(!paused);
        if (inputEnded && !paused) {
            connection.drain();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            inputEnded = true;
            if (!paused) {
                connection.drain();
            }
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        requests.onConnected();
        connection.onOpened();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        requests.onReadEnd();
        requests.onDisconnected();
        connection.onClosed();
        bytes.release();
        bytes = Unpooled.EMPTY_BUFFER;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("A connection is closed because of a fault.", cause);
        }
        context.close();
    }
}
