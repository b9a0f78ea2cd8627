package io.zandloper.server.replication;

import io.zandloper.protocol.Status;
import io.zandloper.protocol.client.EventResult;
import io.zandloper.protocol.client.ProfileEvent;
import io.zandloper.protocol.client.RequestRejectedException;
import io.zandloper.protocol.client.ZandloperClient;
import io.zandloper.protocol.client.ZandloperException;
import io.zandloper.storage.ChangeListener;
import io.zandloper.storage.StorageException;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.RecordEvent;
import io.zandloper.storage.profile.FieldError;
import io.zandloper.storage.profile.Identity;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends events that a replica is given on to its primary, and tells what that answers. One thread connects, where that is
 * needed, and sends; answers come on the client's threads.
 */
final class EventForwarder {
    static final int QUEUE_LENGTH = 16 * 1024;
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private record Waiting(RecordEvent event, ChangeListener listener) {}

    private final Supplier<String> primary;
    private final BlockingQueue<Waiting> queue = new ArrayBlockingQueue<>(QUEUE_LENGTH);
    private final Thread thread = new Thread(this::run, "zandloper-forward");
    private volatile boolean closed;
    private @Nullable ZandloperClient client;
    private String connectedTo = "";

    /** @param primary host and port of its binary port; empty where it is not known */
    EventForwarder(Supplier<String> primary) {
        this.primary = primary;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Any thread; false where too many wait, or it is stopped: then the listener is not called. */
    boolean forward(RecordEvent event, ChangeListener listener) {
        final Waiting waiting = new Waiting(event, listener);
        if (closed || !queue.offer(waiting)) {
            return false;
        }
        // Where it was stopped just now, nobody may look into the queue any more.
        return !closed || !queue.remove(waiting);
    }

    private void run() {
        try {
            while (!closed) {
                send(queue.take());
            }
        } catch (InterruptedException stopped) {
            // Closed: what still waits is failed there.
        } finally {
            if (client != null) {
                client.close();
            }
        }
    }

    private void send(Waiting waiting) {
        final String address = primary.get();
        if (address.isEmpty()) {
            fail(waiting, null);
            return;
        }
        final ZandloperClient to;
        try {
            to = connected(address);
        } catch (ZandloperException e) {
            fail(waiting, e);
            // Who came meanwhile has waited for the same connection.
            failAllThatWait(e);
            return;
        }
        final CompletableFuture<EventResult> sent;
        try {
            sent = to.record(event(waiting.event()));
        } catch (IllegalArgumentException e) { // one event that cannot be sent ends no others
            fail(waiting, e);
            return;
        }
        sent.whenComplete((result, failure) -> {
            if (result != null) {
                waiting.listener().onOutcome(outcome(result));
            } else {
                fail(waiting, failure instanceof CompletionException wrapped ? wrapped.getCause() : failure);
            }
        });
    }

    private ZandloperClient connected(String address) {
        ZandloperClient present = client;
        if (present == null || !address.equals(connectedTo)) {
            if (present != null) {
                present.close();
                client = null;
            }
            present = ZandloperClient.builder(address).deadline(DEADLINE).connect();
            client = present;
            connectedTo = address;
        }
        return present;
    }

    private static ProfileEvent event(RecordEvent event) {
        return new ProfileEvent(
                event.profile().toString(),
                event.type(),
                event.id(),
                event.offer(),
                event.placement(),
                event.atMicros(),
                event.product(),
                event.value(),
                event.context());
    }

    private static ChangeOutcome outcome(EventResult result) {
        final ChangeOutcome.Status status = switch (result.outcome()) {
            case CREATED -> ChangeOutcome.Status.CREATED;
            case DUPLICATE -> ChangeOutcome.Status.DUPLICATE;
            case RECORDED, UNRECOGNIZED -> ChangeOutcome.Status.UPDATED;
        };
        return new ChangeOutcome(status, Identity.parse(result.profile(), "profile"), 0, result.sequence(), List.of());
    }

    private static void fail(Waiting waiting, @Nullable Throwable cause) {
        if (cause instanceof RequestRejectedException rejected && rejected.status() == Status.IDENTITY_ERASED) {
            waiting.listener().onOutcome(ChangeOutcome.refused(ChangeOutcome.Status.ERASED, 0));
        } else if (cause instanceof RequestRejectedException rejected && rejected.status() == Status.INPUT_INVALID) {
            waiting.listener()
                    .onOutcome(ChangeOutcome.refused(
                            ChangeOutcome.Status.INVALID,
                            0,
                            rejected.errors().stream()
                                    .map(error -> new FieldError(error.path(), error.reason()))
                                    .toArray(FieldError[]::new)));
        } else {
            waiting.listener()
                    .onFailure(new StorageException(
                            "the primary did not take the event that was sent on to it: "
                                    + (cause == null ? "it is not known, or this server stops" : cause.getMessage()),
                            cause));
        }
    }

    /** What still waits fails. */
    void stop() throws InterruptedException {
        closed = true;
        thread.interrupt();
        thread.join();
        failAllThatWait(null);
    }

    private void failAllThatWait(@Nullable Throwable cause) {
        for (Waiting waiting = queue.poll(); waiting != null; waiting = queue.poll()) {
            fail(waiting, cause);
        }
    }
}
