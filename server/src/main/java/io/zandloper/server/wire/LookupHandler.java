package io.zandloper.server.wire;

import io.zandloper.protocol.LookupView;
import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.ProtocolLimits;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.schema.DecideRequest;
import io.zandloper.protocol.verify.TableShape;
import io.zandloper.protocol.verify.TableShapes;
import io.zandloper.server.decide.DecisionLimits;
import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decision.Deciding;
import io.zandloper.server.decision.ServedDecision;
import io.zandloper.storage.View;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.format.RecordView;
import io.zandloper.storage.profile.InvalidInputException;
import io.zandloper.storage.record.RecordBuffer;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Answers what only reads: lookups and decisions, from the shared view, into the encoder. Belongs to one event loop.
 */
final class LookupHandler {
    private final RequestFrame frame;
    private final SharedView shared;
    private final ResponseEncoder encoder;
    private final DecisionIds decisionIds;
    private final Deciding deciding;
    private final SegmentReader segments;
    private final DecideBytes decideBytes = new DecideBytes();
    private final LookupView lookup = new LookupView();
    private final IdentityBytes identity = new IdentityBytes();
    private final RecordBuffer record = new RecordBuffer();
    private final RecordView recordView = new RecordView();

    LookupHandler(
            RequestFrame frame,
            SharedView shared,
            ResponseEncoder encoder,
            SegmentReader segments,
            DecisionIds decisionIds,
            Deciding deciding) {
        this.frame = frame;
        this.shared = shared;
        this.encoder = encoder;
        this.segments = segments;
        this.decisionIds = decisionIds;
        this.deciding = deciding;
    }

    /**
     * Answers the frame.
     *
     * @param found the profile that was found for it ahead, or {@link LookAhead#UNKNOWN}
     * @throws RequestException for a refusal
     * @throws InvalidInputException with what is wrong with its values
     */
    Status answer(MessageType type, int found) {
        return switch (type) {
            case PROFILE -> profile(found);
            case SEGMENT_TEST -> testSegments(found);
            case SEGMENT_LIST -> listSegments(found);
            case DECIDE -> decide(found);
            default -> throw new IllegalArgumentException("no lookup, type=" + type);
        };
    }

    private Status testSegments(int found) {
        final ByteBuffer body = wrap(TableShapes.SEGMENT_TEST_REQUEST);
        if (lookup.segmentCount() > ProtocolLimits.TESTED_SEGMENTS_MAX) {
            throw new InvalidInputException("segments", "more than " + ProtocolLimits.TESTED_SEGMENTS_MAX);
        }
        if (!segments.read(find(found, body), identity)) {
            return nobody();
        }
        final SegmentNames names = segments.names();
        encoder.beginSegmentTest(lookup.segmentCount());
        for (int i = lookup.segmentCount() - 1; i >= 0; i--) {
            encoder.member(segments.isVisible(names.bit(body, lookup.segmentOffset(i), lookup.segmentLengthBytes(i))));
        }
        encoder.endSegmentTest();
        return Status.OK;
    }

    private Status listSegments(int found) {
        if (!segments.read(find(found, wrap(TableShapes.SEGMENT_LIST_REQUEST)), identity)) {
            return nobody();
        }
        encoder.begin();
        encoder.finish(encoder.segmentList(segments));
        return Status.OK;
    }

    private Status profile(int found) {
        final int ordinal = find(found, wrap(TableShapes.PROFILE_REQUEST));
        encoder.begin();
        final int table = profile(ordinal, identity);
        if (table == ResponseEncoder.NO_TABLE) {
            return nobody();
        }
        encoder.finish(table);
        return Status.OK;
    }

    private ByteBuffer wrap(TableShape shape) {
        final ByteBuffer body = frame.verified(shape);
        lookup.wrap(body, body.position());
        return body;
    }

    /** The profile that was asked for, or {@link View#NOBODY}. */
    private int find(int found, ByteBuffer body) {
        identity.read(body, lookup.profileOffset(), lookup.profileLengthBytes(), "profile");
        return found == LookAhead.UNKNOWN ? shared.view().find(identity.bytes(), 0, identity.length()) : found;
    }

    /**
     * Encodes the profile of whoever has the identity; gives the table, or {@link ResponseEncoder#NO_TABLE} where nobody has
     * it. An identity may come to lead elsewhere between finding a profile and reading it, when two are linked; so what was
     * found and is gone is looked for again.
     *
     * @param found what was found for the identity
     */
    int profile(int found, IdentityBytes wanted) {
        final View view = shared.view();
        int ordinal = found;
        while (ordinal != View.NOBODY) {
            if (view.readRecord(ordinal, record)) {
                recordView.wrap(record.buffer()).checkFormat();
                if (isOf(wanted)) {
                    segments.read(ordinal, record, recordView.sequence());
                    return encoder.profile(record, recordView, segments, view);
                }
            }
            final int before = ordinal;
            ordinal = view.find(wanted.bytes(), 0, wanted.length());
            if (ordinal == before) {
                return ResponseEncoder.NO_TABLE;
            }
        }
        return ResponseEncoder.NO_TABLE;
    }

    /** Whether the record is of whoever has the identity. */
    private boolean isOf(IdentityBytes wanted) {
        for (int number = 0; number < recordView.identityCount(); number++) {
            final int end = recordView.identityLength(number);
            final int offset = recordView.identityOffset(number);
            if (Arrays.equals(record.array(), offset, offset + end, wanted.bytes(), 0, wanted.length())) {
                return true;
            }
        }
        return false;
    }

    private Status decide(int found) {
        final long startNanos = System.nanoTime();
        final ByteBuffer body = frame.verified(TableShapes.DECIDE_REQUEST);
        final View view = shared.view();
        final boolean usual = decideBytes.wrap(body, view.catalog(), shared.nowMicros())
                && deciding.begin(decideBytes, view, shared.nowMicros());
        ServedDecision decision =
                usual ? deciding.decideBegun(decideBytes, visitor(found), view, shared.nowMicros()) : null;
        if (decision == null) {
            decision = decideUnusual(DecideRequest.getRootAsDecideRequest(body), view);
        }
        encoder.begin();
        encoder.finish(decision(decision, startNanos));
        return Status.OK;
    }

    /** The visitor's profile; an anonymous one has none. */
    private int visitor(int found) {
        if (decideBytes.identityLengthBytes() == 0 || found != LookAhead.UNKNOWN) {
            return found;
        }
        return shared.view().find(decideBytes.identity(), 0, decideBytes.identityLengthBytes());
    }

    private ServedDecision decideUnusual(DecideRequest body, View view) {
        final DecisionRequest request = RequestReader.decide(body, view.catalog(), shared.nowMicros());
        checkExplanation(request, view.catalog(), 1);
        return deciding.decide(request, view, shared.nowMicros());
    }

    /** @param profiles for each of which it is asked */
    static void checkExplanation(DecisionRequest request, Catalog catalog, int profiles) {
        if (!DecisionLimits.canExplain(request, (long) catalog.offers().size() * profiles)) {
            throw new RequestException(
                    Status.RESPONSE_TOO_LONG,
                    "an explanation is of at most " + DecisionLimits.EXPLAINED_OFFERS_MAX
                            + " offers in all placements together; ask for fewer placements at a time");
        }
    }

    /** Encodes a decision; gives the table. */
    int decision(ServedDecision decision, long startNanos) {
        return encoder.decision(decision, decisionIds.next(), shared.sequence(), System.nanoTime() - startNanos);
    }

    private Status nobody() {
        encoder.nothing();
        return Status.PROFILE_UNKNOWN;
    }
}
