package io.zandloper.protocol.client;

import io.zandloper.protocol.Status;
import io.zandloper.protocol.client.ResponseDecoder.Response;
import io.zandloper.protocol.schema.DecideBatchResponse;
import io.zandloper.protocol.schema.ProfileBatchResponse;
import io.zandloper.protocol.schema.SegmentListBatchResponse;
import io.zandloper.protocol.schema.SegmentTestBatchResponse;
import io.zandloper.protocol.verify.TableShapes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link Batch} of the response to one. A response that does not have one entry for each profile asked about ends
 * in an {@link IllegalArgumentException}.
 */
final class BatchReader {
    /** The answer about one profile. */
    private interface Answer<T> {
        T read(int index, boolean known);
    }

    private BatchReader() {}

    static Batch<Optional<StoredProfile>> profiles(
            ResponseDecoder decoder, Response response, List<String> identities) {
        final ProfileBatchResponse batch = ProfileBatchResponse.getRootAsProfileBatchResponse(
                decoder.verified(response.body(), TableShapes.PROFILE_BATCH_RESPONSE));
        requireCount(batch.profilesLength(), identities.size());
        return batch(
                identities,
                batch.statusesLength(),
                batch::statuses,
                response.sequence(),
                (i, known) -> known
                        ? Optional.of(ResponseDecoder.profile(batch.profiles(i), response.sequence()))
                        : Optional.empty());
    }

    static Batch<SegmentTest> segmentTests(
            ResponseDecoder decoder, Response response, List<String> identities, List<String> segments) {
        final SegmentTestBatchResponse batch = SegmentTestBatchResponse.getRootAsSegmentTestBatchResponse(
                decoder.verified(response.body(), TableShapes.SEGMENT_TEST_BATCH_RESPONSE));
        requireCount(batch.membersLength(), identities.size() * segments.size());
        return batch(identities, batch.statusesLength(), batch::statuses, response.sequence(), (i, known) -> {
            final BitSet members = new BitSet(segments.size());
            for (int j = 0; known && j < segments.size(); j++) {
                members.set(j, batch.members(i * segments.size() + j));
            }
            return new SegmentTest(known, segments, members, response.sequence());
        });
    }

    static Batch<SegmentList> segmentLists(ResponseDecoder decoder, Response response, List<String> identities) {
        final SegmentListBatchResponse batch = SegmentListBatchResponse.getRootAsSegmentListBatchResponse(
                decoder.verified(response.body(), TableShapes.SEGMENT_LIST_BATCH_RESPONSE));
        requireCount(batch.listsLength(), identities.size());
        return batch(
                identities,
                batch.statusesLength(),
                batch::statuses,
                response.sequence(),
                (i, known) -> known
                        ? ResponseDecoder.segmentList(batch.lists(i), response.sequence())
                        : new SegmentList(false, List.of(), response.sequence()));
    }

    static Batch<Decision> decisions(ResponseDecoder decoder, Response response, List<String> identities) {
        final DecideBatchResponse batch = DecideBatchResponse.getRootAsDecideBatchResponse(
                decoder.verified(response.body(), TableShapes.DECIDE_BATCH_RESPONSE));
        requireCount(batch.decisionsLength(), identities.size());
        return batch(
                identities,
                batch.statusesLength(),
                batch::statuses,
                response.sequence(),
                (i, known) -> DecisionReader.read(batch.decisions(i)));
    }

    private static <T> Batch<T> batch(
            List<String> identities, int statusCount, IntUnaryOperator statuses, long sequence, Answer<T> answer) {
        requireCount(statusCount, identities.size());
        final int[] statusNumbers = new int[statusCount];
        final List<@Nullable T> answers = new ArrayList<>(statusCount);
        for (int i = 0; i < statusCount; i++) {
            statusNumbers[i] = statuses.applyAsInt(i);
            final boolean known = statusNumbers[i] == Status.OK.number();
            final boolean answered = known || statusNumbers[i] == Status.PROFILE_UNKNOWN.number();
            answers.add(answered ? answer.read(i, known) : null);
        }
        return new Batch<>(identities, statusNumbers, answers, sequence);
    }

    private static void requireCount(int count, int expected) {
        if (count != expected) {
            throw new IllegalArgumentException("not one entry for each profile, count=" + count);
        }
    }
}
