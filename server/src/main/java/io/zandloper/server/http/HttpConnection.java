package io.zandloper.server.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutor;
import io.zandloper.server.metrics.Cutoff;
import io.zandloper.server.role.Role;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection: takes one request at a time, in order, and reads from the socket only what it can handle next. All of
 * it belongs to the connection's event loop.
 *
 * <p>The cycle is {@link #advance()}: while the state wants input, the next decoded piece is taken; when there is none,
 * the socket is asked for one read. What was decoded beyond that waits in {@code inbound}, which one read bounds.
 */
final class HttpConnection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(HttpConnection.class);

    /** What the next piece of input is for. */
    private enum State {
        /** The next request. */
        HEAD,
        /** The body of a request, collected. */
        BODY,
        /** The body of a request, handed on. */
        STREAM,
        /** Nothing: a request is at work or waits for its minimum sequence. */
        WORKING,
        /** The rest of the body of a request that is answered already. */
        DISCARD,
        CLOSED
    }

    private final HttpServer server;
    private final LoopContext loop;
    private final Queue<HttpObject> inbound = new ArrayDeque<>();
    private @Nullable ChannelHandlerContext context;
    private State state = State.HEAD;
    private boolean advancing;
    private boolean reading;
    private boolean flushWanted;
    private boolean inputClosed;
    /** Whether the present read has completed a message. */
    private boolean messageRead;
    /** Since when bytes of an incomplete head have been there; 0 where none are. */
    private long headSinceNanos;

    // Of the present request.
    private @Nullable Exchange exchange;
    private @Nullable BodyStream stream;
    private @Nullable AnswerStream answer;
    private @Nullable HttpRequest request;
    private BodyCollector body;
    private long startNanos;
    private long discardedBytes;
    private boolean keepAlive;
    private boolean ended;
    private boolean continueExpected;

    HttpConnection(HttpServer server, LoopContext loop) {
        this.server = server;
        this.loop = loop;
        this.body = new BodyCollector(server.bodyBytes());
    }

    Role role() {
        return server.role();
    }

    EventExecutor executor() {
        return context().executor();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        loop.recorder().connectionOpened();
        advance();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        loop.recorder().connectionClosed();
        state = State.CLOSED;
        inbound.forEach(ReferenceCountUtil::release);
        inbound.clear();
        body.clear();
        endStream();
        endAnswer();
        exchange = null;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (state == State.CLOSED) {
            ReferenceCountUtil.release(message);
            return;
        }
        messageRead = true;
        inbound.add((HttpObject) message);
        advance();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        reading = false;
        final boolean incomplete = !messageRead && state == State.HEAD;
        messageRead = false;
        if (!incomplete) {
            headSinceNanos = 0;
        } else if (headIsOverdue()) {
            loop.recorder().cutOff(Cutoff.REQUEST_UNFINISHED);
            refuse(Response.problem(408, "the request's head did not arrive in time"));
            return;
        }
        advance();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (answer != null) {
            answer.proceed();
        }
        advance();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof IdleStateEvent) {
            onIdle();
        } else if (event instanceof ChannelInputShutdownEvent) {
            inputClosed = true;
            if (state == State.CLOSED) {
                context().close();
            } else {
                advance();
            }
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.warn("A connection failed and is closed.", cause);
        }
        ctx.close();
    }

    /** The server stops: what is under way is finished, nothing new is taken. */
    void onStop() {
        keepAlive = false;
        if (state == State.HEAD && inbound.isEmpty()) {
            context().close();
        } else if (stream != null) {
            stream.onStop();
        }
    }

    // ---- Input ---------------------------------------------------------------------------------------------------

    /** Takes what has arrived as far as the state wants it, and asks the socket for more where it wants more. */
    void advance() {
        if (advancing) {
            return;
        }
        advancing = true;
        try {
            while (wantsInput()) {
                final HttpObject next = inbound.poll();
                if (next == null) {
                    read();
                    break;
                }
                accept(next);
            }
        } finally {
            advancing = false;
            if (flushWanted) {
                flushWanted = false;
                context().flush();
            }
        }
    }

    private boolean wantsInput() {
        return switch (state) {
            // A sender that does not read its answers gets no further ones.
            case HEAD -> context().channel().isWritable();
            case BODY, DISCARD -> true;
            case STREAM -> stream != null && stream.wantsMore();
            case WORKING, CLOSED -> false;
        };
    }

    private void read() {
        if (inputClosed) {
            // Everything that came is answered; a body that was cut off has nobody waiting.
            closeAfterWrites();
        } else if (!reading) {
            reading = true;
            context().read();
        }
    }

    private void accept(HttpObject next) {
        if (next instanceof HttpRequest head) {
            onHead(head);
        } else if (next instanceof HttpContent content) {
            onContent(content);
        } else {
            ReferenceCountUtil.release(next);
        }
    }

    private void onHead(HttpRequest head) {
        request = head;
        startNanos = System.nanoTime();
        ended = head instanceof LastHttpContent;
        continueExpected = HttpUtil.is100ContinueExpected(head);
        keepAlive = HttpUtil.isKeepAlive(head) && !server.isStopping();
        exchange = null;
        discardedBytes = 0;
        state = State.WORKING;
        if (head.decoderResult().isFailure()) {
            // The decoder is out of step, there is no next request.
            ended = true;
            refuse(RequestHeads.undecodable(head.decoderResult().cause()));
            ReferenceCountUtil.release(head);
            return;
        }
        try {
            route(head);
        } catch (RuntimeException e) {
            respond(exchange, Outcomes.thrown(e));
        }
    }

    private void route(HttpRequest head) {
        RequestHeads.check(head);
        final RequestTarget target = RequestTarget.parse(head.uri());
        final RouteTable.Lookup lookup = server.routes().find(head.method(), target.rawSegments());
        if (lookup.match() == null) {
            respond(null, RequestHeads.unroutable(head, lookup.allow(), server.cors()));
            return;
        }
        final Route route = lookup.match().route();
        RequestHeads.checkTaken(route, server.role());
        final MediaType type = MediaType.of(head.headers(), route.takes());
        if (HttpUtil.getContentLength(head, 0L) > HttpLimits.BODY_BYTES_MAX && !isStreamed(route, type)) {
            throw new ProblemException(413, "the body is longer than " + HttpLimits.BODY_BYTES_MAX + " bytes");
        }
        final Exchange next = new Exchange(
                this,
                server.storage(),
                loop,
                head.headers(),
                target,
                route,
                lookup.match().parameters());
        exchange = next;
        final long minimum = RequestHeads.minimumSequence(head.headers());
        final long deadlineNanos = startNanos
                + TimeUnit.MILLISECONDS.toNanos(Preferences.of(head.headers()).waitMillis());
        awaitSequence(next, minimum, deadlineNanos, () -> takeBody(next, type));
    }

    private static boolean isStreamed(Route route, MediaType type) {
        return type.isLines() && route.streamed() != null;
    }

    /** Waits without waiting: the loop looks again and again until the sequence is reached or time is up. */
    private void awaitSequence(Exchange waiting, long minimum, long deadlineNanos, Runnable then) {
        if (exchange != waiting || state == State.CLOSED) {
            return;
        }
        if (minimum <= 0 || (server.role().sharesHistory() && server.storage().sequence() >= minimum)) {
            run(waiting, then);
        } else if (System.nanoTime() - deadlineNanos >= 0) {
            respond(waiting, Response.problem(503, "the sequence of Zandloper-Min-Sequence was not reached in time"));
        } else {
            executor()
                    .schedule(
                            () -> awaitSequence(waiting, minimum, deadlineNanos, then),
                            HttpLimits.SEQUENCE_POLL_MILLIS,
                            TimeUnit.MILLISECONDS);
        }
    }

    private void takeBody(Exchange taking, MediaType type) {
        final Route.StreamedCall streamed = taking.route().streamed();
        if (streamed != null && type.isLines()) {
            if (!server.streams().tryAcquire()) {
                throw ProblemException.busy("too many streamed bodies at a time, try again");
            }
            taking.begin();
            stream = streamed.open(taking);
            state = State.STREAM;
        } else {
            state = State.BODY;
        }
        if (continueExpected && !ended) {
            continueExpected = false;
            context()
                    .writeAndFlush(new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
        }
        advance();
    }

    private void onContent(HttpContent content) {
        ended |= content instanceof LastHttpContent;
        if (content.decoderResult().isFailure()) {
            content.release();
            onBrokenBody();
            return;
        }
        switch (state) {
            case BODY -> collect(content);
            case STREAM -> pass(content);
            default -> discard(content);
        }
    }

    /** The decoder is out of step, there is no next request. */
    private void onBrokenBody() {
        keepAlive = false;
        if (state != State.DISCARD) {
            // Not yet ended, as far as the answer is concerned: what follows is dropped.
            ended = false;
            respond(exchange, Response.problem(400, "the body's framing is broken"));
        }
        closeLingering();
    }

    private void collect(HttpContent content) {
        final Exchange collecting = exchange;
        try {
            if (!body.add(content.content())) {
                respond(
                        collecting,
                        body.isTooLong()
                                ? Response.problem(
                                        413, "the body is longer than " + HttpLimits.BODY_BYTES_MAX + " bytes")
                                : Response.busy("too many long bodies at a time, try again"));
                return;
            }
        } finally {
            content.release();
        }
        if (ended && collecting != null) {
            state = State.WORKING;
            final byte[] bytes = body.take();
            collecting.begin();
            final Route.Call call = collecting.route().whole();
            if (call == null) {
                throw new IllegalStateException("a call that takes no whole body got one");
            }
            run(collecting, () -> call.handle(collecting, bytes));
        } else if (System.nanoTime() - startNanos > server.timeouts().body().toNanos()) {
            keepAlive = false;
            loop.recorder().cutOff(Cutoff.REQUEST_UNFINISHED);
            respond(collecting, Response.problem(408, "the body did not arrive in time"));
        }
    }

    private void pass(HttpContent content) {
        final BodyStream passing = stream;
        if (passing == null) {
            content.release();
            return;
        }
        run(exchange, () -> passing.onContent(content.content()));
        if (ended && stream == passing) {
            state = State.WORKING;
            run(exchange, passing::onEnd);
        }
    }

    private void discard(HttpContent content) {
        discardedBytes += content.content().readableBytes();
        content.release();
        if (ended) {
            finish();
        } else if (discardedBytes > HttpLimits.DISCARDED_BYTES_MAX) {
            context().close();
        }
    }

    // ---- Output --------------------------------------------------------------------------------------------------

    /** Whether the request still waits for its answer. */
    boolean isAnswering(Exchange asked) {
        return exchange == asked && state != State.CLOSED;
    }

    /** Runs a part of a call; what it throws becomes the answer. */
    void run(@Nullable Exchange running, Runnable part) {
        if (exchange != running || state == State.CLOSED) {
            return;
        }
        try {
            part.run();
        } catch (RuntimeException e) {
            if (exchange == running) {
                respond(running, Outcomes.thrown(e));
            } else {
                LOG.error("A call failed after its answer.", e);
            }
        }
    }

    /** Answers the present request; of one that is not present any more the connection is gone. */
    void respond(@Nullable Exchange answered, Response response) {
        if (exchange != answered || state == State.CLOSED || request == null) {
            return;
        }
        write(answered, request, response);
        endExchange();
        if (ended) {
            finish();
        } else {
            state = State.DISCARD;
            discardWithin(startNanos);
            advance();
        }
    }

    /**
     * Answers with a body that is made piece by piece, as fast as its receiver takes it.
     *
     * @param head status and headers of the answer
     */
    void respond(Exchange answered, Response head, AnswerSource source, Executor worker) {
        if (exchange != answered || state == State.CLOSED || request == null) {
            source.close();
            return;
        }
        final HttpRequest answering = request;
        final boolean chunked = answering.protocolVersion().isKeepAliveDefault();
        keepAlive &= chunked; // an older client knows the end of the body by that of the connection
        final HttpResponse message =
                new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(head.status()));
        addHeaders(message.headers(), answered, answering, head);
        HttpUtil.setTransferEncodingChunked(message, chunked);
        context().write(message).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        Answers.record(loop.recorder(), answered, head.status(), System.nanoTime() - startNanos);
        answer = new AnswerStream(context(), source, worker, this::onAnswered);
        if (answering.method().equals(HttpMethod.HEAD)) {
            answer.end();
        } else {
            answer.proceed();
        }
    }

    private void onAnswered() {
        answer = null;
        endExchange();
        finish();
    }

    private void endExchange() {
        exchange = null;
        request = null;
        body.clear();
        endStream();
    }

    /** Answers what is not even a request, and closes. */
    private void refuse(Response response) {
        keepAlive = false;
        write(null, null, response);
        closeLingering();
    }

    private void write(@Nullable Exchange answered, @Nullable HttpRequest head, Response response) {
        final FullHttpResponse message = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(response.status()),
                Unpooled.wrappedBuffer(response.body()));
        addHeaders(message.headers(), answered, head, response);
        if (response.status() != HttpResponseStatus.NO_CONTENT.code()
                && response.status() != HttpResponseStatus.NOT_MODIFIED.code()) {
            message.headers().set(HttpHeaderNames.CONTENT_LENGTH, response.body().length);
        }
        context().write(message).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        if (advancing) {
            flushWanted = true;
        } else {
            context().flush();
        }
        Answers.record(loop.recorder(), answered, response.status(), System.nanoTime() - startNanos);
    }

    private void addHeaders(
            HttpHeaders headers, @Nullable Exchange answered, @Nullable HttpRequest head, Response response) {
        if ((continueExpected && !ended) || server.isStopping()) {
            // Whether the sender still sends the body that it asked leave for cannot be known.
            keepAlive = false;
        }
        headers.set(HttpHeaderNames.DATE, loop.date());
        final long before = answered == null ? server.storage().sequence() : answered.sequence();
        headers.set("Zandloper-Sequence", Long.toString(Math.max(before, response.sequence())));
        if (server.role().isReplica()) {
            headers.set("Zandloper-Lag-Ms", Long.toString(server.role().lagMillis()));
        }
        if (response.contentType() != null) {
            headers.set(HttpHeaderNames.CONTENT_TYPE, response.contentType());
        }
        response.headers().forEach(header -> headers.set(header.name(), header.value()));
        if (head != null) {
            server.cors().addHeaders(head.headers(), headers);
            if (keepAlive && !head.protocolVersion().isKeepAliveDefault()) {
                headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
            }
        }
        if (!keepAlive) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
    }

    /** The request has been read whole and is answered. */
    private void finish() {
        if (keepAlive) {
            state = State.HEAD;
            headSinceNanos = 0;
            advance();
        } else {
            closeAfterWrites();
        }
    }

    private void closeAfterWrites() {
        state = State.CLOSED;
        context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    /** Closes so that a peer which is still sending sees the answer before its connection breaks. */
    private void closeLingering() {
        state = State.CLOSED;
        final Channel channel = context().channel();
        context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (channel instanceof DuplexChannel duplex) {
                duplex.shutdownOutput();
            }
        });
        channel.config().setAutoRead(true);
        executor().schedule(() -> channel.close(), HttpLimits.LINGER_MILLIS, TimeUnit.MILLISECONDS);
        if (inputClosed) {
            channel.close();
        }
    }

    /** Bounds the time of discarding: a sender that never ends its body is cut off. */
    private void discardWithin(long requestNanos) {
        executor()
                .schedule(
                        () -> {
                            if (state == State.DISCARD && startNanos == requestNanos) {
                                context().close();
                            }
                        },
                        HttpLimits.DISCARD_MILLIS_MAX,
                        TimeUnit.MILLISECONDS);
    }

    private void endStream() {
        final BodyStream ending = stream;
        if (ending != null) {
            stream = null;
            server.streams().release();
            ending.close();
        }
    }

    private void endAnswer() {
        final AnswerStream ending = answer;
        if (ending != null) {
            answer = null;
            ending.close();
        }
    }

    // ---- Time ----------------------------------------------------------------------------------------------------

    private void onIdle() {
        final boolean waitsForPeer = wantsInput() || state == State.HEAD || answer != null;
        if (!waitsForPeer) {
            return;
        }
        loop.recorder().cutOff(idleReason());
        if (state == State.BODY || state == State.STREAM) {
            keepAlive = false;
            respond(exchange, Response.problem(408, "the body did not arrive in time"));
        } else if (state == State.HEAD && headSinceNanos != 0) {
            refuse(Response.problem(408, "the request's head did not arrive in time"));
            return;
        }
        context().close();
    }

    private Cutoff idleReason() {
        if (answer != null) {
            return Cutoff.ANSWERS_NOT_TAKEN;
        }
        return state == State.BODY || state == State.STREAM || headSinceNanos != 0
                ? Cutoff.REQUEST_UNFINISHED
                : Cutoff.IDLE;
    }

    /** Called after a read that completed no message: bytes of a head, dripping in. */
    private boolean headIsOverdue() {
        final long now = System.nanoTime();
        if (headSinceNanos == 0) {
            headSinceNanos = now;
        }
        return now - headSinceNanos > server.timeouts().head().toNanos();
    }

    private ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("the connection has no channel yet");
        }
        return context;
    }
}
