package io.zandloper.loadtest.load;

import com.google.flatbuffers.FlatBufferBuilder;
import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.schema.HelloRequest;
import io.zandloper.protocol.schema.HelloResponse;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;

/** Opens a connection and says hello, so that a wrong address is noticed before the load and not by it. */
final class Handshake {
    private static final int TIMEOUT_MILLIS = 5_000;
    private static final int ANSWER_BYTES_MAX = 1 << 16;
    private static final String CLIENT = "zandloper load";

    private Handshake() {}

    /**
     * A blocking channel on which hello has been answered.
     *
     * @throws IOException with a sentence that names the address
     */
    static SocketChannel connect(String host, int port) throws IOException {
        final SocketChannel channel = SocketChannel.open();
        try {
            final InetSocketAddress address = new InetSocketAddress(host, port);
            if (address.isUnresolved()) {
                throw new IOException("unknown host");
            }
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.socket().connect(address, TIMEOUT_MILLIS);
            hello(channel);
            return channel;
        } catch (IOException e) {
            channel.close();
            throw new IOException("cannot talk to " + host + ":" + port + ": " + reason(e), e);
        }
    }

    private static String reason(IOException e) {
        if (e instanceof SocketTimeoutException) {
            return "no answer within " + TIMEOUT_MILLIS / 1_000 + " s";
        }
        return e instanceof EOFException ? "the connection was closed at once" : String.valueOf(e.getMessage());
    }

    private static void hello(SocketChannel channel) throws IOException {
        final FlatBufferBuilder builder = new FlatBufferBuilder(128);
        final int client = builder.createString(CLIENT);
        HelloRequest.startHelloRequest(builder);
        HelloRequest.addProtocolVersion(builder, FrameDescriptor.VERSION);
        HelloRequest.addClient(builder, client);
        builder.finish(HelloRequest.endHelloRequest(builder));
        final ByteBuffer body = builder.dataBuffer();
        final ByteBuffer request = ByteBuffer.allocate(FrameDescriptor.HEADER_LENGTH_BYTES + body.remaining());
        FrameDescriptor.putRequestHeader(request, 0, body.remaining(), MessageType.HELLO, 0, 0, 0);
        request.position(FrameDescriptor.BODY_OFFSET).put(body).flip();
        while (request.hasRemaining()) {
            channel.write(request);
        }

        // The stream of the socket knows a timeout, the channel does not.
        channel.socket().setSoTimeout(TIMEOUT_MILLIS);
        final DataInputStream in = new DataInputStream(channel.socket().getInputStream());
        final byte[] head = in.readNBytes(FrameDescriptor.HEADER_LENGTH_BYTES);
        if (head.length < FrameDescriptor.HEADER_LENGTH_BYTES) {
            throw new EOFException();
        }
        final ByteBuffer header = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
        final int lengthBytes = header.getInt(FrameDescriptor.LENGTH_OFFSET);
        if (lengthBytes < FrameDescriptor.HEADER_LENGTH_BYTES
                || lengthBytes > ANSWER_BYTES_MAX
                || header.getShort(FrameDescriptor.TYPE_OFFSET) != MessageType.HELLO.number()
                || (header.get(FrameDescriptor.FLAGS_OFFSET) & FrameDescriptor.RESPONSE_FLAG) == 0) {
            throw new IOException("what answers there is no Zandloper server's binary port");
        }
        final byte[] answer = in.readNBytes(lengthBytes - FrameDescriptor.HEADER_LENGTH_BYTES);
        final int statusNumber = Short.toUnsignedInt(header.getShort(FrameDescriptor.STATUS_OFFSET));
        if (statusNumber != Status.OK.number()) {
            final Status status = Status.ofNumber(statusNumber);
            throw new IOException(
                    "hello was refused: " + (status == null ? "status " + statusNumber : status.meaning()));
        }
        final int version = HelloResponse.getRootAsHelloResponse(
                        ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN))
                .protocolVersion();
        if (version != FrameDescriptor.VERSION) {
            throw new IOException(
                    "the server speaks protocol version " + version + ", and this is " + FrameDescriptor.VERSION);
        }
    }
}
