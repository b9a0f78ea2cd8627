package io.zandloper.server.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.zandloper.server.decision.Decisions;
import io.zandloper.server.metrics.Metrics;
import io.zandloper.server.metrics.Port;
import io.zandloper.server.role.Role;
import io.zandloper.storage.MicrosClock;
import io.zandloper.storage.Storage;
import java.time.Duration;
import java.time.InstantSource;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One connection of the binary port without a socket: from the bytes of a read to the bytes of its answers, by what
 * handles them in a server. For whoever measures that alone, and for requests that only read. Belongs to one thread.
 */
public final class SocketlessPort implements AutoCloseable {
    private final DefaultEventLoop loop = new DefaultEventLoop();
    private final RequestHandler requests;
    private final EmbeddedChannel channel;

    /**
     * Opens the connection.
     *
     * @param storage stays the caller's, to be closed after this, as do the decisions
     * @param random for the ids of decisions
     * @param looksAhead whether frames of one read are looked up together, as a server does, or one by one
     */
    public SocketlessPort(Storage storage, Decisions decisions, RandomGenerator random, boolean looksAhead) {
        requests = new RequestHandler(
                loop,
                storage,
                new Metrics(InstantSource.system()).newRecorder(Port.BINARY),
                MicrosClock.system(),
                new ServerIdentity("zandloper", null),
                BinaryLimits.DEFAULT,
                new HeldBytes(new HeldBound(BinaryLimits.DEFAULT.heldBytesMax()), loop),
                new LoadShedder(Duration.ZERO, System::nanoTime),
                new DecisionIds(random),
                decisions.newDeciding(),
                Role.ALONE);
        if (!looksAhead) {
            requests.lookUpOneByOne();
        }
        channel = new EmbeddedChannel(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel initialized) {
                initialized
                        .pipeline()
                        .addLast(new FrameDecoder(
                                requests,
                                requests.newConnection(initialized),
                                BinaryLimits.DEFAULT.requestFrameBytesMax()));
            }
        });
    }

    /**
     * Handles what one read gave.
     *
     * @param bytes belong to the port from now on
     */
    public void read(ByteBuf bytes) {
        channel.writeInbound(bytes);
    }

    /** The next answers, which belong to the caller from now on; null where all have been given. */
    public @Nullable ByteBuf answers() {
        return channel.readOutbound();
    }

    @Override
    public void close() {
        channel.finishAndReleaseAll();
        requests.close();
        loop.shutdownGracefully();
    }
}
