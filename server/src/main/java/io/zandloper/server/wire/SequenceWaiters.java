package io.zandloper.server.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Frames of one event loop that wait for their minimum sequence. Looked through again and again while there are any: the
 * writer is not to know its readers. Belongs to the event loop.
 */
final class SequenceWaiters {
    private final EventLoop eventLoop;
    private final RequestHandler requests;
    private final HeldBytes held;
    private final LongSupplier currentSequence;
    private final LongSupplier nanoClock;
    private List<Waiting> waiting = new ArrayList<>();
    private boolean scheduled;

    /** @param bytes a frame of its own */
    private record Waiting(
            Connection connection, ByteBuf bytes, long minSequence, long arrivalNanos, long expiresNanos) {}

    SequenceWaiters(
            EventLoop eventLoop,
            RequestHandler requests,
            HeldBytes held,
            LongSupplier currentSequence,
            LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.eventLoop = eventLoop;
        this.requests = requests;
        this.held = held;
        this.currentSequence = currentSequence;
    }

    /** False where too much waits already. */
    boolean add(Connection connection, RequestFrame frame, long arrivalNanos, long expiresNanos) {
        if (!held.reserveWaiting(frame.lengthBytes())) {
            return false;
        }
        waiting.add(new Waiting(connection, frame.copy(), frame.minSequence(), arrivalNanos, expiresNanos));
        connection.onRequestWaits();
        schedule();
        return true;
    }

    void close() {
        waiting.forEach(this::forget);
        waiting.clear();
    }

    private void schedule() {
        if (!scheduled && !waiting.isEmpty()) {
            scheduled = true;
            eventLoop.schedule(this::look, WireLimits.SEQUENCE_POLL_MICROS, TimeUnit.MICROSECONDS);
        }
    }

    private void look() {
        scheduled = false;
        final long sequence = currentSequence.getAsLong();
        final long nowNanos = nanoClock.getAsLong();
        final List<Waiting> looked = waiting;
        waiting = new ArrayList<>();
        final List<Connection> answered = new ArrayList<>();
        for (final Waiting candidate : looked) {
            if (!candidate.connection().channel().isActive()) {
                forget(candidate);
            } else if (!candidate.connection().isWritable()) {
                // It leaves its answers lying, so there are not to be more of them.
                waiting.add(candidate);
            } else if (candidate.minSequence() <= sequence) {
                requests.onSequenceReached(candidate.connection(), candidate.bytes(), candidate.arrivalNanos());
                answered.add(candidate.connection());
                forget(candidate);
            } else if (nowNanos - candidate.expiresNanos() >= 0) {
                requests.onSequenceNotReached(candidate.connection(), candidate.bytes(), candidate.arrivalNanos());
                answered.add(candidate.connection());
                forget(candidate);
            } else {
                waiting.add(candidate);
            }
        }
        requests.onReadEnd();
        answered.forEach(Connection::flush);
        schedule();
    }

    private void forget(Waiting gone) {
        held.releaseWaiting(gone.bytes().readableBytes());
        gone.bytes().release();
        gone.connection().onRequestDone();
    }
}
