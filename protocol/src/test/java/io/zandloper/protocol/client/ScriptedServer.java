package io.zandloper.protocol.client;

import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.Status;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A server over a real socket that a test plays by hand, one connection at a time. */
final class ScriptedServer implements AutoCloseable {
    private final ServerSocket listener;

    ScriptedServer() {
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            listener.setSoTimeout((int) TimeUnit.SECONDS.toMillis(10));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Connects a client while answering its hello. */
    ZandloperClient connect(ZandloperClient.Builder builder, Peer[] peer) {
        final CompletableFuture<Peer> accepted = CompletableFuture.supplyAsync(this::acceptAndGreet);
        final ZandloperClient client = builder.connect();
        peer[0] = accepted.join();
        return client;
    }

    Peer accept() {
        try {
            return new Peer(listener.accept());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    Peer acceptAndGreet() {
        final Peer peer = accept();
        final Request hello = peer.read();
        if (hello.type() != MessageType.HELLO.number()) {
            throw new AssertionError("hello comes first, type=" + hello.type());
        }
        peer.answer(hello, Status.OK, Bodies.hello());
        return peer;
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    record Request(int type, long correlationId, long minSequence, long deadlineMicros, byte[] body) {}

    /** The other end of one connection. */
    static final class Peer implements AutoCloseable {
        private final Socket socket;
        private final DataInputStream in;

        Peer(Socket socket) throws IOException {
            this.socket = socket;
            this.in = new DataInputStream(socket.getInputStream());
        }

        Request read() {
            try {
                final ByteBuffer header =
                        ByteBuffer.allocate(FrameDescriptor.HEADER_LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
                in.readFully(header.array());
                final byte[] body =
                        new byte[header.getInt(FrameDescriptor.LENGTH_OFFSET) - FrameDescriptor.HEADER_LENGTH_BYTES];
                in.readFully(body);
                return new Request(
                        header.getShort(FrameDescriptor.TYPE_OFFSET),
                        header.getLong(FrameDescriptor.CORRELATION_ID_OFFSET),
                        header.getLong(FrameDescriptor.SEQUENCE_OFFSET),
                        Integer.toUnsignedLong(header.getInt(FrameDescriptor.DEADLINE_OFFSET)),
                        body);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        void answer(Request request, Status status, byte[] body) {
            answer(request, status, request.correlationId(), body);
        }

        /** The sequence of an answer is a hundred times its correlation id. */
        void answer(Request request, Status status, long correlationId, byte[] body) {
            final byte[] frame = new byte[FrameDescriptor.HEADER_LENGTH_BYTES + body.length];
            FrameDescriptor.putResponseHeader(
                    ByteBuffer.wrap(frame),
                    0,
                    body.length,
                    request.type(),
                    correlationId,
                    100 * request.correlationId(),
                    status);
            System.arraycopy(body, 0, frame, FrameDescriptor.BODY_OFFSET, body.length);
            write(frame);
        }

        void write(byte[] bytes) {
            try {
                socket.getOutputStream().write(bytes);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }
}
