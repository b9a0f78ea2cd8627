package io.zandloper.protocol.client;

import io.zandloper.protocol.ProtocolLimits;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.attributes.AttributesCodec;
import io.zandloper.protocol.schema.DecideResponse;
import io.zandloper.protocol.schema.EraseResponse;
import io.zandloper.protocol.schema.ErrorResponse;
import io.zandloper.protocol.schema.EventResponse;
import io.zandloper.protocol.schema.FieldError;
import io.zandloper.protocol.schema.HelloResponse;
import io.zandloper.protocol.schema.Limits;
import io.zandloper.protocol.schema.ProfileResponse;
import io.zandloper.protocol.schema.Role;
import io.zandloper.protocol.schema.Score;
import io.zandloper.protocol.schema.SegmentListResponse;
import io.zandloper.protocol.schema.SegmentTestResponse;
import io.zandloper.protocol.schema.UpsertResponse;
import io.zandloper.protocol.verify.BodyVerifier;
import io.zandloper.protocol.verify.TableShape;
import io.zandloper.protocol.verify.TableShapes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decodes bodies of responses, each after it has been verified; one that is not valid ends in an
 * {@link IllegalArgumentException}. Not thread-safe.
 */
final class ResponseDecoder {
    /** Makes the result of a call of the response to it: any status this call takes for an answer. */
    interface Reader<T> {
        T read(ResponseDecoder decoder, Response response);

        /** Whether nobody having the identity is an answer rather than a failure. */
        default boolean takesUnknownProfile() {
            return false;
        }
    }

    /**
     * @param body between position and limit; valid only during the call
     * @param sequence as it stands in the frame
     */
    record Response(int statusNumber, long sequence, ByteBuffer body) {
        boolean isUnknownProfile() {
            return statusNumber == Status.PROFILE_UNKNOWN.number();
        }
    }

    private final BodyVerifier verifier = new BodyVerifier();

    RequestRejectedException rejection(Response response) {
        final Status status = Status.ofNumber(response.statusNumber());
        String detail = status == null ? "the server refused" : status.meaning();
        final List<RequestRejectedException.FieldError> errors = new ArrayList<>();
        if (response.body().hasRemaining()) {
            final ErrorResponse error =
                    ErrorResponse.getRootAsErrorResponse(verified(response.body(), TableShapes.ERROR_RESPONSE));
            detail = error.detail() == null ? detail : error.detail();
            for (int i = 0; i < error.errorsLength(); i++) {
                final FieldError field = error.errors(i);
                errors.add(new RequestRejectedException.FieldError(text(field.path()), text(field.reason())));
            }
        }
        return new RequestRejectedException(response.statusNumber(), detail, errors);
    }

    ServerInfo hello(Response response) {
        final HelloResponse hello =
                HelloResponse.getRootAsHelloResponse(verified(response.body(), TableShapes.HELLO_RESPONSE));
        final Limits limits = hello.limits();
        return new ServerInfo(
                hello.protocolVersion(),
                text(hello.server()),
                hello.role() == Role.Replica,
                told(limits == null ? 0 : limits.requestFrameBytesMax(), ProtocolLimits.REQUEST_FRAME_BYTES_MAX),
                told(limits == null ? 0 : limits.responseFrameBytesMax(), ProtocolLimits.RESPONSE_FRAME_BYTES_MAX),
                told(limits == null ? 0 : limits.requestsInFlightMax(), ProtocolLimits.REQUESTS_IN_FLIGHT_MAX),
                told(limits == null ? 0 : limits.batchProfilesMax(), ProtocolLimits.BATCH_PROFILES_MAX),
                hello.catalogVersion(),
                hello.term(),
                response.sequence());
    }

    /** A limit that hello does not tell is that of the protocol's document. */
    private static long told(long limit, long ifNot) {
        return limit == 0 ? ifNot : limit;
    }

    Optional<StoredProfile> profile(Response response) {
        if (response.isUnknownProfile()) {
            return Optional.empty();
        }
        final ProfileResponse profile =
                ProfileResponse.getRootAsProfileResponse(verified(response.body(), TableShapes.PROFILE_RESPONSE));
        return Optional.of(profile(profile, response.sequence()));
    }

    static StoredProfile profile(ProfileResponse profile, long sequence) {
        final ByteBuffer attributes = profile.attributesAsByteBuffer();
        return new StoredProfile(
                strings(profile.identitiesLength(), profile::identities),
                attributes == null ? Map.of() : AttributesCodec.decode(attributes),
                memberships(profile),
                strings(profile.computedLength(), profile::computed),
                scores(profile),
                consent(profile.consent()),
                profile.version(),
                profile.updatedAtMicros(),
                sequence);
    }

