package io.zandloper.storage.format;

import com.google.flatbuffers.FlatBufferBuilder;
import io.zandloper.storage.profile.EventHistory;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.schema.ProfileRecord;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Profiles to the bytes of {@code record.fbs} and back. Equal profiles become equal bytes, whatever the order of the maps
 * they came in. For one thread.
 */
public final class RecordCodec {
    /** What {@link #encode} writes. */
    public static final int FORMAT_VERSION = 2;

    private static final int INITIAL_BYTES = 4 * 1024;

    private final FlatBufferBuilder builder = new FlatBufferBuilder(INITIAL_BYTES);
    private final RecordEncoder encoder = new RecordEncoder(builder);

    /**
     * Encodes a profile.
     *
     * @return the record from position to limit, little-endian; valid until the next call of this or of {@link
     *     #documentLength}
     */
    public ByteBuffer encode(Profile profile, SegmentNumbers numbers) {
        return encode(profile, profile.history(), numbers);
    }

    /**
     * The bytes of a profile's record without its events: what {@code ProfileLimits.PROFILE_BYTES_MAX} bounds. It is never
     * more than what {@link #encode} gives, so whoever has a record within the bound need not ask.
     */
    public int documentLength(Profile profile, SegmentNumbers numbers) {
        return encode(profile, EventHistory.EMPTY, numbers).remaining();
    }

    /**
     * Decodes a record.
     *
     * @param record from position to limit; both stay
     * @throws CorruptRecordException when it is none, or of another version
     */
    public Profile decode(ByteBuffer record, SegmentNumbers numbers) {
        final ByteBuffer bytes = record.slice().order(ByteOrder.LITTLE_ENDIAN);
        try {
            final ProfileRecord stored = ProfileRecord.getRootAsProfileRecord(bytes);
            if (stored.format() != FORMAT_VERSION) {
                throw new CorruptRecordException("a record of another format version: format=" + stored.format());
            }
            return RecordDecoder.profile(stored, numbers);
        } catch (IndexOutOfBoundsException | IllegalArgumentException | NullPointerException e) {
            // FlatBuffers does not verify what it reads; these are all it throws.
            throw new CorruptRecordException("not a record: length=" + bytes.limit(), e);
        }
    }

    private ByteBuffer encode(Profile profile, EventHistory history, SegmentNumbers numbers) {
        builder.clear();
        encoder.encode(profile, history, numbers);
        return builder.dataBuffer().slice().order(ByteOrder.LITTLE_ENDIAN);
    }
}
