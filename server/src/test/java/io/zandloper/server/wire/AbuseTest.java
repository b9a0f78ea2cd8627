package io.zandloper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.util.internal.PlatformDependent;
import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.client.ProfileChange;
import io.zandloper.protocol.client.RequestEncoder;
import io.zandloper.protocol.client.ZandloperClient;
import io.zandloper.server.Await;
import io.zandloper.server.metrics.Cutoff;
import io.zandloper.server.metrics.Port;
import io.zandloper.server.metrics.Refusal;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Clients that misbehave, over real sockets, each kind twice. After each the server is up, another connection saw no
 * error, and file handles and memory are where they were: the second time takes no more than the first.
 */
@Timeout(240)
@ParameterizedClass(name = "{0}")
@EnumSource(names = {"EPOLL", "EPOLL_UNIX", "IO_URING", "NIO"})
final class AbuseTest {
    private static final long SEED = 20261123;
    private static final int CLIENTS = 200;
    private static final int IDLE_CLIENTS = 10_000;
    /** File handles that the test leaves to everything else. */
    private static final int HANDLES_LEFT = 1_000;
    /** Of a JVM that does other things as well: a class loaded late, a thread's selector. */
    private static final long HANDLES_SLACK = 16;

    private static final long DIRECT_SLACK_BYTES = 16L * 1024 * 1024;
    private static final Duration STALL = Duration.ofSeconds(1);

    @TempDir
    private static Path folder;

    private static RunningBinaryServer server;
    private static ZandloperClient bystander;

    /** Does something bad, and has closed its own ends when it returns. */
    private interface Abuse {
        void commit() throws Exception;
    }

    @Parameter
    private Route route;

    @BeforeParameterizedClassInvocation
    static void start(Route route) throws IOException {
        final Path own = Files.createDirectory(folder.resolve(route.name()));
        final BinaryLimits usual = BinaryLimits.DEFAULT;
        server = new RunningBinaryServer(
                own,
                null,
                new BinaryLimits(
                        usual.connectionsMax(),
                        usual.requestFrameBytesMax(),
                        usual.requestsInFlightMax(),
                        usual.outboundBytesMax(),
                        usual.heldBytesMax(),
                        Duration.ZERO,
                        STALL,
                        usual.idleMax()),
                route.open(own));
        server.replaceCatalog("{\"segments\":[{\"id\":\"a\"}]}");
        bystander = server.connect();
        bystander.upsert(ProfileChange.merge("crm:1").addSegment("a")).join();
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        bystander.close();
        server.close();
    }

    private static void survives(Abuse abuse) throws Exception {
        final long handlesBefore = openHandles();
        commitBesideTheBystander(abuse, handlesBefore, Long.MAX_VALUE);
        commitBesideTheBystander(abuse, handlesBefore, PlatformDependent.usedDirectMemory());
        assertThat(server.metrics().refused(Port.BINARY, Refusal.INTERNAL)).isZero();
    }

    private static void commitBesideTheBystander(Abuse abuse, long handlesBefore, long directBefore) throws Exception {
        final CompletableFuture<Void> done = CompletableFuture.runAsync(() -> {
            try {
                abuse.commit();
            } catch (Exception failed) {
                throw new AssertionError(failed);
            }
        });
        long asked = 0;
        while (!done.isDone() || asked == 0) {
            assertThat(bystander.testSegments("crm:1", List.of("a")).join().isMember(0))
                    .isTrue();
            asked++;
        }
        done.join();
        // The bystander has one.
        assertThat(Await.until(() -> server.metrics().connectionsOpen(Port.BINARY) == 1))
                .isTrue();
        assertThat(Await.until(() -> openHandles() <= handlesBefore + HANDLES_SLACK))
                .as("file handles %d, before %d", openHandles(), handlesBefore)
                .isTrue();
        assertThat(PlatformDependent.usedDirectMemory() - DIRECT_SLACK_BYTES).isLessThan(directBefore);
    }

