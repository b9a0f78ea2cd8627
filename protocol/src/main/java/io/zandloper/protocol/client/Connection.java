package io.zandloper.protocol.client;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.util.concurrent.Future;
import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.MessageType;
import java.net.SocketAddress;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.agrona.collections.Long2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The connection of one event loop to one server, with the calls that were sent over it; connects again whenever it is
 * lost, until it is closed. Its event loop owns all of it but {@link #server}.
 *
 * <p>Hello opens it and is repeated from time to time: it tells whether the server is still there, whether it is the
 * primary by now, and how long a round trip takes.
 */
final class Connection implements ServerChoice.Candidate {
    private final ClientLoop loop;
    private final int index;
    private final ServerAddress address;
    private final ClientSettings settings;
    private final EventLoop eventLoop;
    private final Transport transport;
    private final Bootstrap bootstrap;
    private final Backoff backoff;
    private final ServerHealth health;
    private final ResponseDecoder decoder = new ResponseDecoder();
    private final Long2ObjectHashMap<PendingCall<?>> sent = new Long2ObjectHashMap<>();
    private volatile @Nullable ServerInfo server;

    private @Nullable Channel channel;
    private @Nullable Future<?> nextCheck;
    private @Nullable Throwable lastFailure;
    private boolean greeted;
    /** Hello is on its way. */
    private boolean checking;
    /** The server takes no more requests; the connection ends with the last answer. */
    private boolean leaving;
    /** Since the last hello the server has refused a write as a replica. */
    private boolean refusesWrites;

    private boolean closed;
    private boolean unflushed;
    private long lastCorrelationId;
    private long sequenceSeen;

    /** @param index among the connections of the loop */
    Connection(
            ClientLoop loop,
            int index,
            EventLoop eventLoop,
            Transport transport,
            ClientSettings settings,
            RandomGenerator random) {
        this.loop = loop;
        this.index = index;
        this.address = settings.addresses().get(index);
        this.settings = settings;
        this.eventLoop = eventLoop;
        this.transport = transport;
        this.backoff = settings.newBackoff(random);
        this.health = new ServerHealth(settings.newBackoff(random));
        this.bootstrap = transport.bootstrap(eventLoop, address, settings.connectTimeout(), created -> {
            created.pipeline().addLast(new ResponseFrameDecoder(), new ResponseHandler());
        });
    }

    int index() {
        return index;
    }

    ServerAddress address() {
        return address;
    }

    /** What the server said last, any thread; null before the first connection. */
    @Nullable
    ServerInfo server() {
        return server;
    }

    /** Why there is no connection, or why there was none before this one; null where there was no failure. */
    @Nullable
    Throwable lastFailure() {
        return lastFailure;
    }

    /** Of the newest change that the server is known to have. */
    long sequenceSeen() {
        return sequenceSeen;
    }

    @Override
    public boolean isUsable() {
        // What cannot be written would pile up in memory: such a call waits, or goes elsewhere.
        return greeted && !leaving && channel != null && channel.isWritable();
    }

    @Override
    public boolean isPrimary() {
        final ServerInfo said = server;
        return said != null && !said.replica() && !refusesWrites;
    }

    @Override
    public long term() {
        final ServerInfo said = server;
        return said == null ? 0 : said.term();
    }

    @Override
    public boolean isAvoided(long nowNanos) {
        return health.isAvoided(nowNanos);
    }

    @Override
    public long roundTripNanos() {
        return health.roundTripNanos();
    }

    @Override
    public int callsOnTheirWay() {
        return sent.size();
    }

    void connect() {
        if (closed) {
            return;
        }
        transport.lookUp(address).whenCompleteAsync(this::onLookedUp, eventLoop);
    }

    private void onLookedUp(@Nullable SocketAddress remote, @Nullable Throwable unknown) {
        if (closed) {
            return;
        }
        if (remote == null) {
            onDisconnected(new ConnectionLostException(
                    "no host of this name, address=" + address, Objects.requireNonNull(unknown)));
            return;
        }
        bootstrap.connect(remote).addListener((ChannelFuture attempt) -> {
            if (attempt.isSuccess()) {
                onConnected(attempt.channel());
            } else {
                onDisconnected(attempt.cause());
            }
        });
    }

    /**
     * Sends a call, with the next {@link #flush}; only while {@link #isUsable}.
     *
     * @param deadlineShare the server may take one in this many of what is left of the deadline
     */
    void send(PendingCall<?> call, long nowNanos, int deadlineShare) {
        if (channel == null) {
            throw new IllegalStateException("not connected, address=" + address);
        }
        write(channel, call, nowNanos, deadlineShare);
    }

    void flush() {
        if (unflushed && channel != null) {
            unflushed = false;
            channel.flush();
        }
    }

    /** Asks the server what it is, unless that is under way. */
    void check() {
        if (greeted && !checking && !leaving && channel != null) {
            sayHello(channel);
        }
    }

    void failExpired(long nowNanos) {
        final Iterator<PendingCall<?>> calls = sent.values().iterator();
        while (calls.hasNext()) {
            final PendingCall<?> call = calls.next();
            if (call.isExpired(nowNanos)) {
                calls.remove();
                health.onRefusal(nowNanos);
                call.expire("no answer came from " + address + " within the deadline", lastFailure);
            }
        }
        leaveWhenDone();
    }

    /** Ends the connection for good; the calls sent are still to be failed by the loop, which is told. */
    CompletableFuture<Void> close() {
        closed = true;
        final CompletableFuture<Void> done = new CompletableFuture<>();
        if (channel == null) {
            done.complete(null);
        } else {
            channel.close().addListener(ignored -> done.complete(null));
        }
        failSent(new ConnectionLostException("the client is closed"));
        return done;
    }

    private void onConnected(Channel connected) {
        if (closed) {
            connected.close();
            return;
        }
        if (!connected.isActive()) {
            // Ended already: the handler says so, or has done.
            return;
        }
        channel = connected;
        sayHello(connected);
    }

    private void sayHello(Channel to) {
        checking = true;
        final long nowNanos = System.nanoTime();
        final CompletableFuture<ServerInfo> hello = new CompletableFuture<>();
        final ByteBuf frame = ClientFrames.encode(
                to.alloc(),
                MessageType.HELLO,
                0,
                loop.requestFrameBytesMax(),
                encoder -> encoder.hello(settings.clientName(), settings.credentials()));
        final PendingCall<ServerInfo> call = new PendingCall<>(
                PendingCall.Kind.CONNECTION,
                hello,
                frame,
                ResponseDecoder::hello,
                nowNanos + settings.connectTimeout().toNanos(),
                ReadPreference.ANY,
                null);
        hello.whenComplete((answer, failure) -> onHello(to, answer, failure, System.nanoTime() - nowNanos));
        write(to, call, nowNanos, 1);
        flush();
        loop.scheduleSweep();
    }

    private void onHello(Channel from, @Nullable ServerInfo answer, @Nullable Throwable failure, long roundTripNanos) {
        if (from != channel) {
            return;
        }
        checking = false;
        if (answer == null) {
            lastFailure = failure;
            from.close();
            return;
        }
        server = answer;
        refusesWrites = false;
        lastFailure = null;
        greeted = true;
        backoff.onConnected();
        health.onRoundTrip(roundTripNanos);
        from.pipeline().get(ResponseFrameDecoder.class).setFrameBytesMax(answer.responseFrameBytesMax());
        if (nextCheck != null) {
            nextCheck.cancel(false);
        }
        nextCheck = eventLoop.schedule(this::check, settings.checkInterval().toNanos(), TimeUnit.NANOSECONDS);
        loop.onGreeted(answer);
    }

    private void write(Channel to, PendingCall<?> call, long nowNanos, int deadlineShare) {
        final long correlationId = ++lastCorrelationId;
        sent.put(correlationId, call);
        to.write(call.frame(correlationId, nowNanos, deadlineShare), to.voidPromise());
        unflushed = true;
    }

    private void onResponse(ByteBuf frame) {
        final PendingCall<?> call =
                sent.remove(frame.getLongLE(frame.readerIndex() + FrameDescriptor.CORRELATION_ID_OFFSET));
        final ResponseDecoder.Response response = ClientFrames.response(frame);
        sequenceSeen = Math.max(sequenceSeen, response.sequence());
        if (call == null) {
            // Its deadline has passed here already.
            return;
        }
        final RequestRejectedException rejection;
        try {
            rejection = answer(call, response);
        } catch (RuntimeException malformed) {
            final ConnectionLostException cause =
                    new ConnectionLostException(address + " sent a response that cannot be read", malformed);
            call.fail(cause);
            lastFailure = cause;
            if (channel != null) {
                channel.close();
            }
            return;
        }
        if (rejection != null) {
            onRejection(call, rejection);
        }
        leaveWhenDone();
    }

    /** Completes the call, or tells why the server did not do what it asks. */
    private @Nullable RequestRejectedException answer(PendingCall<?> call, ResponseDecoder.Response response) {
        if (!call.isAnsweredBy(response.statusNumber())) {
            return decoder.rejection(response);
        }
        call.complete(decoder, response);
        health.onAnswer();
        return null;
    }

    private void onRejection(PendingCall<?> call, RequestRejectedException rejection) {
        final long nowNanos = System.nanoTime();
        if (rejection.status() != null) {
            switch (rejection.status()) {
                case BUSY, DEADLINE_PASSED -> health.onRefusal(nowNanos);
                case SHUTTING_DOWN -> {
                    health.onShuttingDown(nowNanos);
                    leaving = true;
                }
                case READ_ONLY -> refusesWrites = true;
                default -> health.onAnswer();
            }
        }
        loop.onRejection(this, call, rejection);
    }

    private void leaveWhenDone() {
        if (leaving && sent.isEmpty() && channel != null) {
            channel.close();
        }
    }

    private void onDisconnected(Throwable cause) {
        channel = null;
        greeted = false;
        checking = false;
        leaving = false;
        unflushed = false;
        if (nextCheck != null) {
            nextCheck.cancel(false);
            nextCheck = null;
        }
        if (lastFailure == null || !(cause instanceof ConnectionLostException)) {
            lastFailure = cause;
        }
        failSent(new ConnectionLostException("the connection to " + address + " ended before the answer came", cause));
        loop.onLost(this, lastFailure);
        if (!closed) {
            eventLoop.schedule(this::connect, backoff.nextPauseNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void failSent(ConnectionLostException cause) {
        // A callback may submit again, or be sent over another connection; neither comes here.
        final PendingCall<?>[] calls = sent.values().toArray(PendingCall<?>[]::new);
        sent.clear();
        for (final PendingCall<?> call : calls) {
            loop.onCut(this, call, cause);
        }
    }

    /** Hands what happens on the channel over to the connection. */
    private final class ResponseHandler extends SimpleChannelInboundHandler<ByteBuf> {
        private @Nullable Throwable failure;

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf frame) {
            onResponse(frame);
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            if (context.channel().isWritable()) {
                loop.onUsable();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            onDisconnected(failure != null ? failure : new ConnectionLostException("the server ended the connection"));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            failure = cause;
            context.close();
        }
    }
}
