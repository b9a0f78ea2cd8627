package io.zandloper.server.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.ProtocolLimits;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.schema.HelloRequest;
import io.zandloper.protocol.verify.TableShapes;
import io.zandloper.server.decision.Deciding;
import io.zandloper.server.metrics.OperationRecorder;
import io.zandloper.server.metrics.Refusal;
import io.zandloper.server.role.Role;
import io.zandloper.storage.MicrosClock;
import io.zandloper.storage.Storage;
import io.zandloper.storage.profile.FieldError;
import io.zandloper.storage.profile.InvalidInputException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the frames of one event loop, on its thread, one after the other: what may not be asked is refused, what waits
 * for its sequence put aside, what reads answered by the {@link LookupHandler} or the {@link BatchHandler}, what
 * writes handed over by the {@link WriteHandler}. What arrives in one read sees the same, see {@link SharedView}.
 */
final class RequestHandler {
    private static final Logger LOG = LoggerFactory.getLogger(RequestHandler.class);

    private final Storage storage;
    private final OperationRecorder recorder;
    private final ServerIdentity server;
    private final BinaryLimits limits;
    private final HeldBytes held;
    private final LoadShedder shedder;
    private final Role role;
    private final RequestFrame frame = new RequestFrame();
    private final ResponseEncoder encoder = new ResponseEncoder();
    private final SharedView shared;
    private final LookAhead ahead = new LookAhead();
    private final SequenceWaiters waiters;
    private final LookupHandler lookups;
    private final BatchHandler batches;
    private final WriteHandler writes;
    /** The body of a refusal because of overload. */
    private final ByteBuffer overloaded;

    private boolean looksAhead = true;
    private boolean stopping;

    RequestHandler(
            EventLoop eventLoop,
            Storage storage,
            OperationRecorder recorder,
            MicrosClock clock,
            ServerIdentity server,
            BinaryLimits limits,
            HeldBytes held,
            LoadShedder shedder,
            DecisionIds decisionIds,
            Deciding deciding,
            Role role) {
        this.storage = storage;
        this.recorder = recorder;
        this.server = server;
        this.limits = limits;
        this.held = held;
        this.shedder = shedder;
        encoder.error(Status.BUSY, "more requests come than can be answered in time", List.of());
        this.overloaded = ByteBuffer.allocateDirect(encoder.body().remaining())
                .put(encoder.body())
                .flip();
        this.role = role;
        this.shared = new SharedView(storage, clock, role::sharesHistory);
        this.waiters = new SequenceWaiters(eventLoop, this, held, this::reachable, shedder::readClock);
        final SegmentReader segments = new SegmentReader(shared);
        this.lookups = new LookupHandler(frame, shared, encoder, segments, decisionIds, deciding);
        this.batches = new BatchHandler(frame, shared, encoder, segments, lookups, deciding, shedder::readClock);
        this.writes = new WriteHandler(frame, shared, storage, eventLoop, this, limits.requestsInFlightMax(), role);
    }

    /** From here on the frames of a read are not looked up together. */
    void lookUpOneByOne() {
        looksAhead = false;
    }

    /** Of a client that has just come to this event loop. */
    Connection newConnection(Channel channel) {
        return new Connection(channel, limits, held, recorder);
    }

    /** Bytes have arrived; gives the time of it. */
    long onBytes(Connection connection, int count) {
        recorder.bytesRead(count);
        return shedder.onRead(connection.socketAge());
    }

    /** It is the next connection's turn, after so many reads of this one. */
    void onTurnEnd(Connection connection, int reads) {
        final long waitedNanos = shedder.onTurnEnd(connection.socketAge(), reads < WireLimits.READS_MAX);
        if (reads > 0) {
            recorder.waited(waitedNanos);
        }
    }

    /** A client takes its answers again, so that its requests are read on. */
    void onResumed(Connection connection) {
        shedder.onResumed(connection.socketAge());
    }

    /**
     * Looks ahead at the frames that come next, before the first of them is {@linkplain #onFrame handled}.
     *
     * @param bytes from the reader index on, where a whole frame is; stay where they are until those frames are handled
     * @return where the last frame ends that it looked at
     */
    int lookAhead(ByteBuf bytes) {
        // In an overload most of them will be refused, which is to cost as little as can be.
        if (!looksAhead || shedder.isShedding()) {
            ahead.forget();
            return bytes.writerIndex();
        }
        shared.open();
        return ahead.look(bytes, shared.view());
    }

