package io.zandloper.server.wire;

import io.netty.buffer.ByteBuf;
import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.MessageType;
import io.zandloper.storage.View;

/**
 * Finds the profiles that the next frames of a read ask for, all of them before the first of these frames is answered, so
 * that what their look-ups wait for in memory is waited for once. Belongs to one event loop.
 *
 * <p>It is a guess about bodies that nobody has verified yet, so every step in them is checked, and a frame it can make
 * nothing of is left to whoever answers it; but a profile it has found is the one that the frame asks for.
 */
final class LookAhead {
    /** Instead of an ordinal: nobody has looked. */
    static final int UNKNOWN = View.NOBODY - 1;

    private static final int FRAMES_MAX = ProfileGroup.CAPACITY;
    private static final int NONE = -1;
    /** In the vtables of all requests of one profile, after their two lengths. */
    private static final int PROFILE_ENTRY = 2 * Short.BYTES;

    private final ProfileGroup group = new ProfileGroup();
    /** By frame: where it begins. */
    private final int[] starts = new int[FRAMES_MAX];
    /** By frame: its place in the group, or {@link #NONE}. */
    private final int[] places = new int[FRAMES_MAX];

    private int frames;
    private int next;
    private boolean forgotten;

    /**
     * Looks at the whole frames that come next, some dozens at most. What it finds is given by {@link #of}, as long as the
     * view is open and the bytes stay where they are.
     *
     * @param bytes from the reader index on
     * @return where the last frame ends that it looked at
     */
    int look(ByteBuf bytes, View view) {
        group.clear();
        frames = 0;
        next = 0;
        forgotten = false;
        int start = bytes.readerIndex();
        long lengthBytes = lengthOfFrame(bytes, start);
        final boolean isOnly = lengthBytes != NONE && lengthOfFrame(bytes, start + lengthBytes) == NONE;
        while (lengthBytes != NONE && frames < FRAMES_MAX) {
            starts[frames] = start;
            places[frames] = isOnly ? NONE : place(bytes, start, (int) (start + lengthBytes));
            frames++;
            start += (int) lengthBytes;
            lengthBytes = lengthOfFrame(bytes, start);
        }
        if (group.length() > 0) {
            group.find(view);
        }
        return start;
    }

    /**
     * The profile that a frame asks for, or {@link View#NOBODY}, or {@link #UNKNOWN}.
     *
     * @param start where it begins; not before that of the last call
     */
    int of(int start) {
        while (next < frames && starts[next] < start) {
            next++;
        }
        final boolean isThere = !forgotten && next < frames && starts[next] == start && places[next] != NONE;
        return isThere ? group.ordinal(places[next]) : UNKNOWN;
    }

    /** The view is closed, and what was found in it is nothing any more. */
    void forget() {
        forgotten = true;
    }

    /** Bytes of the frame that begins there, {@link #NONE} where there is no whole one. */
    private static long lengthOfFrame(ByteBuf bytes, long start) {
        if (start + FrameDescriptor.HEADER_LENGTH_BYTES > bytes.writerIndex()) {
            return NONE;
        }
        final long lengthBytes = bytes.getUnsignedIntLE((int) start + FrameDescriptor.LENGTH_OFFSET);
        final boolean isWhole =
                lengthBytes >= FrameDescriptor.HEADER_LENGTH_BYTES && start + lengthBytes <= bytes.writerIndex();
        return isWhole ? lengthBytes : NONE;
    }

    private int place(ByteBuf bytes, int start, int end) {
        final MessageType type = MessageType.ofNumber(bytes.getUnsignedShortLE(start + FrameDescriptor.TYPE_OFFSET));
        if (type != MessageType.SEGMENT_TEST
                && type != MessageType.DECIDE
                && type != MessageType.SEGMENT_LIST
                && type != MessageType.PROFILE) {
            return NONE;
        }
        final int identity = profile(bytes, start + FrameDescriptor.BODY_OFFSET, end);
        if (identity == NONE) {
            return NONE;
        }
        final long lengthBytes = bytes.getUnsignedIntLE(identity);
        return identity + Integer.BYTES + lengthBytes <= end
                        && group.addUsual(bytes, identity + Integer.BYTES, (int) lengthBytes)
                ? group.length() - 1
                : NONE;
    }

    /** Where the first field of a body's table refers to, which is the profile. */
    private static int profile(ByteBuf bytes, int body, int end) {
        final int table = target(bytes, body, end);
        if (table == NONE) {
            return NONE;
        }
        final long vtable = (long) table - bytes.getIntLE(table);
        if (vtable < body
                || vtable > end - PROFILE_ENTRY - Short.BYTES
                || bytes.getUnsignedShortLE((int) vtable) < PROFILE_ENTRY + Short.BYTES) {
            return NONE;
        }
        final int field = bytes.getUnsignedShortLE((int) vtable + PROFILE_ENTRY);
        return field == 0 ? NONE : target(bytes, table + field, end);
    }

    /** What a reference refers to, where there is room for a number there. */
    private static int target(ByteBuf bytes, int reference, int end) {
        if (reference > end - Integer.BYTES) {
            return NONE;
        }
        final long target = reference + bytes.getUnsignedIntLE(reference);
        return target > end - Integer.BYTES ? NONE : (int) target;
    }
}
