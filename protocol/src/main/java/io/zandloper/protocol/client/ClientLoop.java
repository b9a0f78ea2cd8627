package io.zandloper.protocol.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.zandloper.protocol.ProtocolLimits;
import io.zandloper.protocol.Status;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One event loop: the calls submitted to it, and its connection to each server. It finds each call a server, and another
 * one where that failed and a second try can do no harm.
 *
 * <p>Any thread may {@link #submit}; everything else happens on the event loop, which owns all state below that line. A
 * call for which there is no server waits for one until its deadline.
 */
final class ClientLoop {
    /** How late a deadline may be noticed. */
    private static final long SWEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    /** Between two times that all servers are asked which is the primary while writes wait for it. */
    private static final long LOOK_UP_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final EventLoop eventLoop;
    private final List<Connection> connections = new ArrayList<>();
    private final CallBudget budget;
    private final CompletableFuture<ServerInfo> firstHello = new CompletableFuture<>();
    /** Bounded by {@link #budget}. Agrona's queues are faster, but would ask users of the client for JVM options. */
    private final Queue<PendingCall<?>> submitted = new ConcurrentLinkedQueue<>();

    private final AtomicBoolean drainScheduled = new AtomicBoolean();
    private volatile long requestFrameBytesMax = ProtocolLimits.REQUEST_FRAME_BYTES_MAX;
    private volatile int batchProfilesMax = ProtocolLimits.BATCH_PROFILES_MAX;

    // The event loop's own.
    private final ServerChoice<Connection> choice;
    private final Queue<PendingCall<?>> waiting = new ArrayDeque<>();
    /** By index; all of them before the first hello mean that nobody is there. */
    private final BitSet failedOnce = new BitSet();

    private boolean sweepScheduled;
    private boolean placeScheduled;
    private boolean closed;
    private long lastLookUpNanos;

    ClientLoop(EventLoop eventLoop, Transport transport, ClientSettings settings, RandomGenerator random) {
        this.eventLoop = eventLoop;
        this.budget = new CallBudget(settings.callsInFlightMax(), settings.bytesInFlightMax());
        for (int i = 0; i < settings.addresses().size(); i++) {
            connections.add(new Connection(this, i, eventLoop, transport, settings, random));
        }
        this.choice = new ServerChoice<>(connections);
        this.lastLookUpNanos = System.nanoTime() - LOOK_UP_NANOS;
    }

    /** Starts to connect; the future has the first answer to hello, or why no server gave one. */
    CompletableFuture<ServerInfo> start() {
        eventLoop.execute(() -> connections.forEach(Connection::connect));
        return firstHello;
    }

    List<Connection> connections() {
        return connections;
    }

    /** The longest request that some server takes. Any thread. */
    long requestFrameBytesMax() {
        return requestFrameBytesMax;
    }

    /** The profiles that every server takes in one batch. Any thread. */
    int batchProfilesMax() {
        return batchProfilesMax;
    }

    boolean isOwnThread() {
        return eventLoop.inEventLoop();
    }

    /** Runs something after what was submitted until now. Any thread. */
    void execute(Runnable task) {
        eventLoop.execute(task);
    }

    /**
     * Makes a call, any thread. The future is completed on the event loop.
     *
     * @param frame complete but for correlation id and deadline; asked for only where the call is taken
     */
    <T> CompletableFuture<T> submit(
            PendingCall.Kind kind,
            Supplier<ByteBuf> frame,
            ResponseDecoder.Reader<T> reader,
            long deadlineNanos,
            ReadPreference readPreference) {
        final CompletableFuture<T> future = new CompletableFuture<>();
        try {
            budget.takeCall();
        } catch (TooManyCallsException full) {
            future.completeExceptionally(full);
            return future;
        }
        final ByteBuf request;
        try {
            request = frame.get();
        } catch (RuntimeException | Error unencodable) {
            budget.giveBack(0);
            throw unencodable;
        }
        try {
            budget.takeBytes(request.readableBytes());
        } catch (TooManyCallsException full) {
            request.release();
            budget.giveBack(0);
            future.completeExceptionally(full);
            return future;
        }
        submitted.add(new PendingCall<>(kind, future, request, reader, deadlineNanos, readPreference, budget));
        if (!drainScheduled.getAndSet(true)) {
            try {
                eventLoop.execute(this::onSubmitted);
            } catch (RejectedExecutionException shutDown) {
                failSubmitted();
            }
        }
        return future;
    }

    /** Ends the connections and all calls; the future is done when both are. */
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
        final ConnectionLostException cause = new ConnectionLostException("the client is closed");
        final CompletableFuture<?>[] closing =
                connections.stream().map(Connection::close).toArray(CompletableFuture<?>[]::new);
        for (PendingCall<?> call = waiting.poll(); call != null; call = waiting.poll()) {
            call.fail(cause);
        }
        firstHello.completeExceptionally(cause);
        CompletableFuture.allOf(closing).whenComplete((closedAll, failure) -> done.complete(null));
    }

    private void onSubmitted() {
        drainScheduled.set(false);
        final long nowNanos = System.nanoTime();
        for (PendingCall<?> call = submitted.poll(); call != null; call = submitted.poll()) {
            place(call, nowNanos);
        }
        flush();
        scheduleSweep();
    }

    /** Sends a call to the server that suits it best, or lets it wait for one. */
    private void place(PendingCall<?> call, long nowNanos) {
        if (closed) {
            call.fail(new ConnectionLostException("the client is closed"));
        } else if (call.isExpired(nowNanos)) {
            call.expire("the deadline passed before the call could be sent", null);
        } else if (!send(call, nowNanos)) {
            waiting.add(call);
        }
    }

    private boolean send(PendingCall<?> call, long nowNanos) {
        final Connection connection = call.kind() == PendingCall.Kind.WRITE
                ? choice.forWrite()
                : choice.forRead(call.readPreference(), call.triedServers(), nowNanos);
        if (connection == null) {
            return false;
        }
        connection.send(call, nowNanos, deadlineShare(call, connection));
        return true;
    }

    /**
     * A replica that may not have what a read has to see gets half of the time for it, so that the primary, which has it,
     * can still be asked.
     */
    private int deadlineShare(PendingCall<?> call, Connection to) {
        final boolean mayWait = !to.isPrimary() && call.minSequence() > to.sequenceSeen();
        return mayWait && choice.forWrite() != null && connections.size() > 1 ? 2 : 1;
    }

    /** A connection has said hello, for the first time or again. */
    void onGreeted(ServerInfo answer) {
        learnLimits();
        firstHello.complete(answer);
        onUsable();
    }

    private void learnLimits() {
        long longest = 0;
        long fewest = Integer.MAX_VALUE;
        for (final Connection connection : connections) {
            final ServerInfo server = connection.server();
            if (server != null) {
                longest = Math.max(longest, server.requestFrameBytesMax());
                fewest = Math.min(fewest, server.batchProfilesMax());
            }
        }
        requestFrameBytesMax = longest;
        batchProfilesMax = (int) fewest;
    }

    /** A server can be sent to that could not before, or its role may have changed. */
    void onUsable() {
        if (!placeScheduled && !waiting.isEmpty()) {
            // Not at once: who says so may be in the midst of a write.
            placeScheduled = true;
            eventLoop.execute(this::placeWaiting);
        }
    }

    private void placeWaiting() {
        placeScheduled = false;
        final long nowNanos = System.nanoTime();
        for (int i = waiting.size(); i > 0; i--) {
            final PendingCall<?> call = waiting.poll();
            if (call != null) {
                place(call, nowNanos);
            }
        }
        flush();
    }

    /** An attempt to connect has failed, or a connection was lost. */
    void onLost(Connection connection, Throwable cause) {
        failedOnce.set(connection.index());
        if (failedOnce.cardinality() == connections.size()) {
            firstHello.completeExceptionally(cause);
        }
    }

    /** The connection ended before the answer: nobody knows whether the server has done what was asked. */
    void onCut(Connection connection, PendingCall<?> call, ConnectionLostException cause) {
        if (closed || call.kind() != PendingCall.Kind.READ || connections.size() == 1) {
            call.fail(cause);
        } else {
            tryAgain(call, connection, cause, true);
        }
    }

    void onRejection(Connection connection, PendingCall<?> call, RequestRejectedException rejection) {
        final Status status = rejection.status();
        final boolean isRead = call.kind() == PendingCall.Kind.READ;
        if (status == null || connections.size() == 1 || call.kind() == PendingCall.Kind.CONNECTION) {
            call.fail(rejection);
            return;
        }
        switch (status) {
            case BUSY, SEQUENCE_NOT_REACHED -> {
                // A write that is told to slow down is its caller's to slow down.
                if (isRead) {
                    tryAgain(call, connection, rejection, false);
                } else {
                    call.fail(rejection);
                }
            }
            case SHUTTING_DOWN -> tryAgain(call, connection, rejection, true);
            case READ_ONLY -> {
                lookUpPrimary(System.nanoTime());
                tryAgain(call, connection, rejection, true);
            }
            default -> call.fail(rejection);
        }
    }

    /**
     * For a call of which it is certain that another try does no harm.
     *
     * @param mayWait for a server, if none can be asked now
     */
    private void tryAgain(PendingCall<?> call, Connection failed, ZandloperException cause, boolean mayWait) {
        final long nowNanos = System.nanoTime();
        if (!call.onFailed(failed.index(), cause)) {
            call.fail(cause);
        } else if (call.isExpired(nowNanos)) {
            call.expire("the deadline passed before another server could be asked", null);
        } else if (!send(call, nowNanos)) {
            if (mayWait) {
                call.forgetTried();
                waiting.add(call);
            } else {
                call.fail(cause);
            }
        }
        flush();
        scheduleSweep();
    }

    private void lookUpPrimary(long nowNanos) {
        lastLookUpNanos = nowNanos;
        connections.forEach(Connection::check);
    }

    private void flush() {
        for (int i = 0; i < connections.size(); i++) {
            connections.get(i).flush();
        }
    }

    /** Deadlines are looked after while there is a call. */
    void scheduleSweep() {
        if (!sweepScheduled && !isIdle()) {
            sweepScheduled = true;
            eventLoop.schedule(this::onSweep, SWEEP_NANOS, TimeUnit.NANOSECONDS);
        }
    }

    private boolean isIdle() {
        return waiting.isEmpty() && connections.stream().allMatch(connection -> connection.callsOnTheirWay() == 0);
    }

    private void onSweep() {
        sweepScheduled = false;
        final long nowNanos = System.nanoTime();
        for (final Connection connection : connections) {
            connection.failExpired(nowNanos);
        }
        failExpiredWaiting(nowNanos);
        if (!waiting.isEmpty() && choice.forWrite() == null && nowNanos - lastLookUpNanos >= LOOK_UP_NANOS) {
            lookUpPrimary(nowNanos);
        }
        scheduleSweep();
    }

    private void failExpiredWaiting(long nowNanos) {
        for (int i = waiting.size(); i > 0; i--) {
            final PendingCall<?> call = waiting.poll();
            if (call == null) {
                return;
            }
            if (call.isExpired(nowNanos)) {
                call.expire(noServer(call), lastFailure());
            } else {
                waiting.add(call);
            }
        }
    }

    private String noServer(PendingCall<?> call) {
        final String who = call.kind() == PendingCall.Kind.WRITE && connections.size() > 1 ? "primary" : "server";
        final List<ServerAddress> addresses =
                connections.stream().map(Connection::address).toList();
        return "there was no connection to a " + who + " within the deadline, addresses=" + addresses;
    }

    private @Nullable Throwable lastFailure() {
        Throwable last = null;
        for (final Connection connection : connections) {
            last = connection.lastFailure() == null ? last : connection.lastFailure();
        }
        return last;
    }
}