    /**
     * Answers a frame, or puts it where it waits.
     *
     * @param bytes hold the whole frame, and stay the caller's
     * @param arrivalNanos when its last bytes came
     */
    void onFrame(Connection connection, ByteBuf bytes, int start, int lengthBytes, long arrivalNanos) {
        frame.wrap(bytes, start, lengthBytes, arrivalNanos);
        final Status wrong = whatIsWrong(connection);
        if (wrong != Status.OK) {
            refuse(connection, wrong, wrong.meaning(), List.of());
            return;
        }
        if (shedder.sheds(connection.socketAge()) && frame.typeNumber() != MessageType.HELLO.number()) {
            shed(connection);
            return;
        }
        shared.open();
        if (frame.minSequence() > 0 && !isReached(frame.minSequence())) {
            awaitSequence(connection, arrivalNanos);
            return;
        }
        answer(connection, arrivalNanos, ahead.of(start));
    }

    /** All that arrived in one read is answered. */
    void onReadEnd() {
        shared.end();
    }

    /** Answers the frame that waited. */
    void onSequenceReached(Connection connection, ByteBuf bytes, long arrivalNanos) {
        frame.wrap(bytes, bytes.readerIndex(), bytes.readableBytes(), arrivalNanos);
        shedder.readClock();
        shared.open();
        answer(connection, arrivalNanos, LookAhead.UNKNOWN);
    }

    void onSequenceNotReached(Connection connection, ByteBuf bytes, long arrivalNanos) {
        frame.wrap(bytes, bytes.readerIndex(), bytes.readableBytes(), arrivalNanos);
        refuse(connection, Status.SEQUENCE_NOT_REACHED, Status.SEQUENCE_NOT_REACHED.meaning(), List.of());
    }

    /** Answers a write. */
    void onWriteDone(PendingWrites.Write write) {
        final Status status = write.encode(encoder);
        if (status != Status.OK) {
            recorder.refuse(Operations.refusal(status));
        }
        send(write.connection(), write.type().number(), write.correlationId(), write.sequence(), status);
        recorder.record(Operations.of(write.type()), shedder.readClock() - write.arrivalNanos());
    }

    void onConnected() {
        recorder.connectionOpened();
    }

    void onDisconnected() {
        recorder.connectionClosed();
    }

    /** From here on requests are refused; those that wait are still answered. */
    void onStop() {
        stopping = true;
    }

    /** Nothing is asked any more. */
    void close() {
        waiters.close();
        shared.close();
    }

    /** Refuses a frame of which only the header is there. */
    void refuseFrame(Connection connection, ByteBuf bytes, int start, long arrivalNanos, Status status, String detail) {
        frame.wrap(bytes, start, FrameDescriptor.HEADER_LENGTH_BYTES, arrivalNanos);
        refuse(connection, status, detail, List.of());
    }

    /** Says that no frame can be made out any more. */
    void refuseStream(Connection connection, String detail) {
        recorder.refuse(Operations.refusal(Status.FRAME_INVALID));
        encoder.error(Status.FRAME_INVALID, detail, List.of());
        send(connection, 0, 0, storage.sequence(), Status.FRAME_INVALID);
    }

    private Status whatIsWrong(Connection connection) {
        final MessageType type = MessageType.ofNumber(frame.typeNumber());
        if (frame.version() != FrameDescriptor.VERSION) {
            return Status.VERSION_UNSUPPORTED;
        }
        if (frame.flags() != 0) {
            return Status.FRAME_INVALID;
        }
        if (type == null) {
            return Status.TYPE_UNKNOWN;
        }
        if (stopping) {
            return Status.SHUTTING_DOWN;
        }
        final boolean mayAsk = server.credentials() == null || connection.isAuthenticated();
        return mayAsk || type == MessageType.HELLO ? Status.OK : Status.UNAUTHENTICATED;
    }

    private boolean isReached(long minSequence) {
        // Asked once more: what comes with a later read may have been written, elsewhere, after the view was opened.
        if (!role.sharesHistory()) {
            return false;
        }
        if (!shared.reaches(minSequence)) {
            // A new view, in which what was answered before stays true.
            ahead.forget();
            shared.end();
            shared.open();
        }
        return shared.reaches(minSequence);
    }

    /** The sequence up to which minimum sequences are reached. */
    private long reachable() {
        return role.sharesHistory() ? storage.sequence() : 0;
    }

    private void awaitSequence(Connection connection, long arrivalNanos) {
        final long waitMicros =
                frame.deadlineMicros() == 0 ? ProtocolLimits.SEQUENCE_WAIT_MICROS : frame.deadlineMicros();
        final boolean taken = connection.requestsWaiting() < limits.requestsInFlightMax()
                && waiters.add(
                        connection, frame, arrivalNanos, arrivalNanos + TimeUnit.MICROSECONDS.toNanos(waitMicros));
        if (!taken) {
            refuse(connection, Status.BUSY, "too many requests wait for their sequence", List.of());
        }
    }

