package io.zandloper.server.wire;

import io.zandloper.protocol.BatchView;
import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.ProtocolLimits;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.schema.DecideBatchRequest;
import io.zandloper.protocol.verify.TableShape;
import io.zandloper.protocol.verify.TableShapes;
import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decision.Deciding;
import io.zandloper.server.decision.ServedDecision;
import io.zandloper.storage.View;
import io.zandloper.storage.profile.InvalidInputException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers lookups and decisions for many profiles in one frame, all from the shared view, each as a frame of its own would
 * be. The profiles are found a group at a time; between two groups the deadline is looked at. Belongs to one event loop.
 */
final class BatchHandler {
    private final RequestFrame frame;
    private final SharedView shared;
    private final ResponseEncoder encoder;
    private final LookupHandler lookups;
    private final Deciding deciding;
    private final SegmentReader segments;
    private final LongSupplier nanoClock;
    private final BatchView request = new BatchView();
    private final ProfileGroup group = new ProfileGroup();
    private final Entry profile = this::profile;
    private final Entry segmentTest = this::testSegments;
    private final Entry segmentList = this::listSegments;
    private final Entry decision = this::decide;
    /** Of the segments being tested. */
    private int[] bits = new int[64];

    /** Of all profiles and segments, a byte each. */
    private byte[] members = new byte[1024];

    private final DecideBytes decideBytes = new DecideBytes();
    /** Whether what is asked of each in a batch of decisions is read where it lies, and taken over so far. */
    private boolean usual;

    private boolean begun;
    /** The same on the heap, as soon as it is needed. */
    private @Nullable DecisionRequest asked;

    /** Answers for one profile: enters its status or its table into the encoder. */
    private interface Entry {
        /**
         * @param index of the profile in the batch
         * @param place in the group
         */
        void answer(View view, int index, int place);
    }

    BatchHandler(
            RequestFrame frame,
            SharedView shared,
            ResponseEncoder encoder,
            SegmentReader segments,
            LookupHandler lookups,
            Deciding deciding,
            LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.frame = frame;
        this.shared = shared;
        this.encoder = encoder;
        this.lookups = lookups;
        this.deciding = deciding;
        this.segments = segments;
    }

    /**
     * Answers the frame; gives how many profiles it asked for.
     *
     * @throws RequestException for a refusal of the whole
     * @throws InvalidInputException with what is wrong with the whole
     */
    int answer(MessageType type) {
        final View view = shared.view();
        switch (type) {
            case PROFILE_BATCH -> {
                wrap(TableShapes.PROFILE_BATCH_REQUEST);
                answerEach(view, 0, profile);
                encoder.endProfileBatch();
            }
            case SEGMENT_TEST_BATCH -> {
                readSegments(wrap(TableShapes.SEGMENT_TEST_BATCH_REQUEST));
                answerEach(view, request.segmentCount() == 0 ? 0 : Math.max(0, bits[0]), segmentTest);
                encoder.endSegmentTestBatch(members, request.profileCount() * request.segmentCount());
            }
            case SEGMENT_LIST_BATCH -> {
                wrap(TableShapes.SEGMENT_LIST_BATCH_REQUEST);
                answerEach(view, 0, segmentList);
                encoder.endSegmentListBatch();
            }
            case DECIDE_BATCH -> {
                readDecision(wrap(TableShapes.DECIDE_BATCH_REQUEST), view);
                answerEach(view, 0, decision);
                encoder.endDecideBatch();
            }
            default -> throw new IllegalArgumentException("no batch, type=" + type);
        }
        return request.profileCount();
    }

    private ByteBuffer wrap(TableShape shape) {
        final ByteBuffer body = frame.verified(shape);
        request.wrap(body, body.position());
        if (request.profileCount() == 0 || request.profileCount() > ProtocolLimits.BATCH_PROFILES_MAX) {
            throw new InvalidInputException(
                    "profiles",
                    "outside 1-" + ProtocolLimits.BATCH_PROFILES_MAX + ", profiles=" + request.profileCount());
        }
        return body;
    }

