package io.zandloper.protocol.client;

import io.netty.buffer.ByteBuf;
import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.ProtocolLimits;
import io.zandloper.protocol.Status;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A call from the moment it was made to its answer. After it was submitted it belongs to its event loop. It may be sent
 * more than once, one server after the other; its request stays with it until it ends.
 */
final class PendingCall<T> {
    /** The deadline of a call that waits as long as it takes. */
    static final long NEVER = Long.MAX_VALUE;
    /** How often a call is sent at most, whatever befalls it: enough to ask every server of a large set-up once. */
    private static final int ATTEMPTS_MAX = 8;

    /** What a call is about, which decides who is asked and what may be asked again. */
    enum Kind {
        /** Any server may be asked, and another one after it. */
        READ,
        /** The primary, and again only where it is certain that nothing was done. */
        WRITE,
        /** About one connection. */
        CONNECTION
    }

    private final Kind kind;
    private final CompletableFuture<T> future;
    private final ByteBuf frame;
    private final int lengthBytes;
    private final ResponseDecoder.Reader<T> reader;
    private final long deadlineNanos;
    private final ReadPreference readPreference;
    private final @Nullable CallBudget budget;
    private int attempts;
    private long triedServers;
    private @Nullable ZandloperException lastFailure;

    /**
     * @param frame the request, complete but for correlation id and deadline
     * @param deadlineNanos by {@link System#nanoTime}, or {@link #NEVER}
     * @param budget given back when the call ends, before its caller hears of it and may make the next one
     */
    PendingCall(
            Kind kind,
            CompletableFuture<T> future,
            ByteBuf frame,
            ResponseDecoder.Reader<T> reader,
            long deadlineNanos,
            ReadPreference readPreference,
            @Nullable CallBudget budget) {
        this.kind = kind;
        this.future = future;
        this.frame = frame;
        this.lengthBytes = frame.readableBytes();
        this.reader = reader;
        this.deadlineNanos = deadlineNanos;
        this.readPreference = readPreference;
        this.budget = budget;
    }

    Kind kind() {
        return kind;
    }

    ReadPreference readPreference() {
        return readPreference;
    }

    /** Bit i is set where the server of index i has been asked in vain. */
    long triedServers() {
        return triedServers;
    }

    long minSequence() {
        return frame.getLongLE(FrameDescriptor.SEQUENCE_OFFSET);
    }

    boolean isExpired(long nowNanos) {
        return deadlineNanos != NEVER && nowNanos - deadlineNanos >= 0;
    }

    /**
     * A server was asked in vain.
     *
     * @return whether another may be asked
     */
    boolean onFailed(int serverIndex, ZandloperException cause) {
        triedServers |= 1L << serverIndex;
        lastFailure = cause;
        return ++attempts < ATTEMPTS_MAX;
    }

    /** Every server may be asked once more. */
    void forgetTried() {
        triedServers = 0;
    }

    /**
     * The request for one attempt, completed with what is known only then.
     *
     * @param share of what is left of the deadline, one in this many: what the server may take of it
     */
    ByteBuf frame(long correlationId, long nowNanos, int share) {
        frame.readerIndex(0);
        frame.setLongLE(FrameDescriptor.CORRELATION_ID_OFFSET, correlationId);
        frame.setIntLE(FrameDescriptor.DEADLINE_OFFSET, (int) deadlineMicros(nowNanos, share));
        return frame.retain();
    }

    boolean isAnsweredBy(int statusNumber) {
        return statusNumber == Status.OK.number()
                || (statusNumber == Status.PROFILE_UNKNOWN.number() && reader.takesUnknownProfile());
    }

    /** @throws RuntimeException where the response cannot be read; the call is then still to be failed */
    void complete(ResponseDecoder decoder, ResponseDecoder.Response response) {
        final T answer = reader.read(decoder, response);
        end();
        future.complete(answer);
    }

    void fail(ZandloperException cause) {
        end();
        future.completeExceptionally(cause);
    }

    /** Ends at its deadline; what went wrong before is the cause. */
    void expire(String message, @Nullable Throwable lastFailureOfConnection) {
        final Throwable cause = lastFailure != null ? lastFailure : lastFailureOfConnection;
        fail(cause == null ? new CallTimeoutException(message) : new CallTimeoutException(message, cause));
    }

    private void end() {
        frame.release();
        if (budget != null) {
            budget.giveBack(lengthBytes);
        }
    }

    /**
     * What the server gets of what is left of the deadline: all but an eighth, so that its own answer that time is up, and
     * why, is back in time. 0 for no deadline, so at least 1 where there is one.
     */
    private long deadlineMicros(long nowNanos, int share) {
        if (deadlineNanos == NEVER) {
            return 0;
        }
        final long leftMicros = TimeUnit.NANOSECONDS.toMicros(deadlineNanos - nowNanos) / share;
        return Math.clamp(leftMicros - leftMicros / 8, 1, ProtocolLimits.DEADLINE_MICROS_MAX);
    }
}
