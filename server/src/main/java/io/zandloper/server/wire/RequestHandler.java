package io.zandloper.server.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.ProtocolLimits;
import io.zandloper.protocol.SegmentTestView;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.attributes.AttributesCodec;
import io.zandloper.protocol.schema.HelloRequest;
import io.zandloper.protocol.schema.ProfileRequest;
import io.zandloper.protocol.schema.SegmentListRequest;
import io.zandloper.protocol.verify.BodyVerifier;
import io.zandloper.protocol.verify.TableShape;
import io.zandloper.protocol.verify.TableShapes;
import io.zandloper.server.decide.Decision;
import io.zandloper.server.decide.DecisionLimits;
import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decide.PlainDecider;
import io.zandloper.server.metrics.OperationRecorder;
import io.zandloper.storage.MicrosClock;
import io.zandloper.storage.Storage;
import io.zandloper.storage.StorageReader;
import io.zandloper.storage.View;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.VisibleSegments;
import io.zandloper.storage.format.RecordView;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.InvalidInputException;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.record.RecordBuffer;
import io.zandloper.storage.row.RowBits;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the requests of one event loop, on its thread: read, decide, encode, one frame after the other. What arrives in
 * one read is one batch and sees one view of the storage, at one time.
 */
final class RequestHandler {
    private static final Logger LOG = LoggerFactory.getLogger(RequestHandler.class);
    /** A record that changes between two reads of it changes rarely twice. */
    private static final int RECORD_READ_TRIES = 3;

    private final Storage storage;
    private final StorageReader reader;
    private final OperationRecorder recorder;
    private final MicrosClock clock;
    private final ServerIdentity server;
    private final SequenceWaiters waiters;
    private final PendingWrites writes;

    private final RequestFrame frame = new RequestFrame();
    private final BodyVerifier verifier = new BodyVerifier();
    private final ResponseEncoder encoder = new ResponseEncoder();
    private final SegmentTestView segmentTest = new SegmentTestView();
    private final IdentityBytes identityBytes = new IdentityBytes();
    private final RowBits row = new RowBits();
    private final RecordBuffer record = new RecordBuffer();
    private final RecordView recordView = new RecordView();
    private final DecisionIds decisionIds;
    private SegmentNames segmentNames = new SegmentNames(Catalog.EMPTY);

    /** The open batch's view; null between batches. */
    private @Nullable View view;

    /** The open batch's. */
    private long sequence;

    private long nowMicros;
    private boolean stopping;

    RequestHandler(
            EventLoop eventLoop,
            Storage storage,
            OperationRecorder recorder,
            MicrosClock clock,
            ServerIdentity server,
            DecisionIds decisionIds) {
        this.storage = storage;
        this.reader = storage.newReader();
        this.recorder = recorder;
        this.clock = clock;
        this.server = server;
        this.decisionIds = decisionIds;
        this.waiters = new SequenceWaiters(eventLoop, this, storage::sequence);
        this.writes = new PendingWrites(eventLoop, this);
    }

    /** Bytes have arrived; gives the time of it. */
    long onBytes(int count) {
        recorder.bytesRead(count);
        return System.nanoTime();
    }

    /**
     * Answers a frame, or puts it where it waits.
     *
     * @param bytes hold the whole frame, and stay the caller's
     * @param arrivalNanos when its last bytes came
     */
    void onFrame(Connection connection, ByteBuf bytes, int start, int lengthBytes, long arrivalNanos) {
        frame.wrap(bytes, start, lengthBytes);
        final Status wrong = whatIsWrong(connection);
        if (wrong != Status.OK) {
            refuse(connection, wrong, wrong.meaning(), List.of());
            return;
        }
        beginBatch();
        if (frame.minSequence() > sequence && !isReached(frame.minSequence())) {
            awaitSequence(connection, arrivalNanos);
            return;
        }
        answer(connection, arrivalNanos);
    }

    /** The batch is answered. */
    void onBatchEnd() {
        if (view != null) {
            view = null;
            reader.leave();
        }
    }

