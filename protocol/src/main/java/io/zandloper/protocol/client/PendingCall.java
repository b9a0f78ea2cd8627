package io.zandloper.protocol.client;

import io.netty.buffer.ByteBuf;
import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.ProtocolLimits;
import io.zandloper.protocol.Status;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A call from the moment it was made to its answer. After it was submitted it belongs to its connection's event loop. */
final class PendingCall<T> {
    /** The deadline of a call that waits as long as it takes. */
    static final long NEVER = Long.MAX_VALUE;

    private final CompletableFuture<T> future;
    private final ResponseDecoder.Reader<T> reader;
    private final long deadlineNanos;
    private final AtomicInteger inFlight;
    private @Nullable ByteBuf frame;

    /**
     * @param deadlineNanos by {@link System#nanoTime}, or {@link #NEVER}
     * @param inFlight counted down when the call ends, before its caller hears of it and may make the next one
     */
    PendingCall(
            CompletableFuture<T> future,
            ByteBuf frame,
            ResponseDecoder.Reader<T> reader,
            long deadlineNanos,
            AtomicInteger inFlight) {
        this.future = future;
        this.frame = frame;
        this.reader = reader;
        this.deadlineNanos = deadlineNanos;
        this.inFlight = inFlight;
    }

    boolean isExpired(long nowNanos) {
        return deadlineNanos != NEVER && nowNanos - deadlineNanos >= 0;
    }

    /** Gives the frame away, completed with what is known only when it is sent. */
    ByteBuf takeFrame(long correlationId, long nowNanos) {
        final ByteBuf taken = frame;
        if (taken == null) {
            throw new IllegalStateException("sent already, correlationId=" + correlationId);
        }
        frame = null;
        taken.setLongLE(FrameDescriptor.CORRELATION_ID_OFFSET, correlationId);
        taken.setIntLE(FrameDescriptor.DEADLINE_OFFSET, (int) deadlineMicros(nowNanos));
        return taken;
    }

    /** @throws RuntimeException where the response cannot be read; the call is then still to be failed */
    void complete(ResponseDecoder decoder, ResponseDecoder.Response response) {
        final int status = response.statusNumber();
        final boolean isAnswer = status == Status.OK.number()
                || (status == Status.PROFILE_UNKNOWN.number() && reader.takesUnknownProfile());
        if (isAnswer) {
            final T answer = reader.read(decoder, response);
            inFlight.decrementAndGet();
            future.complete(answer);
        } else {
            final ZandloperException rejection = decoder.rejection(response);
            inFlight.decrementAndGet();
            future.completeExceptionally(rejection);
        }
    }

    void fail(ZandloperException cause) {
        if (frame != null) {
            frame.release();
            frame = null;
        }
        inFlight.decrementAndGet();
        future.completeExceptionally(cause);
    }

    /**
     * What the server gets of what is left of the deadline: all but an eighth, so that its own answer that time is up, and
     * why, is back in time. 0 for no deadline, so at least 1 where there is one.
     */
    private long deadlineMicros(long nowNanos) {
        if (deadlineNanos == NEVER) {
            return 0;
        }
        final long leftMicros = TimeUnit.NANOSECONDS.toMicros(deadlineNanos - nowNanos);
        return Math.clamp(leftMicros - leftMicros / 8, 1, ProtocolLimits.DEADLINE_MICROS_MAX);
    }
}
