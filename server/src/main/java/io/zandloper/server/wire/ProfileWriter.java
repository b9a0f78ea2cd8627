package io.zandloper.server.wire;

import com.google.flatbuffers.FlatBufferBuilder;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.schema.Consent;
import io.zandloper.protocol.schema.Membership;
import io.zandloper.protocol.schema.ProfileResponse;
import io.zandloper.protocol.schema.Score;
import io.zandloper.protocol.schema.SegmentListResponse;
import io.zandloper.storage.View;
import io.zandloper.storage.format.RecordView;
import io.zandloper.storage.profile.Times;
import io.zandloper.storage.record.RecordBuffer;
import java.util.Arrays;

/**
 * Writes profiles and lists of segments into bodies, from the bytes that are stored: those of the attributes go out as they
 * are. One event loop's; once it has met the largest it allocates nothing.
 */
final class ProfileWriter {
    /** Nested buffers hold 8-byte numbers; clients in languages that want alignment read them where they lie. */
    private static final int NESTED_ALIGNMENT = 8;
    /** Of an id or an identity less its text, and of a table with a few numbers, with what refers to them. */
    private static final int TABLE_BYTES_MAX = 128;
    /** Of an id and what refers to it. */
    private static final int ID_BYTES_MAX = 80;

    /** Of the vector being written; grows to the longest there was. */
    private int[] references = new int[256];

    private int count;

    /**
     * The table of a segment list.
     *
     * @param segments of the profile
     * @throws RequestException where it does not fit any more; then nothing of it is there
     */
    int segmentList(FlatBufferBuilder builder, SegmentReader segments) {
        checkRoom(builder, (long) segments.visibleCount() * ID_BYTES_MAX);
        begin();
        for (int bit = segments.nextVisible(0); bit >= 0; bit = segments.nextVisible(bit + 1)) {
            add(id(builder, segments.names(), bit));
        }
        return SegmentListResponse.createSegmentListResponse(builder, vector(builder));
    }

    /**
     * The table of a profile.
     *
     * @param segments of this record
     * @throws RequestException where it does not fit any more; then nothing of it is there
     */
    int profile(FlatBufferBuilder builder, RecordBuffer buffer, RecordView record, SegmentReader segments, View view) {
        final long tables = segments.visibleCount() + record.scoreCount() + record.identityCount() + 8L;
        checkRoom(builder, buffer.length() + tables * TABLE_BYTES_MAX);
        final byte[] bytes = buffer.array();
        final int identities = identities(builder, bytes, record);
        final int attributes =
                Bodies.nested(builder, bytes, record.attributesOffset(), record.attributesLength(), NESTED_ALIGNMENT);
        final int listed = listed(builder, record, segments, view);
        final int computed = computed(builder, segments);
        final int scores = scores(builder, bytes, record);
        final int consent = record.hasConsent() ? consent(builder, bytes, record) : 0;
        return ProfileResponse.createProfileResponse(
                builder,
                identities,
                attributes,
                listed,
                computed,
                scores,
                consent,
                record.version(),
                record.updatedAtMicros());
    }

    private int identities(FlatBufferBuilder builder, byte[] bytes, RecordView record) {
        begin();
        for (int number = 0; number < record.identityCount(); number++) {
            final int lengthBytes = record.identityLength(number);
            add(Bodies.text(builder, bytes, record.identityOffset(number), lengthBytes));
        }
        return vector(builder);
    }

    private int listed(FlatBufferBuilder builder, RecordView record, SegmentReader segments, View view) {
        final SegmentNames names = segments.names();
        final boolean anyExpires = record.earliestExpiryMicros() != Times.NEVER;
        begin();
        for (int bit = segments.nextVisible(0); bit >= 0; bit = segments.nextVisible(bit + 1)) {
            if (!names.isComputed(bit)) {
                final long expiresMicros =
                        anyExpires ? record.memberExpiryMicros(view.segmentNumber(names.id(bit))) : Times.NEVER;
                add(Membership.createMembership(builder, id(builder, names, bit), expiresMicros));
            }
        }
        return vector(builder);
    }

    private int computed(FlatBufferBuilder builder, SegmentReader segments) {
        final SegmentNames names = segments.names();
        begin();
        for (int bit = segments.nextVisible(0); bit >= 0; bit = segments.nextVisible(bit + 1)) {
            if (names.isComputed(bit)) {
                add(id(builder, names, bit));
            }
        }
        return vector(builder);
    }

    private int scores(FlatBufferBuilder builder, byte[] bytes, RecordView record) {
        begin();
        for (int i = 0; i < record.scoreCount(); i++) {
            final int offer = Bodies.text(builder, bytes, record.scoreOfferOffset(i), record.scoreOfferLength(i));
            Score.startScore(builder);
            Score.addOffer(builder, offer);
            if (record.isScoreInteger(i)) {
                Score.addIsInteger(builder, true);
                Score.addIntegerValue(builder, record.scoreInteger(i));
            } else {
                Score.addDoubleValue(builder, record.scoreDouble(i));
            }
            add(Score.endScore(builder));
        }
        return vector(builder);
    }

    private static int consent(FlatBufferBuilder builder, byte[] bytes, RecordView record) {
        final int tcf =
                record.tcfLength() < 0 ? 0 : Bodies.text(builder, bytes, record.tcfOffset(), record.tcfLength());
        final int gpp =
                record.gppLength() < 0 ? 0 : Bodies.text(builder, bytes, record.gppOffset(), record.gppLength());
        return Consent.createConsent(builder, Integer.toUnsignedLong(record.consentPurposes()), tcf, gpp);
    }

    private static int id(FlatBufferBuilder builder, SegmentNames names, int bit) {
        final byte[] id = names.utf8(bit);
        return Bodies.text(builder, id, 0, id.length);
    }

    private void begin() {
        count = 0;
    }

    private void add(int reference) {
        if (count == references.length) {
            references = Arrays.copyOf(references, 2 * count);
        }
        references[count] = reference;
        count++;
    }

    private int vector(FlatBufferBuilder builder) {
        return Bodies.references(builder, references, count);
    }

    private static void checkRoom(FlatBufferBuilder builder, long mostBytes) {
        if (!Bodies.hasRoom(builder, mostBytes)) {
            throw new RequestException(Status.RESPONSE_TOO_LONG);
        }
    }
}