    /** Answers the frame that waited. */
    void onSequenceReached(Connection connection, ByteBuf bytes, long arrivalNanos) {
        frame.wrap(bytes, bytes.readerIndex(), bytes.readableBytes());
        beginBatch();
        answer(connection, arrivalNanos);
    }

    void onSequenceNotReached(Connection connection, ByteBuf bytes) {
        frame.wrap(bytes, bytes.readerIndex(), bytes.readableBytes());
        refuse(connection, Status.SEQUENCE_NOT_REACHED, Status.SEQUENCE_NOT_REACHED.meaning(), List.of());
    }

    /** Answers a write. */
    void onWriteDone(PendingWrites.Write write) {
        final Status status = write.encode(encoder);
        if (status != Status.OK) {
            recorder.refuse(Operations.refusal(status));
        }
        send(write.connection(), MessageType.UPSERT.number(), write.correlationId(), write.sequence(), status);
        recorder.record(Operations.of(MessageType.UPSERT), System.nanoTime() - write.arrivalNanos());
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
        onBatchEnd();
        waiters.close();
        reader.close();
    }

    /** Refuses a frame of which only the header is there. */
    void refuseFrame(Connection connection, ByteBuf bytes, int start, Status status, String detail) {
        frame.wrap(bytes, start, FrameDescriptor.HEADER_LENGTH_BYTES);
        refuse(connection, status, detail, List.of());
    }

