package io.zandloper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ResourceLeakDetector;
import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.client.DecisionQuery;
import io.zandloper.protocol.client.RequestEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From the bytes of a read to the bytes of its answers the port allocates nothing, whatever is read. */
@Timeout(240)
final class WireAllocationTest {
    /** Types that only read. */
    private static final String READING = "PING|(PROFILE|SEGMENT_TEST|SEGMENT_LIST|DECIDE)(_BATCH)?";

    private static final int PERSONS = 100;
    private static final int READS = 500;
    private static final Duration WARM_UP_MOST = Duration.ofSeconds(30);
    private static final String CATALOG = """
            {"segments":[{"id":"a"},{"id":"b","purposes":[1]},{"id":"old","rule":"profile.age > 60"}],
             "offers":[{"id":"oa","eligibility":"'a' in segments","payload":{"n":1,"t":"ü☂"}},
                       {"id":"oo","eligibility":"profile.age > context.least","value":0.5}],
             "placements":[{"id":"p","count":3}]}
            """;

    @TempDir
    private Path folder;

    private final RequestEncoder encoder = new RequestEncoder();
    private EmbeddedPort port;

    @BeforeEach
    void start() {
        port = new EmbeddedPort(folder.resolve("embedded"));
        port.replaceCatalog(CATALOG);
        fill(port::put);
    }

    private static void fill(Consumer<String> put) {
        for (int i = 0; i < PERSONS; i++) {
            put.accept(String.format(
                    Locale.ROOT,
                    "{\"id\":\"crm:%d\",\"identities\":[\"crm:%d\",\"cookie:%d\"],\"attributes\":{\"age\":%d,\"t\":\"ü\"},"
                            + "\"segments\":[\"a\",{\"id\":\"b\",\"expires\":\"2099-01-01T00:00:00Z\"}],"
                            + "\"scores\":{\"oa\":%d,\"oo\":0.25},\"consent\":{\"purposes\":[%d]}}",
                    i,
                    i,
                    i,
                    i,
                    i % 2,
                    1 + i % 2));
        }
    }

    @AfterEach
    void stop() {
        port.close();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = READING)
    void aRequestThatComesAlone(MessageType type) {
        assertAllocatesNothing(
                IntStream.range(0, 10).mapToObj(i -> frame(type, i)).toList());
    }

    @Test
    void requestsThatComeTogether() {
        final ByteArrayOutputStream read = new ByteArrayOutputStream();
        for (int i = 0; i < 40; i++) {
            read.writeBytes(frame(MessageType.SEGMENT_TEST, i));
            read.writeBytes(frame(MessageType.DECIDE, i));
            read.writeBytes(frame(MessageType.PROFILE, i));
        }
        assertAllocatesNothing(List.of(read.toByteArray()));
    }

    /** What the event loops allocate, the transport's own work included, but for samples of Netty's search for leaks. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = READING)
    void aRequestOverASocket(MessageType type) throws IOException {
        final ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        try (RunningBinaryServer server = new RunningBinaryServer(folder.resolve("socket"))) {
            server.replaceCatalog(CATALOG);
            fill(json -> RunningBinaryServer.put(server.storage(), json));
            assertThat(leastBytesOver(
                            server,
                            IntStream.range(0, 10).mapToObj(i -> frame(type, i)).toList()))
                    .as("bytes of %d requests", READS)
                    .isLessThan(READS);
        } finally {
            ResourceLeakDetector.setLevel(level);
        }
    }

    private static long leastBytesOver(RunningBinaryServer server, List<byte[]> frames) throws IOException {
        long leastBytes = Long.MAX_VALUE;
        try (RawClient client = new RawClient(server)) {
            final long startNanos = System.nanoTime();
            while (leastBytes >= READS && System.nanoTime() - startNanos < WARM_UP_MOST.toNanos()) {
                final long before = allocatedByEventLoops();
                for (int i = 0; i < READS; i++) {
                    client.write(frames.get(i % frames.size()));
                    client.read();
                }
                leastBytes = Math.min(leastBytes, allocatedByEventLoops() - before);
            }
        }
        return leastBytes;
    }

    private static long allocatedByEventLoops() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("zandloper-binary"))
                .mapToLong(thread -> threads.getThreadAllocatedBytes(thread.threadId()))
                .sum();
    }

    private byte[] frame(MessageType type, int number) {
        // Every tenth is nobody's.
        final String profile = number % 10 == 9 ? "crm:nobody" : (number % 2 == 0 ? "crm:" : "cookie:") + number;
        final List<String> profiles =
                IntStream.range(0, 80).mapToObj(i -> "crm:" + (number + i)).toList();
        final List<String> segments = List.of("old", "b", "nowhere", "a");
        final ByteBuffer body = switch (type) {
            case PING -> ByteBuffer.wrap(new byte[] {1, 2, 3});
            case PROFILE -> encoder.profile(profile);
            case SEGMENT_TEST -> encoder.segmentTest(profile, segments);
            case SEGMENT_LIST -> encoder.segmentList(profile);
            case DECIDE -> encoder.decide(query(DecisionQuery.forProfile(profile)));
            case PROFILE_BATCH -> encoder.profileBatch(profiles);
            case SEGMENT_TEST_BATCH -> encoder.segmentTestBatch(profiles, segments);
            case SEGMENT_LIST_BATCH -> encoder.segmentListBatch(profiles);
            case DECIDE_BATCH -> encoder.decideBatch(profiles, query(DecisionQuery.forAnonymous()));
            default -> throw new AssertionError(type);
        };
        return RawClient.frame(type, number, body);
    }

    private static DecisionQuery query(DecisionQuery whom) {
        return whom.placement("p").context("least", 30L).context("channel", "web");
    }

    private void assertAllocatesNothing(List<byte[]> reads) {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final long leastBytes = port.onLoop(() -> {
            final EmbeddedChannel channel = port.open();
            channel.config().setAllocator(PooledByteBufAllocator.DEFAULT);
            final List<ByteBuf> buffers = new ArrayList<>();
            reads.forEach(read ->
                    buffers.add(channel.alloc().directBuffer(read.length).writeBytes(read)));
            long least = Long.MAX_VALUE;
            final long startNanos = System.nanoTime();
            // Buffers grow in the first rounds, and code that is not optimised yet allocates what is optimised away.
            while (least >= READS && System.nanoTime() - startNanos < WARM_UP_MOST.toNanos()) {
                final long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < READS; i++) {
                    read(channel, buffers.get(i % buffers.size()));
                }
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            buffers.forEach(ByteBuf::release);
            channel.finishAndReleaseAll();
            return least;
        });
        // Asking costs some bytes itself; less than one a read.
        assertThat(leastBytes).as("bytes of %d reads", READS).isLessThan(READS);
    }

    private static void read(EmbeddedChannel channel, ByteBuf bytes) {
        bytes.readerIndex(0).retain();
        channel.pipeline().fireChannelRead(bytes);
        channel.pipeline().fireChannelReadComplete();
        int answeredBytes = 0;
        for (Object out = channel.outboundMessages().poll();
                out != null;
                out = channel.outboundMessages().poll()) {
            answeredBytes += ((ByteBuf) out).readableBytes();
            ((ByteBuf) out).release();
        }
        if (answeredBytes == 0) {
            throw new AssertionError("nothing was answered");
        }
    }
}
