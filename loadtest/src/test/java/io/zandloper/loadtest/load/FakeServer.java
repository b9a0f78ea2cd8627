package io.zandloper.loadtest.load;

import com.google.flatbuffers.FlatBufferBuilder;
import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.schema.DecideRequest;
import io.zandloper.protocol.schema.DecideResponse;
import io.zandloper.protocol.schema.HelloResponse;
import io.zandloper.protocol.schema.PlacementDecision;
import io.zandloper.protocol.schema.SegmentTestRequest;
import io.zandloper.protocol.schema.SegmentTestResponse;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Speaks enough of the protocol to be measured, on a real socket, and misbehaves on demand. A thread a connection. */
final class FakeServer implements AutoCloseable {
    /** What it does with the n-th request (from 1, hello not counted) of all connections. */
    interface Behaviour {
        Answer to(long number);
    }

    /** One way to treat a request. */
    enum Answer {
        RIGHT,
        /** With the next one, after it. */
        AFTER_THE_NEXT,
        NEVER,
        UNKNOWN_PROFILE,
        WRONG_CORRELATION,
        WRONG_TYPE,
        TOO_FEW_RESULTS,
        CLOSE,
        NO_FRAME,
        /** Right, after 200 ms in which nobody gets anything. */
        STALL
    }

    static final long STALL_MILLIS = 200;

    final ConcurrentMap<String, AtomicLong> profilesAsked = new ConcurrentHashMap<>();
    final AtomicLong tests = new AtomicLong();
    final AtomicLong decisions = new AtomicLong();

    private final ServerSocket acceptor = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<Throwable> problems = new CopyOnWriteArrayList<>();
    private final AtomicLong requests = new AtomicLong();
    private final Object answering = new Object();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Behaviour behaviour;

    FakeServer(Behaviour behaviour) throws IOException {
        this.behaviour = behaviour;
        start("fake-accept", () -> {
            while (true) {
                final Socket socket = acceptor.accept();
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                start("fake-connection", () -> serve(socket));
            }
        });
    }

    int port() {
        return acceptor.getLocalPort();
    }

    /** What went wrong in its own threads. */
    List<Throwable> problems() {
        return problems;
    }

    private interface Task {
        void run() throws IOException;
    }

    private void start(String name, Task task) {
        final Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (EOFException | SocketException e) {
                        // The other side, or close(), has ended it.
                        return;
                    } catch (IOException | RuntimeException | AssertionError e) {
                        problems.add(e);
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(Socket socket) throws IOException {
        final DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        final OutputStream out = socket.getOutputStream();
        final Deque<byte[]> heldBack = new ArrayDeque<>();
        while (true) {
            final byte[] lengthBytes = new byte[Integer.BYTES];
            in.readFully(lengthBytes);
            final int length =
                    ByteBuffer.wrap(lengthBytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
            final ByteBuffer frame = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
            frame.putInt(length);
            in.readFully(frame.array(), Integer.BYTES, length - Integer.BYTES);
            final MessageType type = MessageType.ofNumber(frame.getShort(FrameDescriptor.TYPE_OFFSET));
            if (type == MessageType.HELLO) {
                out.write(answer(frame, Answer.RIGHT));
                continue;
            }
            final Answer how = behaviour.to(requests.incrementAndGet());
            switch (how) {
                case NEVER -> {}
                case CLOSE -> {
                    socket.close();
                    return;
                }
                case NO_FRAME -> out.write(new byte[64]);
                case AFTER_THE_NEXT -> heldBack.add(answer(frame, Answer.RIGHT));
                default -> {
                    // All connections go through here, so a stall stops them all.
                    synchronized (answering) {
                        if (how == Answer.STALL) {
                            pause();
                        }
                    }
                    out.write(answer(frame, how));
                    while (!heldBack.isEmpty()) {
                        out.write(heldBack.poll());
                    }
                }
            }
        }
    }

    /** This long, or until the server is closed. */
    private void pause() {
        try {
            closed.await(STALL_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }

    private byte[] answer(ByteBuffer request, Answer how) {
        final int typeNumber = request.getShort(FrameDescriptor.TYPE_OFFSET);
        final MessageType type = MessageType.ofNumber(typeNumber);
        final ByteBuffer body = request.duplicate()
                .order(ByteOrder.LITTLE_ENDIAN)
                .position(FrameDescriptor.BODY_OFFSET)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN);
        final FlatBufferBuilder builder = new FlatBufferBuilder(256);
        final int fewer = how == Answer.TOO_FEW_RESULTS ? 1 : 0;
        if (type == MessageType.HELLO) {
            HelloResponse.startHelloResponse(builder);
            HelloResponse.addProtocolVersion(builder, FrameDescriptor.VERSION);
            builder.finish(HelloResponse.endHelloResponse(builder));
        } else if (type == MessageType.SEGMENT_TEST) {
            final SegmentTestRequest asked = SegmentTestRequest.getRootAsSegmentTestRequest(body);
            count(asked.profile());
            tests.incrementAndGet();
            final boolean[] members = new boolean[asked.segmentsLength() - fewer];
            builder.finish(SegmentTestResponse.createSegmentTestResponse(
                    builder, SegmentTestResponse.createMembersVector(builder, members)));
        } else {
            final DecideRequest asked = DecideRequest.getRootAsDecideRequest(body);
            count(asked.profile());
            decisions.incrementAndGet();
            final int[] placements = new int[asked.placementsLength() - fewer];
            for (int i = 0; i < placements.length; i++) {
                placements[i] = PlacementDecision.createPlacementDecision(
                        builder, builder.createString(asked.placements(i).id()), 0);
            }
            final int vector = DecideResponse.createPlacementsVector(builder, placements);
            DecideResponse.startDecideResponse(builder);
            DecideResponse.addPlacements(builder, vector);
            builder.finish(DecideResponse.endDecideResponse(builder));
        }
        final byte[] bytes = builder.sizedByteArray();
        final ByteBuffer frame = ByteBuffer.allocate(FrameDescriptor.HEADER_LENGTH_BYTES + bytes.length);
        final long correlationId = request.getLong(FrameDescriptor.CORRELATION_ID_OFFSET);
        FrameDescriptor.putResponseHeader(
                frame,
                0,
                bytes.length,
                how == Answer.WRONG_TYPE ? MessageType.PING.number() : typeNumber,
                how == Answer.WRONG_CORRELATION ? correlationId + 1_000_003 : correlationId,
                0,
                how == Answer.UNKNOWN_PROFILE ? Status.PROFILE_UNKNOWN : Status.OK);
        frame.position(FrameDescriptor.BODY_OFFSET).put(bytes);
        return frame.array();
    }

    private void count(String profile) {
        profilesAsked.computeIfAbsent(profile, p -> new AtomicLong()).incrementAndGet();
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        acceptor.close();
        for (final Socket socket : sockets) {
            socket.close();
        }
    }
}