    private void answerEach(View view, int firstBit, Entry entry) {
        encoder.begin();
        final ByteBuffer body = frame.body();
        final int count = request.profileCount();
        int answered = 0;
        while (answered < count && (answered == 0 || !frame.isLate(nanoClock.getAsLong()))) {
            final int end = Math.min(count, answered + ProfileGroup.CAPACITY);
            group.clear();
            for (int i = answered; i < end; i++) {
                group.add(body, request.profileOffset(i), request.profileLengthBytes(i), firstBit);
            }
            group.find(view);
            for (int place = 0; place < group.length(); place++) {
                answer(view, answered + place, place, entry);
            }
            answered = end;
        }
        for (; answered < count; answered++) {
            encoder.entry(Status.DEADLINE_PASSED);
        }
    }

    private void answer(View view, int index, int place, Entry entry) {
        if (group.status(place) != Status.OK) {
            encoder.entry(group.status(place));
            return;
        }
        try {
            entry.answer(view, index, place);
        } catch (RequestException refused) {
            encoder.entry(refused.status());
        }
    }

    private void profile(View view, int index, int place) {
        final int table = lookups.profile(group.ordinal(place), group.identity(place));
        if (table == ResponseEncoder.NO_TABLE) {
            encoder.entry(Status.PROFILE_UNKNOWN);
        } else {
            encoder.entry(table);
        }
    }

    private void readSegments(ByteBuffer body) {
        final int count = request.segmentCount();
        if (count > ProtocolLimits.TESTED_SEGMENTS_MAX) {
            throw new InvalidInputException("segments", "more than " + ProtocolLimits.TESTED_SEGMENTS_MAX);
        }
        if (bits.length < count) {
            bits = new int[ProtocolLimits.TESTED_SEGMENTS_MAX];
        }
        final SegmentNames names = segments.names();
        for (int i = 0; i < count; i++) {
            bits[i] = names.bit(body, request.segmentOffset(i), request.segmentLengthBytes(i));
        }
        final int memberCount = count * request.profileCount();
        if (members.length < memberCount || members.length > WireLimits.KEPT_BUFFER_BYTES_MAX) {
            members = new byte[Math.max(memberCount, 1024)];
        } else {
            Arrays.fill(members, 0, memberCount, (byte) 0);
        }
    }

    private void testSegments(View view, int index, int place) {
        if (!segments.read(group.ordinal(place), group.identity(place))) {
            encoder.entry(Status.PROFILE_UNKNOWN);
            return;
        }
        final int count = request.segmentCount();
        for (int i = 0; i < count; i++) {
            members[index * count + i] = (byte) (segments.isVisible(bits[i]) ? 1 : 0);
        }
        encoder.entry(Status.OK);
    }

    private void listSegments(View view, int index, int place) {
        if (segments.read(group.ordinal(place), group.identity(place))) {
            encoder.entry(encoder.segmentList(segments));
        } else {
            encoder.entry(Status.PROFILE_UNKNOWN);
        }
    }

    private void readDecision(ByteBuffer body, View view) {
        asked = null;
        usual = decideBytes.wrapBatch(body, request.requestPosition(), view.catalog(), shared.nowMicros())
                && deciding.begin(decideBytes, view, shared.nowMicros());
        begun = usual;
        if (!usual) {
            deciding.check(asked(view), view, shared.nowMicros());
        }
    }

    /**
     * What is asked of each, on the heap.
     *
     * @throws InvalidInputException with what is wrong with it
     */
    private DecisionRequest asked(View view) {
        DecisionRequest read = asked;
        if (read == null) {
            read = RequestReader.decide(
                    DecideBatchRequest.getRootAsDecideBatchRequest(frame.body()).request(),
                    view.catalog(),
                    shared.nowMicros());
            if (read.identity() != null || read.document() != null) {
                throw new InvalidInputException(
                        "request", "names a profile or a document; those of a batch are in profiles");
            }
            LookupHandler.checkExplanation(read, view.catalog(), request.profileCount());
            asked = read;
        }
        return read;
    }

    private void decide(View view, int index, int place) {
        final long startNanos = System.nanoTime();
        ServedDecision decision = null;
        if (usual) {
            begun = begun || deciding.begin(decideBytes, view, shared.nowMicros());
            decideBytes.visitor(group.identity(place));
            decision = begun ? deciding.decideBegun(decideBytes, group.ordinal(place), view, shared.nowMicros()) : null;
        }
        if (decision == null) {
            // What was begun is lost with it.
            begun = false;
            decision = deciding.decide(asked(view).of(group.identity(place).toIdentity()), view, shared.nowMicros());
        }
        encoder.entry(lookups.decision(decision, startNanos));
    }
}
