package io.zandloper.server.wire;

import com.google.flatbuffers.FlatBufferBuilder;
import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.ProtocolLimits;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.schema.DecideBatchResponse;
import io.zandloper.protocol.schema.EraseResponse;
import io.zandloper.protocol.schema.ErrorResponse;
import io.zandloper.protocol.schema.EventOutcome;
import io.zandloper.protocol.schema.EventResponse;
import io.zandloper.protocol.schema.FieldError;
import io.zandloper.protocol.schema.HelloResponse;
import io.zandloper.protocol.schema.Limits;
import io.zandloper.protocol.schema.ProfileBatchResponse;
import io.zandloper.protocol.schema.Role;
import io.zandloper.protocol.schema.SegmentListBatchResponse;
import io.zandloper.protocol.schema.SegmentTestBatchResponse;
import io.zandloper.protocol.schema.SegmentTestResponse;
import io.zandloper.protocol.schema.UpsertOutcome;
import io.zandloper.protocol.schema.UpsertResponse;
import io.zandloper.server.decision.ServedDecision;
import io.zandloper.storage.View;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.format.RecordView;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.record.RecordBuffer;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Encodes the bodies of answers, one after the other in one buffer: {@link #body} is that of the last one until the next
 * begins. One for each event loop.
 */
final class ResponseEncoder {
    private static final int INITIAL_BYTES = 4 * 1024;
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);
    /** Instead of where a table lies, which is never 0. */
    static final int NO_TABLE = 0;

    private FlatBufferBuilder builder = new FlatBufferBuilder(INITIAL_BYTES);
    private ByteBuffer body = EMPTY;
    private final DecisionWriter decisions = new DecisionWriter(builder);
    private final ProfileWriter profiles = new ProfileWriter();

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

    // Answers of lookups and decisions: begin; then either one table and finish, or an entry for each profile of a
    // batch in
    // their order and the end of its kind.

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

    /** @throws RequestException where it does not fit an answer any more; then nothing of it is there */
    int segmentList(SegmentReader segments) {
        return profiles.segmentList(builder, segments);
    }

    /** @throws RequestException where it does not fit an answer any more; then nothing of it is there */
    int profile(RecordBuffer buffer, RecordView record, SegmentReader segments, View view) {
        return profiles.profile(builder, buffer, record, segments, view);
    }

    /** @throws RequestException where it is longer than an answer may be; then nothing of it is there */
    int decision(ServedDecision decision, byte[] decisionId, long sequence, long tookNanos) {
        return decisions.write(builder, decision, decisionId, sequence, tookNanos);
    }

    /** @param table the answer for a profile */
    void entry(int table) {
        addEntry(Status.OK, table);
    }

    /** For a profile that has no answer; nor has one a batch of tests, whose answers come at its end. */
    void entry(Status status) {
        addEntry(status, NO_TABLE);
    }

    private void addEntry(Status status, int table) {
        statuses[entryCount] = (short) status.number();
        entries[entryCount] = table;
        entryCount++;
    }

    void endProfileBatch() {
        final int tables = entryVector();
        finish(ProfileBatchResponse.createProfileBatchResponse(builder, statusVector(), tables));
    }

    /** @param members of all profiles, each a byte of 0 or 1 */
    void endSegmentTestBatch(byte[] members, int count) {
        final int membersOffset = builder.createByteVector(members, 0, count);
        finish(SegmentTestBatchResponse.createSegmentTestBatchResponse(builder, statusVector(), membersOffset));
    }

    void endSegmentListBatch() {
        final int tables = entryVector();
        finish(SegmentListBatchResponse.createSegmentListBatchResponse(builder, statusVector(), tables));
    }

    void endDecideBatch() {
        final int tables = entryVector();
        finish(DecideBatchResponse.createDecideBatchResponse(builder, statusVector(), tables));
    }

    /** Those without an answer refer to one empty table. */
    private int entryVector() {
        builder.startTable(0);
        final int nothing = builder.endTable();
        for (int i = 0; i < entryCount; i++) {
            entries[i] = entries[i] == NO_TABLE ? nothing : entries[i];
        }
        return Bodies.references(builder, entries, entryCount);
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
        final int[] texts = new int[identities.size()];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = builder.createString(identities.get(i).text());
        }
        return Bodies.references(builder, texts, texts.length);
    }

    /** An error may quote what was wrong with a text, and so has to bear any text. */
    private static String encodable(String text) {
        return io.zandloper.storage.profile.Text.isEncodable(text) ? text : text.replaceAll("[\\ud800-\\udfff]", "?");
    }
}
