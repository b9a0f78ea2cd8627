package io.zandloper.protocol.client;

import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.schema.Role;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** A server over a real socket that a test plays by hand, one connection at a time. */
final class ScriptedServer implements AutoCloseable {
    /** A thread each: the JDK's pool may be of one, which the first that waits would hold. */
    static final Executor THREADS = task -> new Thread(task, "scripted").start();

    private final ServerSocketChannel listener;
    private final int port;

    ScriptedServer() {
        this(StandardProtocolFamily.INET, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    /** Over a Unix domain socket. */
    ScriptedServer(Path socket) {
        this(StandardProtocolFamily.UNIX, UnixDomainSocketAddress.of(socket));
    }

    private ScriptedServer(StandardProtocolFamily family, SocketAddress address) {
        try {
            listener = ServerSocketChannel.open(family);
            listener.bind(address);
            port = listener.getLocalAddress() instanceof InetSocketAddress local ? local.getPort() : 0;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    int port() {
        return port;
    }

    /** As a client is told it. */
    String address() {
        return "127.0.0.1:" + port;
    }

    boolean isOpen() {
        return listener.isOpen();
    }

    /** Connects a client while answering its hello. */
    ZandloperClient connect(ClientBuilder builder, Peer[] peer) {
        final CompletableFuture<Peer> accepted = CompletableFuture.supplyAsync(this::acceptAndGreet, THREADS);
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
        return acceptAndGreet(Role.Replica);
    }

    Peer acceptAndGreet(int role) {
        return acceptAndGreet(role, Bodies.hello(role));
    }

    Peer acceptAndGreet(int role, byte[] answer) {
        final Peer peer = accept();
        peer.role = role;
        final Request hello = peer.readAny();
        if (hello.type() != MessageType.HELLO.number()) {
            throw new AssertionError("hello comes first, type=" + hello.type());
        }
        peer.answer(hello, Status.OK, answer);
        return peer;
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    record Request(int type, long correlationId, long minSequence, long deadlineMicros, byte[] body) {
        boolean is(MessageType expected) {
            return type == expected.number();
        }
    }

    /** The other end of one connection. */
    static final class Peer implements AutoCloseable {
        private final SocketChannel socket;
        private final DataInputStream in;
        private int role = Role.Replica;

        Peer(SocketChannel socket) {
            this.socket = socket;
            this.in = new DataInputStream(Channels.newInputStream(socket));
        }

        /** What it says from now on when it is asked with a hello. */
        void become(int newRole) {
            role = newRole;
        }

        /** The next request, hellos answered on the way. */
        Request read() {
            Request request = readAny();
            while (request.is(MessageType.HELLO)) {
                answer(request, Status.OK, Bodies.hello(role));
                request = readAny();
            }
            return request;
        }

        /** The next request, a hello perhaps. */
        Request readAny() {
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
                final ByteBuffer left = ByteBuffer.wrap(bytes);
                while (left.hasRemaining()) {
                    socket.write(left);
                }
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
