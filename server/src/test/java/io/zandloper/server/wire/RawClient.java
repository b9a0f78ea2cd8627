package io.zandloper.server.wire;

import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.client.RequestEncoder;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;

/** A client that writes and reads bytes. */
final class RawClient implements AutoCloseable {
    private final SocketChannel channel;
    private final DataInputStream in;

    RawClient(RunningBinaryServer server) throws IOException {
        this.channel = server.connectRaw();
        this.in = new DataInputStream(Channels.newInputStream(channel));
    }

    /** @param body the bytes after the header */
    record Answer(int type, long correlationId, long sequence, Status status, byte[] body) {}

    static byte[] frame(MessageType type, long correlationId, ByteBuffer body) {
        return RequestEncoder.frame(type, correlationId, 0, 0, body);
    }

    static byte[] ping(long correlationId) {
        return frame(MessageType.PING, correlationId, ByteBuffer.allocate(0));
    }

    void write(byte[] bytes, int offset, int length) throws IOException {
        final ByteBuffer rest = ByteBuffer.wrap(bytes, offset, length);
        while (rest.hasRemaining()) {
            channel.write(rest);
        }
    }

    void write(byte[] bytes) throws IOException {
        write(bytes, 0, bytes.length);
    }

    Answer read() throws IOException {
        final ByteBuffer header =
                ByteBuffer.allocate(FrameDescriptor.HEADER_LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        in.readFully(header.array());
        final byte[] body =
                new byte[header.getInt(FrameDescriptor.LENGTH_OFFSET) - FrameDescriptor.HEADER_LENGTH_BYTES];
        in.readFully(body);
        return new Answer(
                header.getShort(FrameDescriptor.TYPE_OFFSET),
                header.getLong(FrameDescriptor.CORRELATION_ID_OFFSET),
                header.getLong(FrameDescriptor.SEQUENCE_OFFSET),
                Status.ofNumber(header.getShort(FrameDescriptor.STATUS_OFFSET)),
                body);
    }

    /** Whether the server has ended the connection; whatever it says before is read over. */
    boolean isEnded() {
        try {
            while (true) {
                read();
            }
        } catch (IOException ended) {
            // The end of the stream, or a reset.
            return true;
        }
    }

    void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
