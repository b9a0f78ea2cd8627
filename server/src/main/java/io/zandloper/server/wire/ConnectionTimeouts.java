package io.zandloper.server.wire;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.zandloper.server.metrics.Cutoff;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a client off that leaves a request unfinished, leaves its answers lying, or says nothing for too long. Requests
 * only note times; one task for each connection looks at them when the earliest could be over. Belongs to the event loop.
 */
final class ConnectionTimeouts {
    private static final long NOTHING_BEGAN = Long.MIN_VALUE;

    private final Connection connection;
    private final EventLoop eventLoop;
    private final long stallNanos;
    private final long idleNanos;
    private long lastReadNanos;
    private long requestBeganNanos = NOTHING_BEGAN;
    private long answersLieSinceNanos = NOTHING_BEGAN;
    private @Nullable Future<?> nextLook;

    ConnectionTimeouts(Connection connection, EventLoop eventLoop, BinaryLimits limits) {
        this.connection = connection;
        this.eventLoop = eventLoop;
        this.stallNanos = TimeUnit.NANOSECONDS.convert(limits.stallMax());
        this.idleNanos = limits.idleMax().isZero() ? Long.MAX_VALUE : TimeUnit.NANOSECONDS.convert(limits.idleMax());
    }

    void start(long nowNanos) {
        lastReadNanos = nowNanos;
        lookIn(Math.min(stallNanos, idleNanos));
    }

    void onRead(long nowNanos) {
        lastReadNanos = nowNanos;
    }

    /**
     * A request has begun that is not all there.
     *
     * @param isAnother than the one that was unfinished before
     */
    void onRequestUnfinished(boolean isAnother, long nowNanos) {
        if (isAnother || requestBeganNanos == NOTHING_BEGAN) {
            requestBeganNanos = nowNanos;
        }
    }

    void onRequestFinished() {
        requestBeganNanos = NOTHING_BEGAN;
    }

    void onAnswersLie(long nowNanos) {
        if (answersLieSinceNanos == NOTHING_BEGAN) {
            answersLieSinceNanos = nowNanos;
        }
    }

    void onAnswersTaken() {
        answersLieSinceNanos = NOTHING_BEGAN;
    }

    void close() {
        if (nextLook != null) {
            nextLook.cancel(false);
            nextLook = null;
        }
    }

    private void look() {
        final long nowNanos = System.nanoTime();
        final long untilRequest = left(requestBeganNanos, stallNanos, nowNanos);
        final long untilAnswers = left(answersLieSinceNanos, stallNanos, nowNanos);
        // Who waits for the server is not idle, and who is not read from cannot say anything.
        final boolean mayBeIdle = connection.requestsWaiting() == 0 && answersLieSinceNanos == NOTHING_BEGAN;
        final long untilIdle = left(mayBeIdle ? lastReadNanos : NOTHING_BEGAN, idleNanos, nowNanos);
        if (untilAnswers <= 0) {
            connection.cutOff(Cutoff.ANSWERS_NOT_TAKEN);
        } else if (untilRequest <= 0) {
            connection.cutOff(Cutoff.REQUEST_UNFINISHED);
        } else if (untilIdle <= 0) {
            connection.cutOff(Cutoff.IDLE);
        } else {
            connection.noticeHeldBytes();
            lookIn(Math.min(untilIdle, Math.min(untilRequest, untilAnswers)));
        }
    }

    private static long left(long sinceNanos, long maxNanos, long nowNanos) {
        return sinceNanos == NOTHING_BEGAN || maxNanos == Long.MAX_VALUE
                ? maxNanos
                : maxNanos - (nowNanos - sinceNanos);
    }

    private void lookIn(long nanos) {
        nextLook = eventLoop.schedule(this::look, nanos, TimeUnit.NANOSECONDS);
    }
}
