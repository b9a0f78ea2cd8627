package io.zandloper.server.wire;

import io.netty.channel.EventLoop;
import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.verify.TableShapes;
import io.zandloper.server.role.Role;
import io.zandloper.storage.Storage;
import io.zandloper.storage.change.Change;

/** Hands what changes something to the writer; its answer comes back through {@link PendingWrites}. One event loop's. */
final class WriteHandler {
    private final RequestFrame frame;
    private final SharedView shared;
    private final Storage storage;
    private final PendingWrites writes;
    private final int inFlightMax;
    private final Role role;

    WriteHandler(
            RequestFrame frame,
            SharedView shared,
            Storage storage,
            EventLoop eventLoop,
            RequestHandler requests,
            int inFlightMax,
            Role role) {
        this.frame = frame;
        this.shared = shared;
        this.storage = storage;
        this.inFlightMax = inFlightMax;
        this.role = role;
        this.writes = new PendingWrites(eventLoop, requests);
    }

    static boolean isWrite(MessageType type) {
        return type == MessageType.UPSERT || type == MessageType.EVENT || type == MessageType.ERASE;
    }

    /**
     * Hands the frame's change over.
     *
     * @throws RequestException for a refusal
     * @throws io.zandloper.storage.profile.InvalidInputException with what is wrong with its values
     */
    void submit(MessageType type, Connection connection, long arrivalNanos) {
        final Change change = change(type);
        if (connection.requestsWaiting() >= inFlightMax) {
            throw new RequestException(Status.BUSY, "too many requests of this connection are not answered yet");
        }
        final PendingWrites.Write write = writes.newWrite(type, connection, frame.correlationId(), arrivalNanos);
        if (!role.submit(change, write, storage)) {
            throw new RequestException(Status.BUSY, "too many writes wait for the writer");
        }
        connection.onRequestWaits();
    }

    private Change change(MessageType type) {
        return switch (type) {
            case UPSERT -> ChangeReader.upsert(frame.verified(TableShapes.UPSERT_REQUEST));
            case EVENT -> ChangeReader.event(frame.verified(TableShapes.EVENT_REQUEST), shared.nowMicros());
            case ERASE -> ChangeReader.erase(frame.verified(TableShapes.ERASE_REQUEST));
            default -> throw new IllegalArgumentException("no write, type=" + type);
        };
    }
}
