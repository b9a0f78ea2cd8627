package io.zandloper.server.wire;

import com.google.flatbuffers.FlatBufferBuilder;
import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.ProtocolLimits;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.schema.Consent;
import io.zandloper.protocol.schema.DecideBatchResponse;
import io.zandloper.protocol.schema.EraseResponse;
import io.zandloper.protocol.schema.ErrorResponse;
import io.zandloper.protocol.schema.EventOutcome;
import io.zandloper.protocol.schema.EventResponse;
import io.zandloper.protocol.schema.FieldError;
import io.zandloper.protocol.schema.HelloResponse;
import io.zandloper.protocol.schema.Limits;
import io.zandloper.protocol.schema.Membership;
import io.zandloper.protocol.schema.ProfileBatchResponse;
import io.zandloper.protocol.schema.ProfileResponse;
import io.zandloper.protocol.schema.Role;
import io.zandloper.protocol.schema.Score;
import io.zandloper.protocol.schema.SegmentListBatchResponse;
import io.zandloper.protocol.schema.SegmentListResponse;
import io.zandloper.protocol.schema.SegmentTestBatchResponse;
import io.zandloper.protocol.schema.SegmentTestResponse;
import io.zandloper.protocol.schema.UpsertOutcome;
import io.zandloper.protocol.schema.UpsertResponse;
import io.zandloper.server.decision.ServedDecision;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Encodes the bodies of answers, one after the other in one buffer: {@link #body} is that of the last one until the next
 * begins. One for each event loop.
 */
final class ResponseEncoder {
    private static final int INITIAL_BYTES = 4 * 1024;
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);
    /** Nested buffers hold 8-byte numbers; clients in languages that want alignment read them where they lie. */
    private static final int NESTED_ALIGNMENT = 8;

    /** Of an id and what refers to it. */
    private static final int ID_BYTES_MAX = 80;
    /** Of a table with a few numbers, and what refers to it. */
    private static final int TABLE_BYTES_MAX = 64;
    /** Of the identities, the consent and the numbers of a profile, which is 64 KiB itself. */
    private static final int PROFILE_BYTES_MAX = 80 * 1024;

    private FlatBufferBuilder builder = new FlatBufferBuilder(INITIAL_BYTES);
    private ByteBuffer body = EMPTY;
    private final DecisionWriter decisions = new DecisionWriter(builder);
    /** References of the vector being written; grows to the longest there was. */
    private int[] references = new int[256];

    /** Of the batch being answered: what came of each profile, and where its answer lies. */
    private final short[] statuses = new short[ProtocolLimits.BATCH_PROFILES_MAX];

    private final int[] entries = new int[ProtocolLimits.BATCH_PROFILES_MAX];
    private int entryCount;

    /** Between position and limit. */
    ByteBuffer body() {
        return body;
    }

    void nothing() {
        body = EMPTY;
    }

    /** An answer that is the request's own bytes. */
    void echo(ByteBuffer bytes) {
        body = bytes;
    }

    void error(Status status, String detail, List<io.zandloper.storage.profile.FieldError> errors) {
        begin();
        final int count = Math.min(errors.size(), ProtocolLimits.ERRORS_MAX);
        final int[] offsets = new int[count];
        for (int i = 0; i < count; i++) {
            final int path = builder.createString(encodable(errors.get(i).path()));
            final int reason = builder.createString(encodable(errors.get(i).reason()));
            offsets[i] = FieldError.createFieldError(builder, path, reason);
        }
        final int errorsOffset = count == 0 ? 0 : ErrorResponse.createErrorsVector(builder, offsets);
        final int detailOffset = builder.createString(encodable(detail));
        finish(ErrorResponse.createErrorResponse(builder, status.number(), detailOffset, errorsOffset));
    }

    void hello(String server, boolean replica, long term, BinaryLimits binaryLimits, long catalogVersion) {
        begin();
        final int serverOffset = builder.createString(server);
        final int limits = Limits.createLimits(
                builder,
                binaryLimits.requestFrameBytesMax(),
                ProtocolLimits.RESPONSE_FRAME_BYTES_MAX,
                binaryLimits.requestsInFlightMax(),
                ProtocolLimits.BATCH_PROFILES_MAX);
        finish(HelloResponse.createHelloResponse(
                builder,
                FrameDescriptor.VERSION,
                serverOffset,
                replica ? Role.Replica : Role.Primary,
                limits,
                catalogVersion,
                term));
    }

    /** Begins the answer to a test; then {@link #member} for each segment from the last to the first. */
    void beginSegmentTest(int count) {
        begin();
        SegmentTestResponse.startMembersVector(builder, count);
    }

    void member(boolean isMember) {
        builder.addBoolean(isMember);
    }

    void endSegmentTest() {
        finish(SegmentTestResponse.createSegmentTestResponse(builder, builder.endVector()));
    }

    // Answers of lookups and decisions: begin, then either one table and finish, or beginBatch, an entry for each
    // profile in
    // their order, and one of the end….

    void begin() {
        if (body.capacity() > WireLimits.KEPT_BUFFER_BYTES_MAX) {
            builder = new FlatBufferBuilder(INITIAL_BYTES);
        } else {
            builder.clear();
        }
        body = EMPTY;
        entryCount = 0;
    }

    /** @param root a table, which is the answer */
    void finish(int root) {
        builder.finish(root);
        body = builder.dataBuffer();
    }

    /**
     * @param visible by bit
     * @throws RequestException where it may not fit an answer any more; then nothing of it is there
     */
    int segmentList(Catalog catalog, IntPredicate visible) {
        checkRoom((long) catalog.segments().size() * ID_BYTES_MAX);
        final int count = segmentIds(catalog, visible, true, true);
        return SegmentListResponse.createSegmentListResponse(builder, referenceVector(count));
    }

    /**
     * @param attributes as they are stored
     * @param visible by bit
     * @throws RequestException where it may not fit an answer any more; then nothing of it is there
     */
    int profile(Profile profile, ByteBuffer attributes, Catalog catalog, IntPredicate visible) {
        checkRoom(PROFILE_BYTES_MAX
                + attributes.remaining()
                + (long) catalog.segments().size() * (ID_BYTES_MAX + TABLE_BYTES_MAX)
                + (long) profile.scores().size() * (ID_BYTES_MAX + TABLE_BYTES_MAX));
        final int identities = identities(profile.identities());
        builder.createUnintializedVector(Byte.BYTES, attributes.remaining(), NESTED_ALIGNMENT)
                .put(attributes.duplicate());
        final int attributesOffset = builder.endVector();
        final int segments = referenceVector(memberships(profile, catalog, visible));
        final int computed = referenceVector(segmentIds(catalog, visible, false, true));
        final int scores = referenceVector(scores(profile));
        final int consent = consent(profile.consent());
        return ProfileResponse.createProfileResponse(
                builder,
                identities,
                attributesOffset,
                segments,
                computed,
                scores,
                consent,
                profile.version(),
                profile.updatedAtMicros());
    }

    /** @throws RequestException where it is longer than an answer may be; then nothing of it is there */
    int decision(ServedDecision decision, byte[] decisionId, long sequence, long tookNanos) {
        return decisions.write(builder, decision, decisionId, sequence, tookNanos);
    }

    /** So that what does not fit is noticed while nothing of it is written. */
    private void checkRoom(long mostBytes) {
        if (builder.offset() + mostBytes > WireLimits.TABLES_BYTES_MAX) {
            throw new RequestException(Status.RESPONSE_TOO_LONG);
        }
    }

    /** @param table the answer for a profile */
    void entry(int table) {
        addEntry(Status.OK, table);
    }

    /** For a profile that has no answer; nor has one a batch of tests, whose answers come at its end. */
    void entry(Status status) {
        addEntry(status, 0);
    }

    private void addEntry(Status status, int table) {
        statuses[entryCount] = (short) status.number();
        entries[entryCount] = table;
        entryCount++;
    }

    void endProfileBatch() {
        final int profiles = entryVector();
        finish(ProfileBatchResponse.createProfileBatchResponse(builder, statusVector(), profiles));
    }

    /** @param members of all profiles, each a byte of 0 or 1 */
    void endSegmentTestBatch(byte[] members, int count) {
        final int membersOffset = builder.createByteVector(members, 0, count);
        finish(SegmentTestBatchResponse.createSegmentTestBatchResponse(builder, statusVector(), membersOffset));
    }

    void endSegmentListBatch() {
        final int lists = entryVector();
        finish(SegmentListBatchResponse.createSegmentListBatchResponse(builder, statusVector(), lists));
    }

    void endDecideBatch() {
        final int decisionsOffset = entryVector();
        finish(DecideBatchResponse.createDecideBatchResponse(builder, statusVector(), decisionsOffset));
    }

    /** Those without an answer refer to one empty table. */
    private int entryVector() {
        builder.startTable(0);
        final int nothing = builder.endTable();
        builder.startVector(Integer.BYTES, entryCount, Integer.BYTES);
        for (int i = entryCount - 1; i >= 0; i--) {
            builder.addOffset(entries[i] == 0 ? nothing : entries[i]);
        }
        return builder.endVector();
    }

    private int statusVector() {
        builder.startVector(Short.BYTES, entryCount, Short.BYTES);
        for (int i = entryCount - 1; i >= 0; i--) {
            builder.addShort(statuses[i]);
        }
        return builder.endVector();
    }

    /** @param outcome an accepted one */
    void upsert(ChangeOutcome outcome) {
        begin();
        final Identity profile = outcome.profile();
        final int profileOffset = profile == null ? 0 : builder.createString(profile.text());
        final byte kind = switch (outcome.status()) {
            case CREATED -> UpsertOutcome.Created;
            case UPDATED -> UpsertOutcome.Updated;
            default -> UpsertOutcome.Unchanged;
        };
        finish(UpsertResponse.createUpsertResponse(
                builder, profileOffset, outcome.version(), outcome.sequence(), kind));
    }

    /** @param outcome an accepted one */
    void event(ChangeOutcome outcome) {
        begin();
        final Identity profile = outcome.profile();
        final int profileOffset = profile == null ? 0 : builder.createString(profile.text());
        final byte kind = switch (outcome.status()) {
            case CREATED -> EventOutcome.Created;
            case DUPLICATE -> EventOutcome.Duplicate;
            default -> EventOutcome.Recorded;
        };
        finish(EventResponse.createEventResponse(builder, profileOffset, outcome.sequence(), kind));
    }

    /** @param outcome an accepted one */
    void erase(ChangeOutcome outcome) {
        begin();
        finish(EraseResponse.createEraseResponse(
                builder, identities(outcome.erased()), outcome.sequence(), outcome.atMicros()));
    }

    private int identities(List<Identity> identities) {
        int count = 0;
        for (final Identity identity : identities) {
            count = reference(count, builder.createString(identity.text()));
        }
        return referenceVector(count);
    }

    private int memberships(Profile profile, Catalog catalog, IntPredicate visible) {
        int count = 0;
        for (final Catalog.Segment segment : catalog.segments()) {
            if (!segment.isComputed() && visible.test(segment.bit())) {
                final Long expiresMicros = profile.expiryOf(segment.id());
                final int id = builder.createString(segment.id());
                count = reference(
                        count,
                        Membership.createMembership(builder, id, expiresMicros == null ? Times.NEVER : expiresMicros));
            }
        }
        return count;
    }

    private int segmentIds(Catalog catalog, IntPredicate visible, boolean listed, boolean computed) {
        int count = 0;
        for (final Catalog.Segment segment : catalog.segments()) {
            if ((segment.isComputed() ? computed : listed) && visible.test(segment.bit())) {
                count = reference(count, builder.createString(segment.id()));
            }
        }
        return count;
    }

    private int scores(Profile profile) {
        int count = 0;
        for (final Map.Entry<String, Number> score : profile.scores().entrySet()) {
            final int offer = builder.createString(score.getKey());
            Score.startScore(builder);
            Score.addOffer(builder, offer);
            if (score.getValue() instanceof Long number) {
                Score.addIsInteger(builder, true);
                Score.addIntegerValue(builder, number);
            } else {
                Score.addDoubleValue(builder, score.getValue().doubleValue());
            }
            count = reference(count, Score.endScore(builder));
        }
        return count;
    }

    private int consent(io.zandloper.storage.profile.@Nullable Consent consent) {
        if (consent == null) {
            return 0;
        }
        final int tcf = consent.tcf() == null ? 0 : builder.createString(consent.tcf());
        final int gpp = consent.gpp() == null ? 0 : builder.createString(consent.gpp());
        return Consent.createConsent(builder, consent.purposes(), tcf, gpp);
    }

    private int reference(int count, int offset) {
        if (count == references.length) {
            references = Arrays.copyOf(references, 2 * count);
        }
        references[count] = offset;
        return count + 1;
    }

    private int referenceVector(int count) {
        builder.startVector(Integer.BYTES, count, Integer.BYTES);
        for (int i = count - 1; i >= 0; i--) {
            builder.addOffset(references[i]);
        }
        return builder.endVector();
    }

    /** An error may quote what was wrong with a text, and so has to bear any text. */
    private static String encodable(String text) {
        return io.zandloper.storage.profile.Text.isEncodable(text) ? text : text.replaceAll("[\\ud800-\\udfff]", "?");
    }
}