    SegmentTest segmentTest(Response response, List<String> segments) {
        if (response.isUnknownProfile()) {
            return new SegmentTest(false, segments, new BitSet(), response.sequence());
        }
        final SegmentTestResponse test = SegmentTestResponse.getRootAsSegmentTestResponse(
                verified(response.body(), TableShapes.SEGMENT_TEST_RESPONSE));
        if (test.membersLength() != segments.size()) {
            throw new IllegalArgumentException("answers to another number of segments, count=" + test.membersLength());
        }
        final BitSet members = new BitSet(segments.size());
        for (int i = 0; i < segments.size(); i++) {
            members.set(i, test.members(i));
        }
        return new SegmentTest(true, segments, members, response.sequence());
    }

    SegmentList segmentList(Response response) {
        if (response.isUnknownProfile()) {
            return new SegmentList(false, List.of(), response.sequence());
        }
        final SegmentListResponse list = SegmentListResponse.getRootAsSegmentListResponse(
                verified(response.body(), TableShapes.SEGMENT_LIST_RESPONSE));
        return segmentList(list, response.sequence());
    }

    static SegmentList segmentList(SegmentListResponse list, long sequence) {
        return new SegmentList(true, strings(list.segmentsLength(), list::segments), sequence);
    }

    Decision decide(Response response) {
        return DecisionReader.read(
                DecideResponse.getRootAsDecideResponse(verified(response.body(), TableShapes.DECIDE_RESPONSE)));
    }

    UpsertResult upsert(Response response) {
        final UpsertResponse upsert =
                UpsertResponse.getRootAsUpsertResponse(verified(response.body(), TableShapes.UPSERT_RESPONSE));
        return new UpsertResult(
                text(upsert.profile()),
                upsert.version(),
                upsert.sequence(),
                ofOrdinal(UpsertResult.Outcome.values(), upsert.outcome()));
    }

    EventResult event(Response response) {
        final EventResponse event =
                EventResponse.getRootAsEventResponse(verified(response.body(), TableShapes.EVENT_RESPONSE));
        return new EventResult(
                text(event.profile()), event.sequence(), ofOrdinal(EventResult.Outcome.values(), event.outcome()));
    }

    Optional<Erasure> erase(Response response) {
        if (response.isUnknownProfile()) {
            return Optional.empty();
        }
        final EraseResponse erased =
                EraseResponse.getRootAsEraseResponse(verified(response.body(), TableShapes.ERASE_RESPONSE));
        return Optional.of(
                new Erasure(strings(erased.erasedLength(), erased::erased), erased.sequence(), erased.atMicros()));
    }

    ByteBuffer verified(ByteBuffer body, TableShape shape) {
        if (!verifier.isValid(body, body.position(), body.remaining(), shape)) {
            throw new IllegalArgumentException("a response that is not a buffer of its schema");
        }
        return body;
    }

    private static List<Membership> memberships(ProfileResponse profile) {
        final List<Membership> memberships = new ArrayList<>(profile.segmentsLength());
        for (int i = 0; i < profile.segmentsLength(); i++) {
            final io.zandloper.protocol.schema.Membership membership = profile.segments(i);
            memberships.add(new Membership(membership.segment(), membership.expiresMicros()));
        }
        return List.copyOf(memberships);
    }

    private static Map<String, Number> scores(ProfileResponse profile) {
        final Map<String, Number> scores = LinkedHashMap.newLinkedHashMap(profile.scoresLength());
        for (int i = 0; i < profile.scoresLength(); i++) {
            final Score score = profile.scores(i);
            // No conditional expression: that would make a double of either.
            if (score.isInteger()) {
                scores.put(score.offer(), score.integerValue());
            } else {
                scores.put(score.offer(), score.doubleValue());
            }
        }
        return java.util.Collections.unmodifiableMap(scores);
    }

    private static @Nullable Consent consent(io.zandloper.protocol.schema.@Nullable Consent consent) {
        return consent == null ? null : new Consent((int) consent.purposes(), consent.tcf(), consent.gpp());
    }

    static List<String> strings(int count, java.util.function.IntFunction<String> at) {
        final List<String> strings = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            strings.add(Objects.requireNonNull(at.apply(i)));
        }
        return List.copyOf(strings);
    }

    static String text(@Nullable String text) {
        return text == null ? "" : text;
    }

    /**
     * The constant of an enumeration whose order is that of the schema's. Its last one stands for those that only a newer
     * server knows.
     */
    static <E> E ofOrdinal(E[] values, int ordinal) {
        return values[Math.min(ordinal, values.length - 1)];
    }
}
