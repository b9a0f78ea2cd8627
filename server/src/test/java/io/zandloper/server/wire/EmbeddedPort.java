package io.zandloper.server.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.client.ProfileChange;
import io.zandloper.protocol.client.RequestEncoder;
import io.zandloper.server.catalog.CatalogReader;
import io.zandloper.server.decision.DecisionListener;
import io.zandloper.server.decision.Decisions;
import io.zandloper.server.metrics.Metrics;
import io.zandloper.server.metrics.Port;
import io.zandloper.server.role.Role;
import io.zandloper.storage.Storage;
import io.zandloper.storage.StorageConfig;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.change.ReplaceCatalog;
import io.zandloper.storage.journal.Durability;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One event loop of the binary port without sockets: bytes in, answers out, a hundred thousand times a second, and
 * whatever is thrown comes to the caller.
 */
final class EmbeddedPort implements AutoCloseable {
    private static final String CATALOG = """
            {"segments":[{"id":"a"},{"id":"b","purposes":[4]},{"id":"c","rule":"profile.x >= 3"}],
             "offers":[{"id":"o","eligibility":"'a' in segments && context.channel == 'web'","payload":{"k":1}},
                       {"id":"q","caps":[{"scope":"offer","event":"impression","max":2,"window":"P1D"}]}],
             "placements":[{"id":"p","count":2}]}
            """;

    private final DefaultEventLoop loop = new DefaultEventLoop();
    private final HeldBound held = new HeldBound(BinaryLimits.DEFAULT.heldBytesMax());
    private final Decisions decisions = new Decisions(DecisionListener.NONE);
    private final Metrics metrics = new Metrics(InstantSource.system());
    private final Storage storage;
    private final RequestHandler requests;
    private final LoadShedder shedder;

    private final AtomicLong nowMicros = new AtomicLong(RunningBinaryServer.START_MICROS);

    /** What was answered. */
    record Answer(int type, long correlationId, Status status, byte[] body) {}

    EmbeddedPort(Path folder) {
        this(folder, new LoadShedder(Duration.ZERO, System::nanoTime));
    }

    EmbeddedPort(Path folder, LoadShedder shedder) {
        this.shedder = shedder;
        final StorageConfig usual = StorageConfig.of(folder);
        storage = Storage.open(
                new StorageConfig(
                        usual.dataFolder(),
                        usual.journalFolder(),
                        Durability.OS,
                        usual.writerQueueLength(),
                        usual.snapshots()),
                json -> CatalogReader.compile(json, Catalog.EMPTY),
                nowMicros::get);
        requests = onLoop(() -> new RequestHandler(
                loop,
                storage,
                metrics.newRecorder(Port.BINARY),
                nowMicros::get,
                new ServerIdentity("zandloper/test", null),
                BinaryLimits.DEFAULT,
                new HeldBytes(held, loop),
                shedder,
                new DecisionIds(new SplittableRandom(1)),
                decisions.newDeciding(),
                Role.ALONE));
        replaceCatalog(CATALOG);
        final RequestEncoder encoder = new RequestEncoder();
        exchange(
                RawClient.frame(
                        MessageType.UPSERT,
                        1,
                        encoder.upsert(
                                ProfileChange.merge("crm:1").addSegment("a").attribute("x", 4L))),
                1);
    }

    Storage storage() {
        return storage;
    }

    Metrics metrics() {
        return metrics;
    }

    void setTime(long micros) {
        nowMicros.set(micros);
    }

    void replaceCatalog(String json) {
        final byte[] source = json.getBytes(StandardCharsets.UTF_8);
        final Catalog catalog = CatalogReader.compile(source, storage.catalog());
        decisions.prepare(catalog);
        RunningBinaryServer.apply(storage, new ReplaceCatalog(catalog, source, null));
    }

    /** Puts a profile that is written as a line of an import. */
    void put(String json) {
        RunningBinaryServer.put(storage, json);
    }

