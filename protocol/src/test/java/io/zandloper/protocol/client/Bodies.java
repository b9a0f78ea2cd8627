package io.zandloper.protocol.client;

import com.google.flatbuffers.FlatBufferBuilder;
import io.zandloper.protocol.ProtocolLimits;
import io.zandloper.protocol.schema.DecideBatchResponse;
import io.zandloper.protocol.schema.DecideResponse;
import io.zandloper.protocol.schema.EraseResponse;
import io.zandloper.protocol.schema.ErrorResponse;
import io.zandloper.protocol.schema.FieldError;
import io.zandloper.protocol.schema.HelloResponse;
import io.zandloper.protocol.schema.Limits;
import io.zandloper.protocol.schema.ProfileBatchResponse;
import io.zandloper.protocol.schema.ProfileResponse;
import io.zandloper.protocol.schema.Role;
import io.zandloper.protocol.schema.SegmentListBatchResponse;
import io.zandloper.protocol.schema.SegmentListResponse;
import io.zandloper.protocol.schema.SegmentTestBatchResponse;
import io.zandloper.protocol.schema.SegmentTestResponse;
import io.zandloper.protocol.schema.UpsertOutcome;
import io.zandloper.protocol.schema.UpsertResponse;
import java.util.Arrays;
import java.util.List;

/** Bodies of responses, as a server writes them. */
final class Bodies {
    static final byte[] EMPTY = {};

    private Bodies() {}

    /** A server that takes requests of 1 MiB, as hello tells it. */
    static byte[] hello(int role) {
        return hello(role, 1024 * 1024, 16 * 1024 * 1024);
    }

    /** A server that knows of this term. */
    static byte[] hello(int role, long term) {
        final FlatBufferBuilder builder = new FlatBufferBuilder();
        builder.finish(HelloResponse.createHelloResponse(builder, 1, 0, role, 0, 12, term));
        return builder.sizedByteArray();
    }

    static byte[] hello(int role, long requestFrameBytesMax, long responseFrameBytesMax) {
        final FlatBufferBuilder builder = new FlatBufferBuilder();
        final int server = builder.createString("zandloper/0.1.0");
        final int limits = Limits.createLimits(
                builder, requestFrameBytesMax, responseFrameBytesMax, 4096, ProtocolLimits.BATCH_PROFILES_MAX);
        builder.finish(HelloResponse.createHelloResponse(builder, 1, server, role, limits, 12, 0));
        return builder.sizedByteArray();
    }

    static byte[] helloWithoutLimits() {
        final FlatBufferBuilder builder = new FlatBufferBuilder();
        builder.finish(HelloResponse.createHelloResponse(builder, 1, 0, Role.Primary, 0, 0, 0));
        return builder.sizedByteArray();
    }

    static byte[] segmentList(String... segments) {
        final FlatBufferBuilder builder = new FlatBufferBuilder();
        builder.finish(segmentList(builder, segments));
        return builder.sizedByteArray();
    }

    static byte[] segmentTests(int[] statuses, boolean... members) {
        final FlatBufferBuilder builder = new FlatBufferBuilder();
        final int statusesOffset = SegmentTestBatchResponse.createStatusesVector(builder, statuses);
        builder.finish(SegmentTestBatchResponse.createSegmentTestBatchResponse(
                builder, statusesOffset, SegmentTestBatchResponse.createMembersVector(builder, members)));
        return builder.sizedByteArray();
    }

    /** @param segments of each profile; none where its status is not 0 */
    static byte[] segmentLists(int[] statuses, String[]... segments) {
        final FlatBufferBuilder builder = new FlatBufferBuilder();
        final int[] lists =
                Arrays.stream(segments).mapToInt(of -> segmentList(builder, of)).toArray();
        final int listsOffset = SegmentListBatchResponse.createListsVector(builder, lists);
        builder.finish(SegmentListBatchResponse.createSegmentListBatchResponse(
                builder, SegmentListBatchResponse.createStatusesVector(builder, statuses), listsOffset));
        return builder.sizedByteArray();
    }

    /** Profiles of one identity each; an empty table where it is empty. */
    static byte[] profiles(int[] statuses, String... identities) {
        final FlatBufferBuilder builder = new FlatBufferBuilder();
        final int[] profiles = new int[identities.length];
        for (int i = 0; i < profiles.length; i++) {
            final int list = identities[i].isEmpty()
                    ? 0
                    : ProfileResponse.createIdentitiesVector(builder, new int[] {builder.createString(identities[i])});
            profiles[i] = ProfileResponse.createProfileResponse(builder, list, 0, 0, 0, 0, 0, 7, 8);
        }
        final int profilesOffset = ProfileBatchResponse.createProfilesVector(builder, profiles);
        builder.finish(ProfileBatchResponse.createProfileBatchResponse(
                builder, ProfileBatchResponse.createStatusesVector(builder, statuses), profilesOffset));
        return builder.sizedByteArray();
    }

    /** Decisions without offers, about one identity each. */
    static byte[] decisions(int[] statuses, int reason, String... identities) {
        final FlatBufferBuilder builder = new FlatBufferBuilder();
        final int[] decisions = new int[identities.length];
        for (int i = 0; i < decisions.length; i++) {
            final int id = builder.createString("d-" + i);
            final int profile = builder.createString(identities[i]);
            decisions[i] = DecideResponse.createDecideResponse(builder, id, profile, reason, 0, 0, 12, 90, 1900);
        }
        final int decisionsOffset = DecideBatchResponse.createDecisionsVector(builder, decisions);
        builder.finish(DecideBatchResponse.createDecideBatchResponse(
                builder, DecideBatchResponse.createStatusesVector(builder, statuses), decisionsOffset));
        return builder.sizedByteArray();
    }

    static byte[] upsert(String profile, long sequence) {
        final FlatBufferBuilder builder = new FlatBufferBuilder();
        builder.finish(UpsertResponse.createUpsertResponse(
                builder, builder.createString(profile), sequence, sequence, UpsertOutcome.Updated));
        return builder.sizedByteArray();
    }

    static byte[] segmentTest(boolean... members) {
        final FlatBufferBuilder builder = new FlatBufferBuilder();
        builder.finish(SegmentTestResponse.createSegmentTestResponse(
                builder, SegmentTestResponse.createMembersVector(builder, members)));
        return builder.sizedByteArray();
    }

    static byte[] erasure(List<String> erased, long sequence, long atMicros) {
        final FlatBufferBuilder builder = new FlatBufferBuilder();
        final int[] identities = erased.stream().mapToInt(builder::createString).toArray();
        final int erasedOffset = EraseResponse.createErasedVector(builder, identities);
        builder.finish(EraseResponse.createEraseResponse(builder, erasedOffset, sequence, atMicros));
        return builder.sizedByteArray();
    }

    static byte[] error(int status, String detail, String path, String reason) {
        final FlatBufferBuilder builder = new FlatBufferBuilder();
        final int[] errors = {
            FieldError.createFieldError(builder, builder.createString(path), builder.createString(reason))
        };
        final int detailOffset = builder.createString(detail);
        final int errorsOffset = ErrorResponse.createErrorsVector(builder, errors);
        builder.finish(ErrorResponse.createErrorResponse(builder, status, detailOffset, errorsOffset));
        return builder.sizedByteArray();
    }

    private static int segmentList(FlatBufferBuilder builder, String[] segments) {
        final int[] offsets =
                Arrays.stream(segments).mapToInt(builder::createString).toArray();
        return SegmentListResponse.createSegmentListResponse(
                builder, SegmentListResponse.createSegmentsVector(builder, offsets));
    }
}
