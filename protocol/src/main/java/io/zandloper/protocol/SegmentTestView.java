package io.zandloper.protocol;

import com.google.flatbuffers.Table;
import java.nio.ByteBuffer;

/**
 * A segment test as it lies in its frame, for who wants its strings as bytes: flatc's accessors make a {@link String} of
 * each. A flyweight over a verified body; allocates nothing. Not thread-safe.
 */
public final class SegmentTestView extends Table {
    /** In the vtable of {@code SegmentTestRequest}, after its two lengths. */
    private static final int PROFILE_ENTRY = 4;

    private static final int SEGMENTS_ENTRY = 6;

    private int profile;
    private int segments;

    /** @param start of the body within {@code buffer}, which is little-endian */
    public void wrap(ByteBuffer buffer, int start) {
        __reset(start + buffer.getInt(start), buffer);
        profile = __indirect(bb_pos + __offset(PROFILE_ENTRY));
        segments = __vector(__offset(SEGMENTS_ENTRY));
    }

    /** Where the bytes of the identity begin in the buffer. */
    public int profileOffset() {
        return profile + Integer.BYTES;
    }

    public int profileLengthBytes() {
        return bb.getInt(profile);
    }

    public int segmentCount() {
        return bb.getInt(segments - Integer.BYTES);
    }

    /** Where the bytes of a segment's id begin in the buffer. */
    public int segmentOffset(int index) {
        return segment(index) + Integer.BYTES;
    }

    public int segmentLengthBytes(int index) {
        return bb.getInt(segment(index));
    }

    private int segment(int index) {
        return __indirect(segments + index * Integer.BYTES);
    }
}
