package io.zandloper.server.wire;

import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.ProtocolLimits;
import io.zandloper.protocol.SegmentTestView;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.attributes.AttributesCodec;
import io.zandloper.protocol.schema.ProfileRequest;
import io.zandloper.protocol.schema.SegmentListRequest;
import io.zandloper.protocol.verify.TableShapes;
import io.zandloper.server.decide.DecisionLimits;
import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decision.Deciding;
import io.zandloper.server.decision.ServedDecision;
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
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Answers what only reads: lookups and decisions, from the open batch's view, into the encoder. Belongs to one event
 * loop.
 *
 * <p>An identity may come to lead elsewhere between finding a profile and reading it, when two are linked; so what was
 * found and is gone is looked for again.
 */
final class LookupHandler {
    /** A record that changes between two reads of it changes rarely twice. */
    private static final int RECORD_READ_TRIES = 3;

    private final RequestFrame frame;
    private final Batch batch;
    private final ResponseEncoder encoder;
    private final DecisionIds decisionIds;
    private final Deciding deciding;
    private final DecideBytes decideBytes = new DecideBytes();
    private final SegmentTestView segmentTest = new SegmentTestView();
    private final IdentityBytes identityBytes = new IdentityBytes();
    private final RowBits row = new RowBits();
    private final IntPredicate visibleByRow = row::isSet;
    private final RecordBuffer record = new RecordBuffer();
    private final RecordView recordView = new RecordView();
    private SegmentNames segmentNames = new SegmentNames(Catalog.EMPTY);

    LookupHandler(
            RequestFrame frame, Batch batch, ResponseEncoder encoder, DecisionIds decisionIds, Deciding deciding) {
        this.deciding = deciding;
        this.frame = frame;
        this.batch = batch;
        this.encoder = encoder;
        this.decisionIds = decisionIds;
    }

    /**
     * Answers the frame.
     *
     * @throws RequestException for a refusal
     * @throws InvalidInputException with what is wrong with its values
     */
    Status answer(MessageType type) {
        return switch (type) {
            case PROFILE -> profile(batch.view());
            case SEGMENT_TEST -> testSegments(batch.view());
            case SEGMENT_LIST -> listSegments(batch.view());
            case DECIDE -> decide(batch.view());
            default -> throw new IllegalArgumentException("no lookup, type=" + type);
        };
    }

    private Status testSegments(View view) {
        final ByteBuffer body = frame.verified(TableShapes.SEGMENT_TEST_REQUEST);
        segmentTest.wrap(body, body.position());
        if (segmentTest.segmentCount() > ProtocolLimits.TESTED_SEGMENTS_MAX) {
            throw new InvalidInputException("segments", "more than " + ProtocolLimits.TESTED_SEGMENTS_MAX);
        }
        identityBytes.read(body, segmentTest.profileOffset(), segmentTest.profileLengthBytes(), "profile");
        final IntPredicate visible = visible(view, identityBytes.bytes(), identityBytes.length());
        if (visible == null) {
            return nobody();
        }
        final SegmentNames names = namesOf(view.catalog());
        encoder.beginSegmentTest(segmentTest.segmentCount());
        for (int i = segmentTest.segmentCount() - 1; i >= 0; i--) {
            final int bit = names.bit(body, segmentTest.segmentOffset(i), segmentTest.segmentLengthBytes(i));
            encoder.member(bit >= 0 && visible.test(bit));
        }
        encoder.endSegmentTest();
        return Status.OK;
    }

    private Status listSegments(View view) {
        final SegmentListRequest request =
                SegmentListRequest.getRootAsSegmentListRequest(frame.verified(TableShapes.SEGMENT_LIST_REQUEST));
        final byte[] identity = RequestReader.identity(request::profile).utf8();
        final IntPredicate visible = visible(view, identity, identity.length);
        if (visible == null) {
            return nobody();
        }
        encoder.segmentList(view.catalog(), visible);
        return Status.OK;
    }