    /** Says that no frame can be made out any more. */
    void refuseStream(Connection connection, String detail) {
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

    private void beginBatch() {
        if (view == null) {
            // In this order: what is seen is at least as new as what is said.
            sequence = storage.sequence();
            view = reader.enter();
            nowMicros = clock.nowMicros();
        }
    }

    /** Looks again with a new batch, in which what was answered before it stays true. */
    private boolean isReached(long minSequence) {
        onBatchEnd();
        beginBatch();
        return minSequence <= sequence;
    }

    private void awaitSequence(Connection connection, long arrivalNanos) {
        final long waitMicros =
                frame.deadlineMicros() == 0 ? ProtocolLimits.SEQUENCE_WAIT_MICROS : frame.deadlineMicros();
        final boolean taken = connection.requestsWaiting() < ProtocolLimits.REQUESTS_IN_FLIGHT_MAX
                && waiters.add(
                        connection, frame, arrivalNanos, arrivalNanos + TimeUnit.MICROSECONDS.toNanos(waitMicros));
        if (!taken) {
            refuse(connection, Status.BUSY, "too many requests wait for their sequence", List.of());
        }
    }

    private void answer(Connection connection, long arrivalNanos) {
        final MessageType type = MessageType.ofNumber(frame.typeNumber());
        if (type == null || view == null) {
            throw new IllegalStateException("a frame that was not checked, type=" + frame.typeNumber());
        }
        try {
            if (frame.deadlineMicros() != 0
                    && System.nanoTime() - arrivalNanos > TimeUnit.MICROSECONDS.toNanos(frame.deadlineMicros())) {
                throw new RequestException(Status.DEADLINE_PASSED);
            }
            if (type == MessageType.UPSERT) {
                upsert(connection, arrivalNanos);
                return;
            }
            final Status status = answer(type, connection, view);
            send(connection, type.number(), frame.correlationId(), sequence, status);
        } catch (RequestException refused) {
            refuse(connection, refused.status(), refused.detail(), refused.errors());
        } catch (InvalidInputException invalid) {
            refuse(connection, Status.INPUT_INVALID, Status.INPUT_INVALID.meaning(), invalid.errors());
        } catch (RuntimeException fault) {
            LOG.error("A request failed, type={}", type, fault);
            refuse(connection, Status.INTERNAL, "the server failed, its log tells more", List.of());
        }
        recorder.record(Operations.of(type), System.nanoTime() - arrivalNanos);
    }

    private Status answer(MessageType type, Connection connection, View current) {
        return switch (type) {
            case HELLO -> hello(connection, current);
            case PING -> ping();
            case PROFILE -> profile(current);
            case SEGMENT_TEST -> testSegments(current);
            case SEGMENT_LIST -> listSegments(current);
            case DECIDE -> decide(current);
            case UPSERT -> throw new IllegalStateException("a write is answered by the writer");
        };
    }

    private Status hello(Connection connection, View current) {
        final HelloRequest hello = HelloRequest.getRootAsHelloRequest(verified(TableShapes.HELLO_REQUEST));
        if (hello.protocolVersion() < FrameDescriptor.VERSION) {
            throw new RequestException(
                    Status.VERSION_UNSUPPORTED,
                    "the oldest version spoken here is newer, version=" + FrameDescriptor.VERSION);
        }
        if (!server.admits(RequestReader.optionalText(hello::credentials))) {
            throw new RequestException(Status.UNAUTHENTICATED, "the credentials are not the server's");
        }
        connection.onAuthenticated();
        encoder.hello(server.name(), false, current.catalog().version());
        return Status.OK;
    }

    private Status ping() {
        encoder.echo(frame.body());
        return Status.OK;
    }

    private Status testSegments(View current) {
        final ByteBuffer body = verified(TableShapes.SEGMENT_TEST_REQUEST);
        segmentTest.wrap(body, body.position());
        if (segmentTest.segmentCount() > ProtocolLimits.TESTED_SEGMENTS_MAX) {
            throw new InvalidInputException("segments", "more than " + ProtocolLimits.TESTED_SEGMENTS_MAX);
        }
        identityBytes.read(body, segmentTest.profileOffset(), segmentTest.profileLengthBytes(), "profile");
        final int ordinal = current.find(identityBytes.bytes(), 0, identityBytes.length());
        if (ordinal == View.NOBODY) {
            return nobody();
        }
        if (current.readRow(ordinal, row) && nowMicros < row.nextExpiryMicros()) {
            final SegmentNames names = namesOf(current.catalog());
            encoder.beginSegmentTest(segmentTest.segmentCount());
            for (int i = segmentTest.segmentCount() - 1; i >= 0; i--) {
                final int bit = names.bit(body, segmentTest.segmentOffset(i), segmentTest.segmentLengthBytes(i));
                encoder.member(bit >= 0 && row.isSet(bit));
            }
            encoder.endSegmentTest();
            return Status.OK;
        }
        return testSegmentsOfRecord(current, body, ordinal);
    }

    /** The same where an expiry has passed, or the writer is at the row. */
    private Status testSegmentsOfRecord(View current, ByteBuffer body, int ordinal) {
        final Profile profile = current.readProfile(ordinal);
        if (profile == null) {
            return nobody();
        }
        final VisibleSegments visible = VisibleSegments.of(profile, current.catalog(), nowMicros);
        final SegmentNames names = namesOf(current.catalog());
        encoder.beginSegmentTest(segmentTest.segmentCount());
        for (int i = segmentTest.segmentCount() - 1; i >= 0; i--) {
            final int bit = names.bit(body, segmentTest.segmentOffset(i), segmentTest.segmentLengthBytes(i));
            encoder.member(bit >= 0 && visible.isVisible(bit));
        }
        encoder.endSegmentTest();
        return Status.OK;
    }

    private Status listSegments(View current) {
        final SegmentListRequest request =
                SegmentListRequest.getRootAsSegmentListRequest(verified(TableShapes.SEGMENT_LIST_REQUEST));
        final int ordinal = current.find(RequestReader.identity(request::profile));
        if (ordinal == View.NOBODY) {
            return nobody();
        }
        if (current.readRow(ordinal, row) && nowMicros < row.nextExpiryMicros()) {
            encoder.segmentList(current.catalog(), row::isSet);
            return Status.OK;
        }
        final Profile profile = current.readProfile(ordinal);
        if (profile == null) {
            return nobody();
        }
        encoder.segmentList(current.catalog(), VisibleSegments.of(profile, current.catalog(), nowMicros)::isVisible);
        return Status.OK;
    }

    private Status profile(View current) {
        final ProfileRequest request = ProfileRequest.getRootAsProfileRequest(verified(TableShapes.PROFILE_REQUEST));
        final Identity identity = RequestReader.identity(request::profile);
        final int ordinal = current.find(identity);
        Profile profile = ordinal == View.NOBODY ? null : current.readProfile(ordinal);
        ByteBuffer attributes = null;
        for (int tries = 0; profile != null && attributes == null && tries < RECORD_READ_TRIES; tries++) {
            attributes = storedAttributes(current, ordinal, profile.sequence());
            profile = attributes == null ? current.readProfile(ordinal) : profile;
        }
        if (profile == null || !profile.identities().contains(identity)) {
            return nobody();
        }
        encoder.profile(
                profile,
                attributes == null ? ByteBuffer.wrap(AttributesCodec.encode(profile.attributes())) : attributes,
                current.catalog(),
                visible(current, ordinal, profile));
        return Status.OK;
    }

    /** The bytes of the attributes as they lie in the record; null where it is not that of {@code wantedSequence}. */
    private @Nullable ByteBuffer storedAttributes(View current, int ordinal, long wantedSequence) {
        if (!current.readRecord(ordinal, record)
                || recordView.wrap(record.buffer()).sequence() != wantedSequence) {
            return null;
        }
        return record.buffer().slice(recordView.attributesOffset(), recordView.attributesLength());
    }

    /** By bit: from the row where it is that of {@code profile}, else computed. */
    private IntPredicate visible(View current, int ordinal, Profile profile) {
        final boolean rowTells = current.readRow(ordinal, row)
                && row.sequence() == profile.sequence()
                && nowMicros < row.nextExpiryMicros();
        return rowTells ? row::isSet : VisibleSegments.of(profile, current.catalog(), nowMicros)::isVisible;
    }

    private Status decide(View current) {
        final long startNanos = System.nanoTime();
        final Catalog catalog = current.catalog();
        final DecisionRequest request = RequestReader.decide(verified(TableShapes.DECIDE_REQUEST), catalog, nowMicros);
        if (!DecisionLimits.canExplain(request, catalog.offers().size())) {
            throw new RequestException(
                    Status.RESPONSE_TOO_LONG,
                    "an explanation is of at most " + DecisionLimits.EXPLAINED_OFFERS_MAX
                            + " offers in all placements together; ask for fewer placements at a time");
        }
        final Profile stored = request.identity() == null ? null : current.profile(request.identity());
        final Decision decision = PlainDecider.decide(request, stored, catalog, nowMicros);
        encoder.decision(decision, decisionIds.next(), sequence, System.nanoTime() - startNanos);
        return Status.OK;
    }

    private void upsert(Connection connection, long arrivalNanos) {
        verified(TableShapes.UPSERT_REQUEST);
        if (connection.requestsWaiting() >= ProtocolLimits.REQUESTS_IN_FLIGHT_MAX) {
            throw new RequestException(Status.BUSY, "too many requests of this connection are not answered yet");
        }
        final PendingWrites.Write write = writes.newWrite(connection, frame.correlationId(), arrivalNanos);
        if (!storage.submit(RequestReader.upsert(frame.body()), write)) {
            throw new RequestException(Status.BUSY, "too many writes wait for the writer");
        }
        connection.onRequestWaits();
    }

    private Status nobody() {
        encoder.nothing();
        recorder.refuse(Operations.refusal(Status.PROFILE_UNKNOWN));
        return Status.PROFILE_UNKNOWN;
    }

    private ByteBuffer verified(TableShape shape) {
        final ByteBuffer body = frame.body();
        if (!verifier.isValid(body, body.position(), body.remaining(), shape)) {
            throw new RequestException(Status.BODY_INVALID);
        }
        return body;
    }

    private SegmentNames namesOf(Catalog catalog) {
        if (!segmentNames.isOf(catalog)) {
            segmentNames = new SegmentNames(catalog);
        }
        return segmentNames;
    }

    private void refuse(
            Connection connection, Status status, String detail, List<io.zandloper.storage.profile.FieldError> errors) {
        recorder.refuse(Operations.refusal(status));
        encoder.error(status, detail, errors);
        final long answerSequence = view == null ? storage.sequence() : sequence;
        send(connection, frame.typeNumber(), frame.correlationId(), answerSequence, status);
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
