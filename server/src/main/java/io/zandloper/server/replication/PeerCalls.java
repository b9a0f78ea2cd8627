package io.zandloper.server.replication;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.zandloper.server.replication.Message.Purpose;
import io.zandloper.storage.Replication;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Asks another server where it stands, or tells it of a newer term: one message each way. Thread-safe. */
final class PeerCalls {
    private static final int MILLIS_MAX = 1_500;

    private final Replication storage;
    private final FollowerSettings settings;
    private final EventLoop loop;
    private final Class<? extends Channel> channelClass;

    PeerCalls(Replication storage, FollowerSettings settings, EventLoop loop, Class<? extends Channel> channelClass) {
        this.storage = storage;
        this.settings = settings;
        this.loop = loop;
        this.channelClass = channelClass;
    }

    /** What it answers; a failure where there is no answer within {@value #MILLIS_MAX} ms, or a refusal. */
    CompletableFuture<Message.Told> call(InetSocketAddress to, Purpose purpose) {
        return call(to, purpose, ReplicationSource.standing(storage));
    }

    /** The same for one who says to stand elsewhere: at a term that is not opened yet. */
    CompletableFuture<Message.Told> call(InetSocketAddress to, Purpose purpose, Message.Standing standing) {
        final CompletableFuture<Message.Told> answer = new CompletableFuture<>();
        loop.execute(() -> connect(to, purpose, standing, answer));
        return answer.orTimeout(MILLIS_MAX, TimeUnit.MILLISECONDS);
    }

    private void connect(
            InetSocketAddress to, Purpose purpose, Message.Standing standing, CompletableFuture<Message.Told> answer) {
        final ChannelFuture connecting = new Bootstrap()
                .group(loop)
                .channel(channelClass)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, MILLIS_MAX)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel made) {
                        // Handlers come once it is connected.
                    }
                })
                .connect(new InetSocketAddress(to.getHostString(), to.getPort()));
        connecting.addListener(done -> {
            if (!done.isSuccess()) {
                answer.completeExceptionally(done.cause());
                return;
            }
            final Channel channel = connecting.channel();
            answer.whenComplete((told, failure) -> channel.close());
            final Wire wire = new Wire(channel, loop, ReplicationLimits.SHORT_FRAME_BYTES_MAX, () -> {});
            wire.receive(receiver(answer));
            wire.send(new Message.Hello(
                    ReplicationLimits.VERSION,
                    purpose,
                    standing,
                    settings.catalogVersion().getAsLong(),
                    settings.address().get(),
                    settings.credentials()));
            channel.config().setAutoRead(true);
        });
    }

    private static Wire.Receiver receiver(CompletableFuture<Message.Told> answer) {
        return new Wire.Receiver() {
            @Override
            public void onMessage(Message message) {
                if (message instanceof Message.Told told) {
                    answer.complete(told);
                } else {
                    onMalformed(message instanceof Message.Refused refused ? refused.detail() : "another answer");
                }
            }

            @Override
            public void onMalformed(String reason) {
                answer.completeExceptionally(new IllegalStateException(reason));
            }

            @Override
            public void onClosed() {
                answer.completeExceptionally(new IllegalStateException("the connection is gone"));
            }
        };
    }
}
