package io.zandloper.protocol;

import com.google.flatbuffers.Table;
import java.nio.ByteBuffer;

/**
 * The request of a profile, a segment test or a segment list as it lies in its frame, for who wants its strings as bytes:
 * flatc's accessors make a {@link String} of each. A flyweight over a verified body; allocates nothing. Not thread-safe.
 */
public final class LookupView extends Table {
    /** In the vtables of all three requests, after their two lengths. */
    private static final int PROFILE_ENTRY = 4;

    /** In that of {@code SegmentTestRequest}. */
    private static final int SEGMENTS_ENTRY = 6;

    private int profile;

    /** @param start of the body within {@code buffer}, which is little-endian */
    public void wrap(ByteBuffer buffer, int start) {
        __reset(start + buffer.getInt(start), buffer);
        profile = __indirect(bb_pos + __offset(PROFILE_ENTRY));
    }

    /** Where the bytes of the identity begin in the buffer. */
    public int profileOffset() {
        return profile + Integer.BYTES;
    }

    public int profileLengthBytes() {
        return bb.getInt(profile);
    }

    /** 0 where it is no test. */
    public int segmentCount() {
        final int field = __offset(SEGMENTS_ENTRY);
        return field == 0 ? 0 : __vector_len(field);
    }

    /** Where the bytes of a segment's id begin in the buffer. */
    public int segmentOffset(int index) {
        return segment(index) + Integer.BYTES;
    }

    public int segmentLengthBytes(int index) {
        return bb.getInt(segment(index));
    }

    private int segment(int index) {
        return __indirect(__vector(__offset(SEGMENTS_ENTRY)) + index * Integer.BYTES);
    }
}
