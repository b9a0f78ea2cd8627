package io.zandloper.protocol.client;

import com.google.flatbuffers.FlatBufferBuilder;
import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.attributes.AttributesCodec;
import io.zandloper.protocol.schema.AttributesPatch;
import io.zandloper.protocol.schema.ConsentPatch;
import io.zandloper.protocol.schema.DecideBatchRequest;
import io.zandloper.protocol.schema.DecideRequest;
import io.zandloper.protocol.schema.EraseRequest;
import io.zandloper.protocol.schema.EventRequest;
import io.zandloper.protocol.schema.HelloRequest;
import io.zandloper.protocol.schema.IdentitiesPatch;
import io.zandloper.protocol.schema.PlacementRequest;
import io.zandloper.protocol.schema.Precondition;
import io.zandloper.protocol.schema.ProfileBatchRequest;
import io.zandloper.protocol.schema.ProfileRequest;
import io.zandloper.protocol.schema.Score;
import io.zandloper.protocol.schema.ScoresPatch;
import io.zandloper.protocol.schema.SegmentListBatchRequest;
import io.zandloper.protocol.schema.SegmentListRequest;
import io.zandloper.protocol.schema.SegmentTestBatchRequest;
import io.zandloper.protocol.schema.SegmentTestRequest;
import io.zandloper.protocol.schema.SegmentsPatch;
import io.zandloper.protocol.schema.UpsertMode;
import io.zandloper.protocol.schema.UpsertRequest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Encodes bodies of requests. Each method gives the body between the position and the limit of a buffer that belongs to
 * the encoder and is overwritten by the next call; {@link #frame} copies it into a frame. Text with an unpaired
 * surrogate, and numbers that are not finite, end in an {@link IllegalArgumentException}. Not thread-safe.
 */
public final class RequestEncoder {
    private static final int INITIAL_BYTES = 1024;
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0).order(ByteOrder.LITTLE_ENDIAN);
    /** A nested buffer holds 8-byte numbers, and languages that want alignment want it there too. */
    private static final int NESTED_ALIGNMENT = 8;

    private final FlatBufferBuilder builder = new FlatBufferBuilder(INITIAL_BYTES);

    public ByteBuffer hello(String client, @Nullable String credentials) {
        builder.clear();
        final int clientOffset = builder.createString(client);
        final int credentialsOffset = string(credentials);
        HelloRequest.startHelloRequest(builder);
        HelloRequest.addProtocolVersion(builder, FrameDescriptor.VERSION);
        HelloRequest.addClient(builder, clientOffset);
        HelloRequest.addCredentials(builder, credentialsOffset);
        return finished(HelloRequest.endHelloRequest(builder));
    }

    /** A ping without a body. */
    public ByteBuffer ping() {
        return EMPTY.duplicate();
    }

    public ByteBuffer profile(String identity) {
        builder.clear();
        return finished(ProfileRequest.createProfileRequest(builder, builder.createString(identity)));
    }

    public ByteBuffer segmentTest(String identity, List<String> segments) {
        builder.clear();
        final int profile = builder.createString(identity);
        final int segmentsOffset = SegmentTestRequest.createSegmentsVector(builder, strings(segments));
        return finished(SegmentTestRequest.createSegmentTestRequest(builder, profile, segmentsOffset));
    }

    public ByteBuffer segmentList(String identity) {
        builder.clear();
        return finished(SegmentListRequest.createSegmentListRequest(builder, builder.createString(identity)));
    }

    public ByteBuffer decide(DecisionQuery query) {
        builder.clear();
        return finished(decideTable(query));
    }

    public ByteBuffer profileBatch(List<String> identities) {
        builder.clear();
        final int profiles = ProfileBatchRequest.createProfilesVector(builder, strings(identities));
        return finished(ProfileBatchRequest.createProfileBatchRequest(builder, profiles));
    }

    public ByteBuffer segmentTestBatch(List<String> identities, List<String> segments) {
        builder.clear();
        final int profiles = SegmentTestBatchRequest.createProfilesVector(builder, strings(identities));
        final int segmentsOffset = SegmentTestBatchRequest.createSegmentsVector(builder, strings(segments));
        return finished(SegmentTestBatchRequest.createSegmentTestBatchRequest(builder, profiles, segmentsOffset));
    }

    public ByteBuffer segmentListBatch(List<String> identities) {
        builder.clear();
        final int profiles = SegmentListBatchRequest.createProfilesVector(builder, strings(identities));
        return finished(SegmentListBatchRequest.createSegmentListBatchRequest(builder, profiles));
    }

    /** @param query what is asked of each; it names neither a profile nor a document */
    public ByteBuffer decideBatch(List<String> identities, DecisionQuery query) {
        builder.clear();
        final int profiles = DecideBatchRequest.createProfilesVector(builder, strings(identities));
        return finished(DecideBatchRequest.createDecideBatchRequest(builder, profiles, decideTable(query)));
    }

    private int decideTable(DecisionQuery query) {
        final int profile = string(query.profile());
        final int document = query.document() == null ? 0 : document(query.document());
        final int[] placementOffsets = new int[query.placements().size()];
        for (int i = 0; i < placementOffsets.length; i++) {
            final DecisionQuery.Placement placement = query.placements().get(i);
            placementOffsets[i] = PlacementRequest.createPlacementRequest(
                    builder, builder.createString(placement.id()), placement.count());
        }
        final int placements = DecideRequest.createPlacementsVector(builder, placementOffsets);
        final int context = query.context().isEmpty()
                ? 0
                : DecideRequest.createContextVector(builder, AttributesCodec.encodeEntries(builder, query.context()));
        final int exclude =
                query.exclude().isEmpty() ? 0 : DecideRequest.createExcludeVector(builder, strings(query.exclude()));
        DecideRequest.startDecideRequest(builder);
        DecideRequest.addProfile(builder, profile);
        DecideRequest.addDocument(builder, document);
        DecideRequest.addPlacements(builder, placements);
        DecideRequest.addContext(builder, context);
        DecideRequest.addExplain(builder, query.explain());
        if (query.atMicros() != null) {
            DecideRequest.addAtMicros(builder, query.atMicros());
        }
        DecideRequest.addExclude(builder, exclude);
        return DecideRequest.endDecideRequest(builder);
    }

    public ByteBuffer upsert(ProfileChange change) {
        builder.clear();
        final int profile = string(change.profile);
        final int precondition = precondition(change);
        final int id = string(change.id);
        final int identities = change.identitiesNamed ? identities(change) : 0;
        final int attributes = change.attributesNamed ? attributes(change) : 0;
        final int segments = change.segmentsNamed ? segments(change) : 0;
        final int scores = change.scoresNamed ? scores(change) : 0;
        final int consent = change.consentNamed ? consent(change) : 0;
        UpsertRequest.startUpsertRequest(builder);
        UpsertRequest.addProfile(builder, profile);
        UpsertRequest.addMode(builder, change.replace ? UpsertMode.Replace : UpsertMode.Merge);
        UpsertRequest.addPrecondition(builder, precondition);
        UpsertRequest.addId(builder, id);
        UpsertRequest.addIdentities(builder, identities);
        UpsertRequest.addAttributes(builder, attributes);
        UpsertRequest.addSegments(builder, segments);
        UpsertRequest.addScores(builder, scores);
        UpsertRequest.addConsent(builder, consent);
        return finished(UpsertRequest.endUpsertRequest(builder));
    }

    public ByteBuffer event(ProfileEvent event) {
        builder.clear();
        final int profile = builder.createString(event.profile());
        final int type = builder.createString(event.type());
        final int id = string(event.id());
        final int offer = string(event.offer());
        final int placement = string(event.placement());
        final int product = string(event.product());
        final int context = event.context().isEmpty()
                ? 0
                : EventRequest.createContextVector(builder, AttributesCodec.encodeEntries(builder, event.context()));
        EventRequest.startEventRequest(builder);
        EventRequest.addProfile(builder, profile);
        EventRequest.addType(builder, type);
        EventRequest.addId(builder, id);
        EventRequest.addOffer(builder, offer);
        EventRequest.addPlacement(builder, placement);
        if (event.atMicros() != null) {
            EventRequest.addAtMicros(builder, event.atMicros());
        }
        EventRequest.addProduct(builder, product);
        if (event.value() != null) {
            eventValue(event.value());
        }
        EventRequest.addContext(builder, context);
        return finished(EventRequest.endEventRequest(builder));
    }

    /** @param versions only if the profile's version is one of these; empty for any */
    public ByteBuffer erase(String identity, Collection<Long> versions) {
        builder.clear();
        final int profile = builder.createString(identity);
        final int versionsOffset = versions.isEmpty()
                ? 0
                : EraseRequest.createVersionsVector(
                        builder, versions.stream().mapToLong(Long::longValue).toArray());
        return finished(EraseRequest.createEraseRequest(builder, profile, versionsOffset));
    }

    /** Copies a body into a frame of its own, ready to be sent. */
    public static byte[] frame(
            MessageType type, long correlationId, long minSequence, long deadlineMicros, ByteBuffer body) {
        final byte[] frame = new byte[FrameDescriptor.HEADER_LENGTH_BYTES + body.remaining()];
        FrameDescriptor.putRequestHeader(
                ByteBuffer.wrap(frame), 0, body.remaining(), type, correlationId, minSequence, deadlineMicros);
        body.get(body.position(), frame, FrameDescriptor.BODY_OFFSET, body.remaining());
        return frame;
    }

    private int precondition(ProfileChange change) {
        if (change.ifVersions.isEmpty() && !change.ifExists && !change.ifAbsent) {
            return 0;
        }
        final long[] versions =
                change.ifVersions.stream().mapToLong(Long::longValue).toArray();
        final int versionsOffset = versions.length == 0 ? 0 : Precondition.createVersionsVector(builder, versions);
        return Precondition.createPrecondition(builder, versionsOffset, change.ifExists, change.ifAbsent);
    }

    private int identities(ProfileChange change) {
        return IdentitiesPatch.createIdentitiesPatch(
                builder,
                change.replaceIdentities,
                IdentitiesPatch.createAddVector(builder, strings(change.identitiesAdded)),
                IdentitiesPatch.createRemoveVector(builder, strings(change.identitiesRemoved)));
    }

    private int attributes(ProfileChange change) {
        return AttributesPatch.createAttributesPatch(
                builder,
                change.clearAttributes,
                nested(change.attributesSet),
                AttributesPatch.createRemoveVector(builder, strings(change.attributesRemoved)));
    }

    private int segments(ProfileChange change) {
        return SegmentsPatch.createSegmentsPatch(
                builder,
                change.replaceSegments,
                SegmentsPatch.createAddVector(builder, memberships(change.segmentsAdded.values())),
                SegmentsPatch.createRemoveVector(builder, strings(change.segmentsRemoved)));
    }

    private int scores(ProfileChange change) {
        return ScoresPatch.createScoresPatch(
                builder,
                change.clearScores,
                ScoresPatch.createSetVector(builder, scores(change.scoresSet)),
                ScoresPatch.createRemoveVector(builder, strings(change.scoresRemoved)));
    }

    private int consent(ProfileChange change) {
        final int tcf = string(change.tcf);
        final int gpp = string(change.gpp);
        final Integer purposes = change.purposes;
        return ConsentPatch.createConsentPatch(
                builder, change.consentRemoved, purposes != null, purposes == null ? 0 : purposes, tcf, gpp);
    }

    private int document(ProfileDocument document) {
        final int id = string(document.id());
        final int identities = io.zandloper.protocol.schema.ProfileDocument.createIdentitiesVector(
                builder, strings(document.identities()));
        final int attributes = nested(document.attributes());
        final int segments = io.zandloper.protocol.schema.ProfileDocument.createSegmentsVector(
                builder, memberships(document.segments()));
        final int scores =
                io.zandloper.protocol.schema.ProfileDocument.createScoresVector(builder, scores(document.scores()));
        int consent = 0;
        if (document.consent() != null) {
            final int tcf = string(document.consent().tcf());
            final int gpp = string(document.consent().gpp());
            consent = io.zandloper.protocol.schema.Consent.createConsent(
                    builder, document.consent().purposes(), tcf, gpp);
        }
        return io.zandloper.protocol.schema.ProfileDocument.createProfileDocument(
                builder, id, identities, attributes, segments, scores, consent);
    }

    private int nested(Map<String, ?> attributes) {
        final byte[] bytes = AttributesCodec.encode(attributes);
        builder.createUnintializedVector(Byte.BYTES, bytes.length, NESTED_ALIGNMENT)
                .put(bytes);
        return builder.endVector();
    }

    private int[] memberships(Collection<Membership> memberships) {
        final int[] offsets = new int[memberships.size()];
        int i = 0;
        for (final Membership membership : memberships) {
            offsets[i++] = io.zandloper.protocol.schema.Membership.createMembership(
                    builder, builder.createString(membership.segment()), membership.expiresMicros());
        }
        return offsets;
    }

    private int[] scores(Map<String, Number> scores) {
        final int[] offsets = new int[scores.size()];
        int i = 0;
        for (final Map.Entry<String, Number> score : scores.entrySet()) {
            offsets[i++] = score(score.getKey(), score.getValue());
        }
        return offsets;
    }

    private int score(String offer, Number value) {
        final int offerOffset = builder.createString(offer);
        Score.startScore(builder);
        Score.addOffer(builder, offerOffset);
        if (value instanceof Long || value instanceof Integer) {
            Score.addIsInteger(builder, true);
            Score.addIntegerValue(builder, value.longValue());
        } else if (Double.isFinite(value.doubleValue())) {
            Score.addDoubleValue(builder, value.doubleValue());
        } else {
            throw new IllegalArgumentException("not a finite number: score=" + offer);
        }
        return Score.endScore(builder);
    }

    private void eventValue(Number value) {
        if (value instanceof Long || value instanceof Integer) {
            EventRequest.addValueIsInteger(builder, true);
            EventRequest.addIntegerValue(builder, value.longValue());
        } else if (Double.isFinite(value.doubleValue())) {
            EventRequest.addDoubleValue(builder, value.doubleValue());
        } else {
            throw new IllegalArgumentException("not a finite number: value=" + value);
        }
    }

    private int[] strings(Collection<String> strings) {
        final int[] offsets = new int[strings.size()];
        int i = 0;
        for (final String string : strings) {
            offsets[i++] = builder.createString(string);
        }
        return offsets;
    }

    private int string(@Nullable String text) {
        return text == null ? 0 : builder.createString(text);
    }

    private ByteBuffer finished(int root) {
        builder.finish(root);
        return builder.dataBuffer();
    }
}