    private void answer(Connection connection, long arrivalNanos, int found) {
        final MessageType type = MessageType.ofNumber(frame.typeNumber());
        if (type == null) {
            throw new IllegalStateException("a frame that was not checked, type=" + frame.typeNumber());
        }
        try {
            if (frame.isLate(shedder.nowNanos())) {
                throw new RequestException(Status.DEADLINE_PASSED);
            }
            if (WriteHandler.isWrite(type)) {
                if (!(type == MessageType.EVENT ? role.takesEvents() : role.takesWrites())) {
                    throw readOnly();
                }
                writes.submit(type, connection, arrivalNanos);
                return;
            }
            final Status status = answer(type, connection, found);
            if (status != Status.OK) {
                recorder.refuse(Operations.refusal(status));
            }
            send(connection, type.number(), frame.correlationId(), shared.sequence(), status);
        } catch (RequestException refused) {
            refuse(connection, refused.status(), refused.detail(), refused.errors());
        } catch (InvalidInputException invalid) {
            refuse(connection, Status.INPUT_INVALID, Status.INPUT_INVALID.meaning(), invalid.errors());
        } catch (RuntimeException fault) {
            LOG.error("A request failed, type={}", type, fault);
            refuse(connection, Status.INTERNAL, "the server failed, its log tells more", List.of());
        }
        recorder.record(Operations.of(type), shedder.readClock() - arrivalNanos);
    }

    private Status answer(MessageType type, Connection connection, int found) {
        return switch (type) {
            case HELLO -> hello(connection);
            case PING -> ping();
            case PROFILE, SEGMENT_TEST, SEGMENT_LIST, DECIDE -> lookups.answer(type, found);
            case PROFILE_BATCH, SEGMENT_TEST_BATCH, SEGMENT_LIST_BATCH, DECIDE_BATCH -> batch(type);
            case UPSERT, EVENT, ERASE -> throw new IllegalStateException("a write is answered by the writer");
        };
    }

    private Status hello(Connection connection) {
        final HelloRequest hello = HelloRequest.getRootAsHelloRequest(frame.verified(TableShapes.HELLO_REQUEST));
        if (hello.protocolVersion() < FrameDescriptor.VERSION) {
            throw new RequestException(
                    Status.VERSION_UNSUPPORTED,
                    "the oldest version spoken here is newer, version=" + FrameDescriptor.VERSION);
        }
        if (!server.admits(RequestReader.optionalText(hello::credentials))) {
            throw new RequestException(Status.UNAUTHENTICATED, "the credentials are not the server's");
        }
        connection.onAuthenticated();
        encoder.hello(
                server.name(),
                !role.takesWrites(),
                storage.replication().term().number(),
                limits,
                shared.view().catalog().version());
        return Status.OK;
    }

    /** The answer to a write that is not taken here. */
    void encodeReadOnly() {
        final RequestException refused = readOnly();
        encoder.error(refused.status(), refused.detail(), refused.errors());
    }

    private RequestException readOnly() {
        final Role.Writing writing = role.writing();
        return new RequestException(
                Status.READ_ONLY,
                writing.detail(),
                writing.binary().isEmpty() ? List.of() : List.of(new FieldError("primary", writing.binary())));
    }

    private Status ping() {
        encoder.echo(frame.body());
        return Status.OK;
    }

    private Status batch(MessageType type) {
        recorder.batchOf(Operations.of(type), batches.answer(type));
        return Status.OK;
    }

    private void refuse(Connection connection, Status status, String detail, List<FieldError> errors) {
        recorder.refuse(Operations.refusal(status));
        encoder.error(status, detail, errors);
        final long answerSequence = shared.isOpen() ? shared.sequence() : storage.sequence();
        send(connection, frame.typeNumber(), frame.correlationId(), answerSequence, status);
    }

    /** As any refusal, but as cheap as can be: while there are any there are many, and each is made for time. */
    private void shed(Connection connection) {
        recorder.refuse(Refusal.OVERLOADED);
        final long answerSequence = shared.isOpen() ? shared.sequence() : storage.sequence();
        recorder.bytesWritten(connection.respond(
                frame.typeNumber(), frame.correlationId(), answerSequence, Status.BUSY, overloaded.rewind()));
    }

    private void send(Connection connection, int typeNumber, long correlationId, long answerSequence, Status status) {
        if (encoder.body().remaining()
                > ProtocolLimits.RESPONSE_FRAME_BYTES_MAX - FrameDescriptor.HEADER_LENGTH_BYTES) {
            encoder.error(Status.RESPONSE_TOO_LONG, Status.RESPONSE_TOO_LONG.meaning(), List.of());
            send(connection, typeNumber, correlationId, answerSequence, Status.RESPONSE_TOO_LONG);
            return;
        }
        recorder.bytesWritten(connection.respond(typeNumber, correlationId, answerSequence, status, encoder.body()));
    }
}
