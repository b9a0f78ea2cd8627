package io.zandloper.server.wire;

import io.zandloper.protocol.client.ZandloperClient;
import io.zandloper.server.catalog.CatalogReader;
import io.zandloper.server.decision.DecisionListener;
import io.zandloper.server.decision.Decisions;
import io.zandloper.server.json.ProfileReader;
import io.zandloper.server.json.StrictJson;
import io.zandloper.server.metrics.Metrics;
import io.zandloper.storage.ChangeFuture;
import io.zandloper.storage.Storage;
import io.zandloper.storage.StorageConfig;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.change.Change;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.ReplaceCatalog;
import io.zandloper.storage.change.UpsertProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A binary port over a storage of its own, at a time that the test sets. */
public final class RunningBinaryServer implements AutoCloseable {
    public static final long START_MICROS = 1_793_000_000_000_000L;
    /** The usual ones, but that a machine which is slow because of other tests is no overload. */
    static final BinaryLimits PATIENT = new BinaryLimits(
            BinaryLimits.DEFAULT.connectionsMax(),
            BinaryLimits.DEFAULT.requestFrameBytesMax(),
            BinaryLimits.DEFAULT.requestsInFlightMax(),
            BinaryLimits.DEFAULT.outboundBytesMax(),
            BinaryLimits.DEFAULT.heldBytesMax(),
            Duration.ZERO,
            BinaryLimits.DEFAULT.stallMax(),
            BinaryLimits.DEFAULT.idleMax());

    private final AtomicLong nowMicros = new AtomicLong(START_MICROS);
    private final Metrics metrics = new Metrics(InstantSource.system());
    private final Storage storage;
    private final BinaryServer server;
    private final Decisions decisions = new Decisions(DecisionListener.NONE);
    private final @Nullable Path socketFile;

    public RunningBinaryServer(Path folder) {
        this(folder, null);
    }

    RunningBinaryServer(Path folder, @Nullable String credentials) {
        this(folder, credentials, PATIENT);
    }

    RunningBinaryServer(Path folder, @Nullable String credentials, BinaryLimits limits) {
        this(folder, credentials, limits, new TransportConfig(null, 2, false, null));
    }

    RunningBinaryServer(Path folder, @Nullable String credentials, BinaryLimits limits, TransportConfig transport) {
        this.socketFile = transport.socketFile();
        storage = Storage.open(
                StorageConfig.of(folder), json -> CatalogReader.compile(json, Catalog.EMPTY), nowMicros::get);
        try {
            server = BinaryServer.start(
                    new BinaryConfig("127.0.0.1", 0, transport, credentials, limits),
                    "zandloper/test",
                    storage,
                    metrics,
                    nowMicros::get,
                    new SplittableRandom(1),
                    decisions);
        } catch (IOException failed) {
            storage.close();
            throw new UncheckedIOException(failed);
        }
    }

    public int port() {
        return server.address().getPort();
    }

    public Storage storage() {
        return storage;
    }

    Metrics metrics() {
        return metrics;
    }

    void setTime(long micros) {
        nowMicros.set(micros);
    }

    ZandloperClient connect() {
        return ZandloperClient.builder("127.0.0.1", port())
                .deadline(Duration.ofSeconds(20))
                .connect();
    }

    /** Over the Unix domain socket where there is one. */
    SocketChannel connectRaw() throws IOException {
        if (socketFile != null) {
            return SocketChannel.open(UnixDomainSocketAddress.of(socketFile));
        }
        final SocketChannel channel =
                SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port()));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return channel;
    }

    /** The port, or {@code unix:} and the path of the Unix domain socket where there is one. */
    String target() {
        return socketFile == null ? Integer.toString(port()) : "unix:" + socketFile;
    }

    void replaceCatalog(String json) {
        final byte[] source = json.getBytes(StandardCharsets.UTF_8);
        final Catalog catalog = CatalogReader.compile(source, storage.catalog());
        decisions.prepare(catalog);
        apply(new ReplaceCatalog(catalog, source, null));
    }

    public ChangeOutcome apply(Change change) {
        return apply(storage, change);
    }

    /** Puts a profile that is written as a line of an import. */
    static void put(Storage storage, String json) {
        apply(
                storage,
                ProfileReader.readLine(
                        StrictJson.parseObject(json.getBytes(StandardCharsets.UTF_8)), UpsertProfile.Mode.REPLACE));
    }

    static ChangeOutcome apply(Storage storage, Change change) {
        final ChangeFuture done = new ChangeFuture();
        final boolean taken = storage.submit(change, done);
        if (!taken) {
            throw new AssertionError("the writer's queue is full");
        }
        return done.join();
    }

    void stop() {
        server.close();
    }

    @Override
    public void close() {
        server.close();
        decisions.close();
        storage.close();
    }
}