    private static UnixOperatingSystemMXBean process() {
        return (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    }

    private static long openHandles() {
        return process().getOpenFileDescriptorCount();
    }

    private static void withClients(int count, ClientAction action) throws Exception {
        final List<RawClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                clients.add(new RawClient(server));
                action.accept(clients.get(i));
            }
            for (final RawClient client : clients) {
                action.after(client);
            }
        } finally {
            for (final RawClient client : clients) {
                client.close();
            }
        }
    }

    /** What each client does, and what it does when all have done it. */
    @FunctionalInterface
    private interface ClientAction {
        void accept(RawClient client) throws IOException;

        default void after(RawClient client) throws IOException {
            assertThat(client.isEnded()).isTrue();
        }
    }

    @Test
    void garbage() throws Exception {
        final SplittableRandom random = new SplittableRandom(SEED);
        survives(() -> withClients(CLIENTS, client -> {
            final byte[] garbage = new byte[random.nextInt(1, 8192)];
            random.nextBytes(garbage);
            client.write(garbage);
            client.shutdownOutput();
        }));
    }

    @Test
    void slowLoris() throws Exception {
        final byte[] frame = RawClient.frame(MessageType.PING, 1, ByteBuffer.allocate(8192));
        final long before = server.metrics().cutOff(Port.BINARY, Cutoff.REQUEST_UNFINISHED);
        survives(() -> withClients(CLIENTS, client -> client.write(frame, 0, 5000)));
        assertThat(server.metrics().cutOff(Port.BINARY, Cutoff.REQUEST_UNFINISHED) - before)
                .isEqualTo(2 * CLIENTS);
    }

    @Test
    void halfClosed() throws Exception {
        final RequestEncoder encoder = new RequestEncoder();
        final byte[] upsert = RawClient.frame(
                MessageType.UPSERT,
                1,
                encoder.upsert(ProfileChange.merge("crm:half").attribute("n", 1L)));
        survives(() -> withClients(CLIENTS, client -> {
            client.write(upsert);
            client.shutdownOutput();
        }));
    }

    @Test
    void gone() throws Exception {
        final byte[] frame = RawClient.frame(MessageType.PING, 1, ByteBuffer.allocate(64 * 1024));
        survives(() -> withClients(CLIENTS, new ClientAction() {
            @Override
            public void accept(RawClient client) throws IOException {
                client.write(frame);
                client.write(frame, 0, 100);
            }

            @Override
            public void after(RawClient client) throws IOException {
                // With an answer unread, so the server is told by a reset.
                client.close();
            }
        }));
    }

    @Test
    void neverReading() throws Exception {
        final byte[] frame = RawClient.frame(MessageType.PING, 1, ByteBuffer.allocate(512 * 1024));
        survives(() -> withClients(2, client -> {
            while (true) {
                try {
                    client.write(frame);
                } catch (IOException cutOff) {
                    return;
                }
            }
        }));
        assertThat(server.metrics().cutOff(Port.BINARY, Cutoff.ANSWERS_NOT_TAKEN))
                .isPositive();
    }

    @Test
    void idle() throws Exception {
        final long possible = process().getMaxFileDescriptorCount() - openHandles() - HANDLES_LEFT;
        final int count = (int) Math.min(IDLE_CLIENTS, possible);
        System.out.println("idle connections over " + route + ": " + count + " of " + IDLE_CLIENTS
                + (count < IDLE_CLIENTS ? ", as many as the limit of open files allows" : ""));
        assertThat(count).isPositive();
        final long before = server.metrics().connectionsOpened(Port.BINARY);
        survives(() -> IdleClients.inAnotherProcess(server.target(), count));
        // Over a Unix domain socket a client may be connected, and gone, before it is accepted: some may be of the test
        // before.
        assertThat(server.metrics().connectionsOpened(Port.BINARY) - before).isGreaterThanOrEqualTo(2L * count);
    }
}