    /** Answers to a stream on a connection of its own, without those that would have to be waited for. */
    List<Answer> exchange(byte[] stream) {
        return exchange(stream, 0);
    }

    /** Answers to a stream on a connection of its own: all that come at once, and at least {@code leastCount}. */
    List<Answer> exchange(byte[] stream, int leastCount) {
        return exchange(List.of(stream), leastCount);
    }

    /** Answers to what comes in one read after the other, each in a round of its own. */
    List<Answer> exchange(List<byte[]> reads, int leastCount) {
        final EmbeddedChannel channel = onLoop(() -> {
            final EmbeddedChannel opened = open();
            for (final byte[] read : reads) {
                shedder.onRoundBegin(false);
                opened.writeInbound(Unpooled.wrappedBuffer(read));
                shedder.onRoundEnd();
            }
            return opened;
        });
        final List<Answer> answers = new ArrayList<>();
        final long startNanos = System.nanoTime();
        do {
            if (System.nanoTime() - startNanos > Duration.ofSeconds(30).toNanos()) {
                throw new AssertionError("not answered: " + answers);
            }
            onLoop(() -> take(channel, answers));
        } while (answers.size() < leastCount);
        return onLoop(() -> {
            channel.finishAndReleaseAll();
            channel.checkException();
            if (channel.isOpen()) {
                throw new AssertionError("the channel is open");
            }
            return answers;
        });
    }

    /** A connection; on the loop. */
    EmbeddedChannel open() {
        return new EmbeddedChannel(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel initialized) {
                final Connection connection = requests.newConnection(initialized);
                initialized
                        .pipeline()
                        .addLast(new FrameDecoder(requests, connection, BinaryLimits.DEFAULT.requestFrameBytesMax()));
            }
        });
    }

    /** Bytes that are counted as held although every connection is closed. */
    long heldBytes() {
        return held.total();
    }

    static List<Answer> take(EmbeddedChannel channel, List<Answer> answers) {
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            try {
                while (out.isReadable()) {
                    answers.add(answer(out));
                }
            } finally {
                out.release();
            }
        }
        return answers;
    }

    private static Answer answer(ByteBuf out) {
        final int start = out.readerIndex();
        final int lengthBytes = out.getIntLE(start + FrameDescriptor.LENGTH_OFFSET);
        if (lengthBytes < FrameDescriptor.HEADER_LENGTH_BYTES
                || lengthBytes > out.readableBytes()
                || out.getByte(start + FrameDescriptor.VERSION_OFFSET) != FrameDescriptor.VERSION
                || out.getByte(start + FrameDescriptor.FLAGS_OFFSET) != FrameDescriptor.RESPONSE_FLAG) {
            throw new AssertionError("no frame of a response, lengthBytes=" + lengthBytes);
        }
        out.skipBytes(lengthBytes);
        final byte[] body = new byte[lengthBytes - FrameDescriptor.HEADER_LENGTH_BYTES];
        out.getBytes(start + FrameDescriptor.BODY_OFFSET, body);
        final Status status = Status.ofNumber(out.getUnsignedShortLE(start + FrameDescriptor.STATUS_OFFSET));
        if (status == null || status == Status.INTERNAL) {
            throw new AssertionError("an answer that no request deserves, status=" + status);
        }
        return new Answer(
                out.getUnsignedShortLE(start + FrameDescriptor.TYPE_OFFSET),
                out.getLongLE(start + FrameDescriptor.CORRELATION_ID_OFFSET),
                status,
                body);
    }

    <T> T onLoop(Callable<T> task) {
        try {
            return loop.submit(task).get();
        } catch (ExecutionException failed) {
            throw new AssertionError(failed.getCause());
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @Override
    public void close() {
        onLoop(() -> {
            requests.close();
            return null;
        });
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        decisions.close();
        storage.close();
    }
}
