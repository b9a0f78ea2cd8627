package io.zandloper.server.wire;

import io.netty.channel.EventLoop;
import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.Status;
import io.zandloper.storage.ChangeListener;
import io.zandloper.storage.NotPrimaryException;
import io.zandloper.storage.StorageException;
import io.zandloper.storage.TooFewReplicasException;
import io.zandloper.storage.change.ChangeOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the writer's answers back to one event loop: the writer's thread puts them into a queue and wakes the loop at
 * most once for all that it finds there.
 */
final class PendingWrites {
    private static final Logger LOG = LoggerFactory.getLogger(PendingWrites.class);

    private final EventLoop eventLoop;
    private final RequestHandler requests;
    /** Bounded by the storage's own queue of changes, and by what each connection may have in flight. */
    private final Queue<Write> done = new ConcurrentLinkedQueue<>();

    private final AtomicBoolean woken = new AtomicBoolean();

    PendingWrites(EventLoop eventLoop, RequestHandler requests) {
        this.eventLoop = eventLoop;
        this.requests = requests;
    }

    Write newWrite(MessageType type, Connection connection, long correlationId, long arrivalNanos) {
        return new Write(type, connection, correlationId, arrivalNanos);
    }

    private void onDone() {
        woken.set(false);
        final List<Connection> answered = new ArrayList<>();
        for (Write write = done.poll(); write != null; write = done.poll()) {
            if (write.connection.channel().isActive()) {
                requests.onWriteDone(write);
                answered.add(write.connection);
            }
            write.connection.onRequestDone();
        }
        answered.forEach(Connection::flush);
    }

    /** One write on its way. The writer's thread sets what came of it, once; the event loop reads it after that. */
    final class Write implements ChangeListener {
        private final MessageType type;
        private final Connection connection;
        private final long correlationId;
        private final long arrivalNanos;
        private @Nullable ChangeOutcome outcome;
        private @Nullable StorageException failure;

        private Write(MessageType type, Connection connection, long correlationId, long arrivalNanos) {
            this.type = type;
            this.connection = connection;
            this.correlationId = correlationId;
            this.arrivalNanos = arrivalNanos;
        }

        @Override
        public void onOutcome(ChangeOutcome newOutcome) {
            outcome = newOutcome;
            handOver();
        }

        @Override
        public void onFailure(StorageException cause) {
            failure = cause;
            handOver();
        }

        MessageType type() {
            return type;
        }

        Connection connection() {
            return connection;
        }

        long correlationId() {
            return correlationId;
        }

        long arrivalNanos() {
            return arrivalNanos;
        }

        /** That of the change; 0 where it failed. */
        long sequence() {
            return outcome == null ? 0 : outcome.sequence();
        }

        Status encode(ResponseEncoder encoder) {
            if (failure instanceof NotPrimaryException) {
                requests.encodeReadOnly();
                return Status.READ_ONLY;
            }
            if (failure instanceof TooFewReplicasException) {
                encoder.error(Status.TOO_FEW_REPLICAS, String.valueOf(failure.getMessage()), List.of());
                return Status.TOO_FEW_REPLICAS;
            }
            if (outcome == null) {
                final String reason = failure == null ? "" : ": " + failure.getMessage();
                encoder.error(Status.WRITES_STOPPED, Status.WRITES_STOPPED.meaning() + reason, List.of());
                return Status.WRITES_STOPPED;
            }
            final Status status = status(outcome.status());
            if (status == Status.OK) {
                encodeDone(encoder, outcome);
            } else if (status == Status.PROFILE_UNKNOWN) {
                encoder.nothing();
            } else {
                encoder.error(status, status.meaning(), outcome.errors());
            }
            return status;
        }

        private void encodeDone(ResponseEncoder encoder, ChangeOutcome done) {
            switch (type) {
                case UPSERT -> encoder.upsert(done);
                case EVENT -> encoder.event(done);
                case ERASE -> encoder.erase(done);
                default -> throw new IllegalStateException("no write, type=" + type);
            }
        }

        private static Status status(ChangeOutcome.Status status) {
            return switch (status) {
                case CREATED, UPDATED, UNCHANGED, DUPLICATE -> Status.OK;
                case CONFLICT -> Status.IDENTITY_CONFLICT;
                case PRECONDITION_FAILED -> Status.PRECONDITION_FAILED;
                case UNKNOWN -> Status.PROFILE_UNKNOWN;
                case ERASED -> Status.IDENTITY_ERASED;
                case INVALID -> Status.INPUT_INVALID;
            };
        }

        private void handOver() {
            done.add(this);
            if (!woken.getAndSet(true)) {
                try {
                    eventLoop.execute(PendingWrites.this::onDone);
                } catch (RejectedExecutionException stopped) {
                    LOG.debug("A write was done after its connection was closed by the stop of the server.");
                }
            }
        }
    }
}
