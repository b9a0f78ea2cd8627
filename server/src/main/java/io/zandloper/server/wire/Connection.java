package io.zandloper.server.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DuplexChannel;
import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.Status;
import io.zandloper.server.metrics.Cutoff;
import io.zandloper.server.metrics.OperationRecorder;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The way back to one client: gathers answers and hands them to the socket together, and cuts the client off that does
 * not take them. All of it belongs to the channel's event loop.
 */
final class Connection {
    private final Channel channel;
    private final OperationRecorder recorder;
    private final HeldBytes held;
    private final HeldBytes.Share heldShare = new HeldBytes.Share();
    private final LoadShedder.SocketAge socketAge = new LoadShedder.SocketAge();
    private final ConnectionTimeouts timeouts;
    private @Nullable ByteBuf gathered;
    private boolean unflushed;
    private int requestsWaiting;
    private boolean authenticated;
    private boolean draining;
    private boolean broken;
    private boolean cutOff;
    private int unhandledBytes;

    Connection(Channel channel, BinaryLimits limits, HeldBytes held, OperationRecorder recorder) {
        this.channel = channel;
        this.recorder = recorder;
        this.held = held;
        this.timeouts = new ConnectionTimeouts(this, channel.eventLoop(), limits);
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

    /** The channel is open. */
    void onOpened() {
        timeouts.start(System.nanoTime());
    }

    /** Bytes have come. */
    void onRead(long nowNanos) {
        timeouts.onRead(nowNanos);
    }

    /**
     * What was read is handled, but for a request that is not all there.
     *
     * @param isAnother than the one that was unfinished before
     */
    void onRequestUnfinished(boolean isAnother, long nowNanos) {
        timeouts.onRequestUnfinished(isAnother, nowNanos);
    }

    /** No request is unfinished for which its sender is to blame. */
    void onRequestFinished() {
        timeouts.onRequestFinished();
    }

    /** @param bytes of memory for what was read and is not handled: the rest of a request, or all behind a pause */
    void onUnhandled(int bytes) {
        if (bytes != unhandledBytes) {
            unhandledBytes = bytes;
            noticeHeldBytes();
        }
    }

    /** The client has taken so much that it is worth answering again. */
    void onWritable() {
        timeouts.onAnswersTaken();
        noticeHeldBytes();
    }

    /** Counts what is held for the client now. */
    void noticeHeldBytes() {
        held.update(this, cutOff ? 0 : unhandledBytes + untakenBytes());
    }

    HeldBytes.Share heldShare() {
        return heldShare;
    }

    LoadShedder.SocketAge socketAge() {
        return socketAge;
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
            if (!channel.isWritable()) {
                timeouts.onAnswersLie(System.nanoTime());
            }
            noticeHeldBytes();
        }
    }

    /** Whether the client takes its answers as fast as they come. */
    boolean isWritable() {
        return channel.isWritable();
    }

    /** Sends what has been answered and ends the connection, because the stream is out of step. */
    void breakOff() {
        broken = true;
        recorder.cutOff(Cutoff.STREAM_BROKEN);
        flush();
        // Closing at once would reset the connection while the client still sends, and take the answer from it.
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> {
            if (channel instanceof DuplexChannel duplex) {
                duplex.shutdownOutput();
            }
        });
        channel.eventLoop().schedule(() -> channel.close(), WireLimits.FAREWELL_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Ends the connection at once, and lets go of all that is held for it. */
    void cutOff(Cutoff reason) {
        if (!cutOff) {
            cutOff = true;
            recorder.cutOff(reason);
            channel.close();
        }
        noticeHeldBytes();
    }

    /** Nothing more is asked: what waits is answered, then the connection ends. */
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
        cutOff = true;
        timeouts.close();
        noticeHeldBytes();
    }

    private void closeWhenDrained() {
        if (draining && requestsWaiting == 0) {
            flush();
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    private long untakenBytes() {
        final ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
        return outbound == null ? 0 : outbound.totalPendingWriteBytes();
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
