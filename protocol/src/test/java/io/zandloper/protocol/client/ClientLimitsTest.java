package io.zandloper.protocol.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoopGroup;
import io.zandloper.protocol.ProtocolLimits;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.client.ScriptedServer.Peer;
import io.zandloper.protocol.client.ScriptedServer.Request;
import io.zandloper.protocol.schema.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a client takes from hello, what it bounds itself, and what it leaves behind. */
@Timeout(30)
final class ClientLimitsTest {
    private static final int MIB = 1024 * 1024;

    private final ScriptedServer server = new ScriptedServer();
    private ZandloperClient client;
    private Peer peer;

    private void connect(byte[] hello, ClientBuilder builder) {
        final CompletableFuture<ZandloperClient> connecting = CompletableFuture.supplyAsync(
                builder.deadline(Duration.ofSeconds(20)).checkInterval(Duration.ofHours(1))::connect,
                ScriptedServer.THREADS);
        peer = server.acceptAndGreet(Role.Primary, hello);
        client = connecting.join();
    }

    private ClientBuilder builder() {
        return ZandloperClient.builder(server.address());
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        peer.close();
        server.close();
    }

    @Test
    void framesMayBeAsLongAsHelloSays() throws Exception {
        connect(Bodies.hello(Role.Primary, 4 * MIB, 32 * MIB), builder());
        final CompletableFuture<?> call = client.profile("crm:" + "x".repeat(3 * MIB));
        final Request request = peer.read();
        assertThat(request.body().length).isGreaterThan(3 * MIB);
        peer.answer(request, Status.PROFILE_UNKNOWN, Bodies.EMPTY);
        call.get();
        assertThatThrownBy(() -> client.profile("crm:" + "x".repeat(4 * MIB)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lengthBytes=");

        final CompletableFuture<Long> ping = client.ping();
        peer.answer(peer.read(), Status.OK, new byte[20 * MIB]);
        assertThat(ping.get()).isPositive();
    }

    @Test
    void aShorterLimitIsTakenToo() {
        connect(Bodies.hello(Role.Primary, 4096, 8192), builder());
        assertThatThrownBy(() -> client.profile("crm:" + "x".repeat(4096)))
                .isInstanceOf(IllegalArgumentException.class);
        final CompletableFuture<Long> ping = client.ping();
        peer.answer(peer.read(), Status.OK, new byte[8192]);
        assertThatThrownBy(ping::get).hasCauseInstanceOf(ConnectionLostException.class);
    }

    @Test
    void whatHelloDoesNotTellIsAsTheDocumentSays() {
        connect(Bodies.helloWithoutLimits(), builder());
        assertThat(client.server().requestFrameBytesMax()).isEqualTo(ProtocolLimits.REQUEST_FRAME_BYTES_MAX);
        assertThat(client.server().responseFrameBytesMax()).isEqualTo(ProtocolLimits.RESPONSE_FRAME_BYTES_MAX);
        assertThat(client.server().requestsInFlightMax()).isEqualTo(ProtocolLimits.REQUESTS_IN_FLIGHT_MAX);
        assertThat(client.server().batchProfilesMax()).isEqualTo(ProtocolLimits.BATCH_PROFILES_MAX);
    }

    @Test
    void bytesOnTheirWayAreBounded() {
        connect(Bodies.hello(Role.Primary), builder().bytesInFlightMax(2 * MIB));
        // Nobody reads them: they stay with the client.
        final CompletableFuture<?> first = client.profile("crm:" + "x".repeat(1_000_000));
        final CompletableFuture<?> second = client.profile("crm:" + "y".repeat(1_000_000));
        assertThatThrownBy(() -> client.profile("crm:" + "z".repeat(1_000_000)).get())
                .hasCauseInstanceOf(TooManyCallsException.class)
                .hasMessageContaining("bytesInFlightMax=");
        assertThat(first).isNotDone();
        assertThat(second).isNotDone();
    }

    @Test
    void whatAServerDoesNotReadWaitsAndIsSentWhenItDoes() throws Exception {
        connect(Bodies.hello(Role.Primary), builder());
        final int count = 40;
        final CompletableFuture<?>[] calls = new CompletableFuture<?>[count];
        for (int i = 0; i < count; i++) {
            calls[i] = client.profile("crm:" + "x".repeat(1_000_000));
        }
        for (int i = 0; i < count; i++) {
            peer.answer(peer.read(), Status.PROFILE_UNKNOWN, Bodies.EMPTY);
        }
        CompletableFuture.allOf(calls).get();
    }

    @Test
    void aServerMayBeNamed() throws Exception {
        connect(Bodies.hello(Role.Primary), ZandloperClient.builder("localhost", server.port()));
        final CompletableFuture<Long> ping = client.ping();
        peer.answer(peer.read(), Status.OK, Bodies.EMPTY);
        assertThat(ping.get()).isPositive();
    }

    @Test
    void closingEndsTheThreads() throws Exception {
        connect(Bodies.hello(Role.Primary), builder());
        final CompletableFuture<Thread> thread = client.ping().thenApply(sequence -> Thread.currentThread());
        peer.answer(peer.read(), Status.OK, Bodies.EMPTY);
        final Thread eventLoop = thread.get();
        client.close();
        eventLoop.join();
        assertThat(eventLoop.isAlive()).isFalse();
    }

    @Test
    void aServerOnTheSameMachineIsReachedOverAUnixSocket(@TempDir Path folder) throws Exception {
        final Path socket = folder.resolve("zandloper.sock");
        try (ScriptedServer local = new ScriptedServer(socket)) {
            final CompletableFuture<ZandloperClient> connecting = CompletableFuture.supplyAsync(
                    ZandloperClient.builder("unix:" + socket).deadline(Duration.ofSeconds(20))::connect,
                    ScriptedServer.THREADS);
            peer = local.acceptAndGreet(Role.Primary);
            client = connecting.get();
            final CompletableFuture<Long> ping = client.ping();
            peer.answer(peer.read(), Status.OK, Bodies.EMPTY);
            assertThat(ping.get()).isPositive();
            assertThat(client.servers()).containsOnlyKeys("unix:" + socket);
        }
    }

    @Test
    void theJdksSocketsDoWhereThereIsNoEpoll(@TempDir Path folder) throws Exception {
        connect(Bodies.hello(Role.Primary), builder());
        final Transport jdk = new Transport(false);
        final Path socket = folder.resolve("zandloper.sock");
        try (ScriptedServer local = new ScriptedServer(socket)) {
            for (final ScriptedServer other : new ScriptedServer[] {server, local}) {
                final ServerAddress address = ServerAddress.parse(other == local ? "unix:" + socket : other.address());
                final EventLoopGroup group = jdk.eventLoops(1);
                final ChannelFuture connected = jdk.bootstrap(
                                group.next(), address, Duration.ofSeconds(20), created -> {})
                        .connect(jdk.lookUp(address).get());
                other.accept().close();
                connected.sync().channel().closeFuture().sync();
                group.shutdownGracefully().sync();
            }
        }
    }
}
