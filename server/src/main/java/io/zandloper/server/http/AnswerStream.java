package io.zandloper.server.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a body whose pieces a worker makes. The next one is asked for when the one before it is written and the socket
 * takes more, so that a slow receiver costs one piece of memory and no thread. Belongs to the connection's event loop.
 */
final class AnswerStream {
    private static final Logger LOG = LoggerFactory.getLogger(AnswerStream.class);

    private final ChannelHandlerContext context;
    private final AnswerSource source;
    private final Executor worker;
    private final Runnable ended;
    private boolean making;
    private boolean closed;

    /** @param ended told after the last piece */
    AnswerStream(ChannelHandlerContext context, AnswerSource source, Executor worker, Runnable ended) {
        this.context = context;
        this.source = source;
        this.worker = worker;
        this.ended = ended;
    }

    /** Has the next piece made, if the socket takes it. */
    void proceed() {
        if (making || closed || !context.channel().isWritable()) {
            return;
        }
        making = true;
        try {
            worker.execute(this::make);
        } catch (RejectedExecutionException stopping) {
            making = false;
            breakOff();
        }
    }

    /** Ends the body here. */
    void end() {
        close();
        context.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        ended.run();
    }

    /** Gives up what is not written yet. */
    void close() {
        if (!closed) {
            closed = true;
            if (!making) {
                source.close();
            }
        }
    }

    /** On the worker. */
    private void make() {
        byte[] made = null;
        RuntimeException failure = null;
        try {
            made = source.next();
        } catch (RuntimeException e) {
            failure = e;
        }
        final byte[] piece = made;
        final RuntimeException cause = failure;
        try {
            context.executor().execute(() -> onPiece(piece, cause));
        } catch (RejectedExecutionException stopped) {
            // The loop is gone, and the connection with it.
            source.close();
        }
    }

    private void onPiece(byte @Nullable [] piece, @Nullable RuntimeException failure) {
        making = false;
        if (closed) {
            source.close();
        } else if (failure != null) {
            LOG.error("An answer broke off.", failure);
            breakOff();
        } else if (piece == null) {
            end();
        } else {
            context.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(piece)))
                    .addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
            proceed();
        }
    }

    /** Without an end, so that the receiver does not take a part for the whole. */
    private void breakOff() {
        close();
        context.close();
    }
}
