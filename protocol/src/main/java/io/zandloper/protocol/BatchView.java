package io.zandloper.protocol;

import com.google.flatbuffers.Table;
import java.nio.ByteBuffer;

/**
 * The request of a batch, of any of the four kinds, as it lies in its frame, for who wants its strings as bytes: flatc's
 * accessors make a {@link String} of each. A flyweight over a verified body; allocates nothing. Not thread-safe.
 */
public final class BatchView extends Table {
    /** In the vtables of all four requests, after their two lengths. */
    private static final int PROFILES_ENTRY = 4;

    /** In that of {@code SegmentTestBatchRequest}. */
    private static final int SEGMENTS_ENTRY = 6;

    /** In that of {@code DecideBatchRequest}. */
    private static final int REQUEST_ENTRY = 6;

    private int profiles;

    /** @param start of the body within {@code buffer}, which is little-endian */
    public void wrap(ByteBuffer buffer, int start) {
        __reset(start + buffer.getInt(start), buffer);
        profiles = __vector(__offset(PROFILES_ENTRY));
    }

    public int profileCount() {
        return bb.getInt(profiles - Integer.BYTES);
    }

    /** Where the bytes of an identity begin in the buffer. */
    public int profileOffset(int index) {
        return element(profiles, index) + Integer.BYTES;
    }

    public int profileLengthBytes(int index) {
        return bb.getInt(element(profiles, index));
    }

    /** Of a batch of tests. */
    public int segmentCount() {
        return __vector_len(__offset(SEGMENTS_ENTRY));
    }

    /** Where the bytes of a segment's id begin in the buffer. */
    public int segmentOffset(int index) {
        return element(__vector(__offset(SEGMENTS_ENTRY)), index) + Integer.BYTES;
    }

    public int segmentLengthBytes(int index) {
        return bb.getInt(element(__vector(__offset(SEGMENTS_ENTRY)), index));
    }

    /** Of a batch of decisions: where the table of what is asked of each lies in the buffer. */
    public int requestPosition() {
        return __indirect(bb_pos + __offset(REQUEST_ENTRY));
    }

    private int element(int vector, int index) {
        return __indirect(vector + index * Integer.BYTES);
    }
}
