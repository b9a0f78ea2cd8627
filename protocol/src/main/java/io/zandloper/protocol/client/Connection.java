package io.zandloper.protocol.client;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.ProtocolLimits;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.agrona.collections.Long2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One connection, with the calls that go over it; connects again whenever it is lost, until it is closed.
 *
 * <p>Any thread may {@link #submit}; everything else happens on the event loop, which owns all state below that line. A
 * call made while there is no connection waits for one until its deadline. Calls that were sent when the connection
 * ended fail at once, because nobody knows whether the server has done them.
 */
final class Connection {
    /** How late a deadline may be noticed. */
    private static final long SWEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final EventLoop eventLoop;
    private final Bootstrap bootstrap;
    private final ClientSettings settings;
    private final Backoff backoff;
    private final CompletableFuture<ServerInfo> firstHello = new CompletableFuture<>();

    private final AtomicInteger inFlight = new AtomicInteger();
    /** Bounded by {@link #inFlight}. Agrona's queues are faster, but would ask users of the client for JVM options. */
    private final Queue<PendingCall<?>> submitted = new ConcurrentLinkedQueue<>();

    private final AtomicBoolean drainScheduled = new AtomicBoolean();
    private volatile @Nullable ServerInfo server;

    // The event loop's own.
    private final Queue<PendingCall<?>> waiting = new ArrayDeque<>();
    private final Long2ObjectHashMap<PendingCall<?>> sent = new Long2ObjectHashMap<>();
    private final ResponseDecoder decoder = new ResponseDecoder();
    private @Nullable Channel channel;
    private boolean ready;
    private boolean closed;
    private boolean sweepScheduled;
    private long lastCorrelationId;
    private @Nullable Throwable lastFailure;

    Connection(EventLoop eventLoop, Bootstrap transport, ClientSettings settings, Backoff backoff) {
        this.eventLoop = eventLoop;
        this.settings = settings;
        this.backoff = backoff;
        this.bootstrap = transport
                .clone(eventLoop)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        settings.connectTimeout().toMillis())
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel created) {
                        created.pipeline().addLast(frameDecoder(), new ResponseHandler());
                    }
                });
    }

    /** Starts to connect; the future has the first answer to hello, or why the first attempt failed. */
    CompletableFuture<ServerInfo> start() {
        eventLoop.execute(this::connect);
        return firstHello;
    }

    /** What the server said last; null before the first connection. */
    @Nullable
    ServerInfo server() {
        return server;
    }

    boolean isOwnThread() {
        return eventLoop.inEventLoop();
    }

    /**
     * Makes a call, any thread. The future is completed on the event loop.
     *
     * @param frame complete but for correlation id and deadline; asked for only where the call is taken
     */
    <T> CompletableFuture<T> submit(Supplier<ByteBuf> frame, ResponseDecoder.Reader<T> reader, long deadlineNanos) {
        final CompletableFuture<T> future = new CompletableFuture<>();
        if (inFlight.incrementAndGet() > settings.callsInFlightMax()) {
            inFlight.decrementAndGet();
            future.completeExceptionally(new TooManyCallsException(
                    "as many calls wait for answers as may, callsInFlightMax=" + settings.callsInFlightMax()));
            return future;
        }
        final PendingCall<T> call;
        try {
            call = new PendingCall<>(future, frame.get(), reader, deadlineNanos, inFlight);
        } catch (RuntimeException | Error unencodable) {
            inFlight.decrementAndGet();
            throw unencodable;
        }
        submitted.add(call);
        if (!drainScheduled.getAndSet(true)) {
            try {
                eventLoop.execute(this::onSubmitted);
            } catch (RejectedExecutionException shutDown) {
                failSubmitted();
            }
        }
        return future;
    }

    /** Ends the connection and all calls; the future is done when both are. */
    CompletableFuture<Void> close() {
        final CompletableFuture<Void> done = new CompletableFuture<>();
        try {
            eventLoop.execute(() -> onClose(done));
        } catch (RejectedExecutionException closedBefore) {
            done.complete(null);
        }
        return done;
    }

    /** After the event loop has ended: callers fail their calls themselves. */
    private void failSubmitted() {
        synchronized (submitted) {
            // Whoever finds the flag still set has made its call before, so that it is failed here.
            drainScheduled.set(false);
            for (PendingCall<?> call = submitted.poll(); call != null; call = submitted.poll()) {
                call.fail(new ConnectionLostException("the client is closed"));
            }
        }
    }

    private void onClose(CompletableFuture<Void> done) {
        closed = true;
        ready = false;
        final ConnectionLostException cause = new ConnectionLostException("the client is closed");
        failSent(cause);
        failWaiting(cause);
        firstHello.completeExceptionally(cause);
        if (channel == null) {
            done.complete(null);
        } else {
            channel.close().addListener(ignored -> done.complete(null));
        }
    }

    private void onSubmitted() {
        drainScheduled.set(false);
        boolean written = false;
        final long nowNanos = System.nanoTime();
        for (PendingCall<?> call = submitted.poll(); call != null; call = submitted.poll()) {
            if (closed) {
                call.fail(new ConnectionLostException("the client is closed"));
            } else if (ready && channel != null) {
                write(channel, call, nowNanos);
                written = true;
            } else {
                waiting.add(call);
            }
        }
        if (written && channel != null) {
            channel.flush();
        }
        scheduleSweep();
    }

    private void connect() {
        if (closed) {
            return;
        }
        bootstrap.connect(settings.host(), settings.port()).addListener((ChannelFuture attempt) -> {
            if (attempt.isSuccess()) {
                onConnected(attempt.channel());
            } else {
                onDisconnected(attempt.cause());
            }
        });
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
        final CompletableFuture<ServerInfo> hello = new CompletableFuture<>();
        hello.whenComplete((answer, failure) -> onHello(connected, answer, failure));
        final ByteBuf frame = ClientFrames.encode(
                connected.alloc(),
                MessageType.HELLO,
                0,
                encoder -> encoder.hello(settings.clientName(), settings.credentials()));
        final long deadlineNanos = System.nanoTime() + settings.connectTimeout().toNanos();
        // Not counted among the caller's calls.
        final PendingCall<ServerInfo> call =
                new PendingCall<>(hello, frame, ResponseDecoder::hello, deadlineNanos, new AtomicInteger());
        write(connected, call, System.nanoTime());
        connected.flush();
        scheduleSweep();
    }

    private void onHello(Channel connected, @Nullable ServerInfo answer, @Nullable Throwable failure) {
        if (answer == null) {
            lastFailure = failure;
            connected.close();
            return;
        }
        server = answer;
        lastFailure = null;
        ready = true;
        backoff.onConnected();
        firstHello.complete(answer);
        final long nowNanos = System.nanoTime();
        for (PendingCall<?> call = waiting.poll(); call != null; call = waiting.poll()) {
            write(connected, call, nowNanos);
        }
        connected.flush();
    }

    private void write(Channel to, PendingCall<?> call, long nowNanos) {
        if (call.isExpired(nowNanos)) {
            call.fail(new CallTimeoutException("the deadline passed before the call could be sent"));
            return;
        }
        final long correlationId = ++lastCorrelationId;
        sent.put(correlationId, call);
        to.write(call.takeFrame(correlationId, nowNanos), to.voidPromise());
    }

    private void onResponse(ByteBuf frame) {
        final PendingCall<?> call =
                sent.remove(frame.getLongLE(frame.readerIndex() + FrameDescriptor.CORRELATION_ID_OFFSET));
        if (call == null) {
            // Its deadline has passed here already.
            return;
        }
        try {
            call.complete(decoder, ClientFrames.response(frame));
        } catch (RuntimeException malformed) {
            final ConnectionLostException cause =
                    new ConnectionLostException("the server sent a response that cannot be read", malformed);
            call.fail(cause);
            lastFailure = cause;
            if (channel != null) {
                channel.close();
            }
        }
    }

    private void onDisconnected(Throwable cause) {
        channel = null;
        ready = false;
        if (lastFailure == null || !(cause instanceof ConnectionLostException)) {
            lastFailure = cause;
        }
        failSent(new ConnectionLostException(
                "the connection to " + settings.host() + ":" + settings.port() + " ended before the answer came",
                cause));
        firstHello.completeExceptionally(lastFailure);
        if (!closed) {
            eventLoop.schedule(this::connect, backoff.nextPauseNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void failSent(ZandloperException cause) {
        // A callback may submit again; that only enqueues.
        final PendingCall<?>[] calls = sent.values().toArray(PendingCall<?>[]::new);
        sent.clear();
        for (final PendingCall<?> call : calls) {
            call.fail(cause);
        }
    }

    private void failWaiting(ZandloperException cause) {
        for (PendingCall<?> call = waiting.poll(); call != null; call = waiting.poll()) {
            call.fail(cause);
        }
    }

    private void scheduleSweep() {
        if (!sweepScheduled && !(waiting.isEmpty() && sent.isEmpty())) {
            sweepScheduled = true;
            eventLoop.schedule(this::onSweep, SWEEP_NANOS, TimeUnit.NANOSECONDS);
        }
    }

    private void onSweep() {
        sweepScheduled = false;
        final long nowNanos = System.nanoTime();
        failExpired(sent.values().iterator(), nowNanos, "no answer came within the deadline");
        failExpired(waiting.iterator(), nowNanos, "there was no connection within the deadline");
        scheduleSweep();
    }

    private void failExpired(Iterator<PendingCall<?>> calls, long nowNanos, String message) {
        while (calls.hasNext()) {
            final PendingCall<?> call = calls.next();
            if (call.isExpired(nowNanos)) {
                calls.remove();
                call.fail(
                        lastFailure == null
                                ? new CallTimeoutException(message)
                                : new CallTimeoutException(message, lastFailure));
            }
        }
    }

    private static LengthFieldBasedFrameDecoder frameDecoder() {
        return new LengthFieldBasedFrameDecoder(
                ByteOrder.LITTLE_ENDIAN,
                ProtocolLimits.RESPONSE_FRAME_BYTES_MAX,
                FrameDescriptor.LENGTH_OFFSET,
                Integer.BYTES,
                -Integer.BYTES,
                0,
                true);
    }

    /** Hands what happens on the channel over to the connection. */
    private final class ResponseHandler extends SimpleChannelInboundHandler<ByteBuf> {
        private @Nullable Throwable failure;

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf frame) {
            if (frame.readableBytes() < FrameDescriptor.HEADER_LENGTH_BYTES) {
                throw new IllegalArgumentException("a frame shorter than its header");
            }
            onResponse(frame);
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
