package io.zandloper.server.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.socket.DuplexChannel;
import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.Status;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The way back to one client: gathers answers and hands them to the socket together. All of it belongs to the channel's
 * event loop.
 */
final class Connection {
    private final Channel channel;
    private @Nullable ByteBuf gathered;
    private boolean unflushed;
    private int requestsWaiting;
    private boolean authenticated;
    private boolean draining;
    private boolean broken;

    Connection(Channel channel) {
        this.channel = channel;
    }

    Channel channel() {
        return channel;
    }

    boolean isAuthenticated() {
        return authenticated;
    }

    void onAuthenticated() {
        authenticated = true;
    }

    /** Whether the stream is out of step, so that what still comes in means nothing. */
    boolean isBroken() {
        return broken;
    }

    /** Requests that have been taken and not been answered yet. */
    int requestsWaiting() {
        return requestsWaiting;
    }

    void onRequestWaits() {
        requestsWaiting++;
    }

    /** The answer of a request that waited has been {@linkplain #respond given}. */
    void onRequestDone() {
        requestsWaiting--;
        closeWhenDrained();
    }

    /**
     * Gives an answer, to be sent with the next {@link #flush}.
     *
     * @param body between position and limit; copied
     * @return bytes of the frame
     */
    int respond(int typeNumber, long correlationId, long sequence, Status status, ByteBuffer body) {
        final int bodyBytes = body.remaining();
        final int frameBytes = FrameDescriptor.HEADER_LENGTH_BYTES + bodyBytes;
        final ByteBuf out = roomFor(frameBytes);
        out.writeIntLE(frameBytes);
        out.writeShortLE(typeNumber);
        out.writeByte(FrameDescriptor.VERSION);
        out.writeByte(FrameDescriptor.RESPONSE_FLAG);
        out.writeLongLE(correlationId);
        out.writeLongLE(sequence);
        out.writeShortLE(status.number());
        out.writeShortLE(0);
        out.writeIntLE(0);
        out.writeBytes(body);
        if (out.readableBytes() >= WireLimits.GATHERED_BYTES_MAX) {
            writeGathered();
        }
        return frameBytes;
    }

    /** Hands all answers given so far to the socket. */
    void flush() {
        writeGathered();
        if (unflushed) {
            unflushed = false;
            channel.flush();
        }
    }

    /** Whether the client takes its answers as fast as they come. */
    boolean isWritable() {
        return channel.isWritable();
    }

    /** Sends what has been answered and ends the connection, because the stream is out of step. */
    void breakOff() {
        broken = true;
        flush();
        // Closing at once would reset the connection while the client still sends, and take the answer from it.
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> {
            if (channel instanceof DuplexChannel duplex) {
                duplex.shutdownOutput();
            }
        });
        channel.eventLoop().schedule(() -> channel.close(), WireLimits.FAREWELL_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** The server stops: what waits is answered, then the connection ends. */
    void drain() {
        draining = true;
        closeWhenDrained();
    }

    /** The channel is gone. */
    void onClosed() {
        if (gathered != null) {
            gathered.release();
            gathered = null;
        }
    }

    private void closeWhenDrained() {
        if (draining && requestsWaiting == 0) {
            flush();
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    private ByteBuf roomFor(int bytes) {
        if (gathered == null) {
            gathered = channel.alloc().directBuffer(Math.max(bytes, 1024));
        }
        return gathered.ensureWritable(bytes);
    }

    private void writeGathered() {
        if (gathered != null) {
            channel.write(gathered, channel.voidPromise());
            gathered = null;
            unflushed = true;
        }
    }
}
