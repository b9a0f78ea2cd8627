package io.zandloper.server.wire;

import io.zandloper.protocol.LookupView;
import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.ProtocolLimits;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.attributes.AttributesCodec;
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
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.InvalidInputException;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.record.RecordBuffer;
import java.nio.ByteBuffer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Answers what only reads: lookups and decisions, from the shared view, into the encoder. Belongs to one event
 * loop.
 *
 * <p>An identity may come to lead elsewhere between finding a profile and reading it, when two are linked; so what was
 * found and is gone is looked for again.
 */
final class LookupHandler {
    /** A record that changes between two reads of it changes rarely twice. */
    private static final int RECORD_READ_TRIES = 3;

    /** No table of an answer. */
    static final int NOTHING = 0;

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
    private SegmentNames segmentNames = new SegmentNames(Catalog.EMPTY);

    LookupHandler(
            RequestFrame frame,
            SharedView shared,
            ResponseEncoder encoder,
            DecisionIds decisionIds,
            Deciding deciding) {
        this.deciding = deciding;
        this.frame = frame;
        this.shared = shared;
        this.encoder = encoder;
        this.decisionIds = decisionIds;
        this.segments = new SegmentReader(shared);
    }

    /**
     * Answers the frame.
     *
     * @throws RequestException for a refusal
     * @throws InvalidInputException with what is wrong with its values
     */
    Status answer(MessageType type) {
        return switch (type) {
            case PROFILE -> profile(shared.view());
            case SEGMENT_TEST -> testSegments(shared.view());
            case SEGMENT_LIST -> listSegments(shared.view());
            case DECIDE -> decide(shared.view());
            default -> throw new IllegalArgumentException("no lookup, type=" + type);
        };
    }

    private Status testSegments(View view) {
        final ByteBuffer body = wrap(TableShapes.SEGMENT_TEST_REQUEST);
        if (lookup.segmentCount() > ProtocolLimits.TESTED_SEGMENTS_MAX) {
            throw new InvalidInputException("segments", "more than " + ProtocolLimits.TESTED_SEGMENTS_MAX);
        }
        final IntPredicate visible = segments.visible(find(view, body), identity);
        if (visible == null) {
            return nobody();
        }
        final SegmentNames names = namesOf(view.catalog());
        encoder.beginSegmentTest(lookup.segmentCount());
        for (int i = lookup.segmentCount() - 1; i >= 0; i--) {
            final int bit = names.bit(body, lookup.segmentOffset(i), lookup.segmentLengthBytes(i));
            encoder.member(bit >= 0 && visible.test(bit));
        }
        encoder.endSegmentTest();
        return Status.OK;
    }

    private Status listSegments(View view) {
        final ByteBuffer body = wrap(TableShapes.SEGMENT_LIST_REQUEST);
        final IntPredicate visible = segments.visible(find(view, body), identity);
        if (visible == null) {
            return nobody();
        }
        encoder.begin();
        encoder.finish(encoder.segmentList(view.catalog(), visible));
        return Status.OK;
    }

    private Status profile(View view) {
        final ByteBuffer body = wrap(TableShapes.PROFILE_REQUEST);
        final int found = find(view, body);
        encoder.begin();
        final int table = profile(view, found, identity);
        if (table == NOTHING) {
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
    private int find(View view, ByteBuffer body) {
        identity.read(body, lookup.profileOffset(), lookup.profileLengthBytes(), "profile");
        return view.find(identity.bytes(), 0, identity.length());
    }

    /**
     * Encodes the profile of whoever has the identity; gives the table, or {@link #NOTHING} where nobody has it.
     *
     * @param found what was found for the identity
     */
    int profile(View view, int found, IdentityBytes named) {
        final Identity wanted = named.toIdentity();
        int ordinal = found;
        while (ordinal != View.NOBODY) {
            final Profile profile = view.readProfile(ordinal);
            if (profile != null && profile.identities().contains(wanted)) {
                final int table = encode(view, ordinal, wanted, profile);
                if (table != NOTHING) {
                    return table;
                }
            }
            final int before = ordinal;
            ordinal = view.find(wanted);
            if (ordinal == before) {
                return NOTHING;
            }
        }
        return NOTHING;
    }

    /** {@link #NOTHING} where it is gone meanwhile, or is not the identity's any more. */
    private int encode(View view, int ordinal, Identity wanted, Profile first) {
        Profile profile = first;
        ByteBuffer attributes = storedAttributes(view, ordinal, profile.sequence());
        for (int tries = 1; attributes == null && tries < RECORD_READ_TRIES; tries++) {
            final Profile again = view.readProfile(ordinal);
            if (again == null || !again.identities().contains(wanted)) {
                return NOTHING;
            }
            profile = again;
            attributes = storedAttributes(view, ordinal, profile.sequence());
        }
        return encoder.profile(
                profile,
                attributes == null ? ByteBuffer.wrap(AttributesCodec.encode(profile.attributes())) : attributes,
                view.catalog(),
                segments.visible(ordinal, profile));
    }

    /** The bytes of the attributes as they lie in the record; null where it is not that of {@code wantedSequence}. */
    private @Nullable ByteBuffer storedAttributes(View view, int ordinal, long wantedSequence) {
        if (!view.readRecord(ordinal, record)
                || recordView.wrap(record.buffer()).sequence() != wantedSequence) {
            return null;
        }
        return record.buffer().slice(recordView.attributesOffset(), recordView.attributesLength());
    }

    private Status decide(View view) {
        final long startNanos = System.nanoTime();
        final ByteBuffer body = frame.verified(TableShapes.DECIDE_REQUEST);
        ServedDecision decision = decideBytes.wrap(body, view.catalog(), shared.nowMicros())
                ? deciding.decide(decideBytes, view, shared.nowMicros())
                : null;
        if (decision == null) {
            decision = decideUnusual(body, view);
        }
        encoder.begin();
        encoder.finish(decision(decision, startNanos));
        return Status.OK;
    }

    private ServedDecision decideUnusual(ByteBuffer body, View view) {
        final Catalog catalog = view.catalog();
        final DecisionRequest request =
                RequestReader.decide(DecideRequest.getRootAsDecideRequest(body), catalog, shared.nowMicros());
        checkExplanation(request, catalog, 1);
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

    SegmentNames namesOf(Catalog catalog) {
        if (!segmentNames.isOf(catalog)) {
            segmentNames = new SegmentNames(catalog);
        }
        return segmentNames;
    }
}