    /**
     * Which segments of whoever has the identity are visible, by bit: as the row says, or the record where an expiry has
     * passed or the writer is at the row. Null where nobody has it.
     */
    private @Nullable IntPredicate visible(View view, byte[] identity, int lengthBytes) {
        int ordinal = view.find(identity, 0, lengthBytes);
        while (ordinal != View.NOBODY) {
            if (view.readRow(ordinal, row) && batch.nowMicros() < row.nextExpiryMicros()) {
                return visibleByRow;
            }
            final Profile profile = view.readProfile(ordinal);
            if (profile != null) {
                return VisibleSegments.of(profile, view.catalog(), batch.nowMicros())::isVisible;
            }
            final int found = ordinal;
            ordinal = view.find(identity, 0, lengthBytes);
            if (ordinal == found) {
                return null;
            }
        }
        return null;
    }

    private Status profile(View view) {
        final ProfileRequest request =
                ProfileRequest.getRootAsProfileRequest(frame.verified(TableShapes.PROFILE_REQUEST));
        final Identity identity = RequestReader.identity(request::profile);
        int ordinal = view.find(identity);
        while (ordinal != View.NOBODY) {
            final Profile profile = view.readProfile(ordinal);
            if (profile != null
                    && profile.identities().contains(identity)
                    && encode(view, ordinal, identity, profile)) {
                return Status.OK;
            }
            final int found = ordinal;
            ordinal = view.find(identity);
            if (ordinal == found) {
                return nobody();
            }
        }
        return nobody();
    }

    /** False where it is gone meanwhile, or is not the identity's any more. */
    private boolean encode(View view, int ordinal, Identity identity, Profile first) {
        Profile profile = first;
        ByteBuffer attributes = storedAttributes(view, ordinal, profile.sequence());
        for (int tries = 1; attributes == null && tries < RECORD_READ_TRIES; tries++) {
            final Profile again = view.readProfile(ordinal);
            if (again == null || !again.identities().contains(identity)) {
                return false;
            }
            profile = again;
            attributes = storedAttributes(view, ordinal, profile.sequence());
        }
        encoder.profile(
                profile,
                attributes == null ? ByteBuffer.wrap(AttributesCodec.encode(profile.attributes())) : attributes,
                view.catalog(),
                visible(view, ordinal, profile));
        return true;
    }

    /** The bytes of the attributes as they lie in the record; null where it is not that of {@code wantedSequence}. */
    private @Nullable ByteBuffer storedAttributes(View view, int ordinal, long wantedSequence) {
        if (!view.readRecord(ordinal, record)
                || recordView.wrap(record.buffer()).sequence() != wantedSequence) {
            return null;
        }
        return record.buffer().slice(recordView.attributesOffset(), recordView.attributesLength());
    }

    /** By bit: from the row where it is that of {@code profile}, else computed. */
    private IntPredicate visible(View view, int ordinal, Profile profile) {
        final boolean rowTells = view.readRow(ordinal, row)
                && row.sequence() == profile.sequence()
                && batch.nowMicros() < row.nextExpiryMicros();
        return rowTells ? visibleByRow : VisibleSegments.of(profile, view.catalog(), batch.nowMicros())::isVisible;
    }

    private Status decide(View view) {
        final long startNanos = System.nanoTime();
        final ByteBuffer body = frame.verified(TableShapes.DECIDE_REQUEST);
        ServedDecision decision = decideBytes.wrap(body, view.catalog(), batch.nowMicros())
                ? deciding.decide(decideBytes, view, batch.nowMicros())
                : null;
        if (decision == null) {
            decision = decideUnusual(body, view);
        }
        encoder.decision(decision, decisionIds.next(), batch.sequence(), System.nanoTime() - startNanos);
        return Status.OK;
    }

    private ServedDecision decideUnusual(ByteBuffer body, View view) {
        final Catalog catalog = view.catalog();
        final DecisionRequest request = RequestReader.decide(body, catalog, batch.nowMicros());
        if (!DecisionLimits.canExplain(request, catalog.offers().size())) {
            throw new RequestException(
                    Status.RESPONSE_TOO_LONG,
                    "an explanation is of at most " + DecisionLimits.EXPLAINED_OFFERS_MAX
                            + " offers in all placements together; ask for fewer placements at a time");
        }
        return deciding.decide(request, view, batch.nowMicros());
    }

    private Status nobody() {
        encoder.nothing();
        return Status.PROFILE_UNKNOWN;
    }

    private SegmentNames namesOf(Catalog catalog) {
        if (!segmentNames.isOf(catalog)) {
            segmentNames = new SegmentNames(catalog);
        }
        return segmentNames;
    }
}
