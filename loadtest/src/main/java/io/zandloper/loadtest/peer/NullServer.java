package io.zandloper.loadtest.peer;

import com.google.flatbuffers.FlatBufferBuilder;
import io.zandloper.loadtest.dialect.Questions;
import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.schema.DecideResponse;
import io.zandloper.protocol.schema.HelloResponse;
import io.zandloper.protocol.schema.PlacementDecision;
import io.zandloper.protocol.schema.ProfileResponse;
import io.zandloper.protocol.schema.SegmentTestBatchResponse;
import io.zandloper.protocol.schema.SegmentTestResponse;
import io.zandloper.protocol.schema.UpsertResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/**
 * Speaks our protocol and does nothing: every request gets an answer that was made beforehand. What the generator reaches
 * with it, the generator can offer. One thread, on a free port of the loopback.
 */
public final class NullServer implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 18;
    private static final MessageType[] ANSWERED = {
        MessageType.HELLO,
        MessageType.SEGMENT_TEST,
        MessageType.SEGMENT_TEST_BATCH,
        MessageType.PROFILE,
        MessageType.DECIDE,
        MessageType.UPSERT
    };

    private static final int TYPES = 64;
    private static final byte[] NO_ANSWER = {};

    private final Selector selector;
    private final ServerSocketChannel listener;
    private final byte[][] answers = new byte[TYPES][];
    private final int answerBytesMax;
    private final Thread thread;
    private volatile boolean closing;

    private NullServer(Questions questions) throws IOException {
        for (int i = 0; i < TYPES; i++) {
            answers[i] = NO_ANSWER;
        }
        for (final MessageType type : ANSWERED) {
            answers[type.number()] = answer(type, questions);
        }
        this.answerBytesMax =
                Arrays.stream(answers).mapToInt(a -> a.length).max().orElseThrow();
        this.selector = Selector.open();
        this.listener = ServerSocketChannel.open();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
        this.thread = new Thread(this::run, "null-server");
        thread.setDaemon(true);
    }

    /** Starts; answers fit what is asked. */
    public static NullServer start(Questions questions) throws IOException {
        final NullServer server = new NullServer(questions);
        server.thread.start();
        return server;
    }

    public int port() {
        return listener.socket().getLocalPort();
    }

    private static byte[] answer(MessageType type, Questions questions) {
        final FlatBufferBuilder body = new FlatBufferBuilder(256);
        body.finish(
                switch (type) {
                    case HELLO -> {
                        HelloResponse.startHelloResponse(body);
                        HelloResponse.addProtocolVersion(body, FrameDescriptor.VERSION);
                        yield HelloResponse.endHelloResponse(body);
                    }
                    case SEGMENT_TEST ->
                        SegmentTestResponse.createSegmentTestResponse(
                                body,
                                SegmentTestResponse.createMembersVector(
                                        body, new boolean[questions.segments().size()]));
                    case SEGMENT_TEST_BATCH -> segmentTestBatch(body, questions);
                    case PROFILE -> {
                        final int identities =
                                ProfileResponse.createIdentitiesVector(body, new int[] {body.createString("null:1")});
                        ProfileResponse.startProfileResponse(body);
                        ProfileResponse.addIdentities(body, identities);
                        yield ProfileResponse.endProfileResponse(body);
                    }
                    case DECIDE -> decision(body, questions);
                    case UPSERT -> {
                        UpsertResponse.startUpsertResponse(body);
                        yield UpsertResponse.endUpsertResponse(body);
                    }
                    default -> throw new IllegalArgumentException("has no answer: type=" + type);
                });
        final byte[] bytes = body.sizedByteArray();
        final ByteBuffer frame = ByteBuffer.allocate(FrameDescriptor.HEADER_LENGTH_BYTES + bytes.length);
        FrameDescriptor.putResponseHeader(frame, 0, bytes.length, type.number(), 0, 0, Status.OK);
        frame.position(FrameDescriptor.BODY_OFFSET).put(bytes);
        return frame.array();
    }

    private static int segmentTestBatch(FlatBufferBuilder body, Questions questions) {
        final int profiles = questions.batch();
        final int statuses = SegmentTestBatchResponse.createStatusesVector(body, new int[profiles]);
        final int members = SegmentTestBatchResponse.createMembersVector(
                body, new boolean[profiles * questions.segments().size()]);
        return SegmentTestBatchResponse.createSegmentTestBatchResponse(body, statuses, members);
    }

    private static int decision(FlatBufferBuilder body, Questions questions) {
        final int[] placements = questions.placements().stream()
                .mapToInt(id -> PlacementDecision.createPlacementDecision(body, body.createString(id), 0))
                .toArray();
        final int vector = DecideResponse.createPlacementsVector(body, placements);
        DecideResponse.startDecideResponse(body);
        DecideResponse.addPlacements(body, vector);
        return DecideResponse.endDecideResponse(body);
    }

    private static final class Link {
        private final SocketChannel channel;
        private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        private final ByteBuffer out;

        Link(SocketChannel channel, int answerBytesMax) {
            this.channel = channel;
            this.out = ByteBuffer.allocateDirect(Math.max(BUFFER_BYTES, answerBytesMax))
                    .order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    private void run() {
        try (selector;
                listener) {
            while (!closing) {
                selector.select(this::onReady);
            }
            for (final SelectionKey key : selector.keys()) {
                key.channel().close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the null server has failed", e);
        }
    }

    private void onReady(SelectionKey key) {
        try {
            if (key.attachment() instanceof Link link) {
                if (!serve(link)) {
                    link.channel.close();
                }
                return;
            }
            final SocketChannel channel = listener.accept();
            if (channel != null) {
                channel.configureBlocking(false);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.register(selector, SelectionKey.OP_READ, new Link(channel, answerBytesMax));
            }
        } catch (IOException e) {
            // Whoever asked is gone.
            key.cancel();
        }
    }

    /** Answers what is there: false where the connection has ended, or what came is no request. */
    private boolean serve(Link link) throws IOException {
        if (link.channel.read(link.in) < 0) {
            return false;
        }
        final ByteBuffer in = link.in;
        final int end = in.position();
        int offset = 0;
        while (end - offset >= FrameDescriptor.HEADER_LENGTH_BYTES) {
            final int lengthBytes = in.getInt(offset + FrameDescriptor.LENGTH_OFFSET);
            if (lengthBytes < FrameDescriptor.HEADER_LENGTH_BYTES || lengthBytes > BUFFER_BYTES) {
                return false;
            }
            if (end - offset < lengthBytes) {
                break;
            }
            put(
                    link,
                    answers[in.getShort(offset + FrameDescriptor.TYPE_OFFSET) & (TYPES - 1)],
                    in.getLong(offset + FrameDescriptor.CORRELATION_ID_OFFSET));
            offset += lengthBytes;
        }
        in.limit(end).position(offset);
        in.compact();
        flush(link);
        return true;
    }

    private static void put(Link link, byte[] answer, long correlationId) throws IOException {
        if (link.out.remaining() < answer.length) {
            flush(link);
        }
        final int start = link.out.position();
        link.out.put(answer);
        if (answer.length > 0) {
            link.out.putLong(start + FrameDescriptor.CORRELATION_ID_OFFSET, correlationId);
        }
    }

    /** All of it: a generator never waits for us to read before it reads itself. */
    private static void flush(Link link) throws IOException {
        link.out.flip();
        while (link.out.hasRemaining()) {
            link.channel.write(link.out);
        }
        link.out.clear();
    }

    @Override
    public void close() {
        closing = true;
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
