package io.zandloper.loadtest.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.flatbuffers.FlatBufferBuilder;
import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.MessageType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A request whose frame is built once: only its correlation id, its identities and the stamp of a value are written for
 * each sending. Each identity has room for the longest, and zeros behind it.
 */
final class FrameTemplate {
    private static final byte[] HEX = "0123456789abcdef".getBytes(UTF_8);

    private final byte[] frame;
    /** Where the strings' lengths are; their bytes follow. */
    private final int[] identityOffsets;
    /** Where the digits are that tell one write from another; −1 for none. */
    private final int stampOffset;

    private FrameTemplate(byte[] frame, int[] identityOffsets, int stampOffset) {
        this.frame = frame;
        this.identityOffsets = identityOffsets;
        this.stampOffset = stampOffset;
    }

    int lengthBytes() {
        return frame.length;
    }

    /** Appends the request to a little-endian buffer that has room for it. */
    void put(ByteBuffer out, long correlationId, Identities identities, int first) {
        final int start = out.position();
        out.put(frame);
        out.putLong(start + FrameDescriptor.CORRELATION_ID_OFFSET, correlationId);
        int index = first;
        for (final int offset : identityOffsets) {
            out.putInt(start + offset, identities.lengthBytes(index));
            identities.put(index, out, start + offset + Integer.BYTES);
            index = index + 1 == identities.size() ? 0 : index + 1;
        }
        if (stampOffset >= 0) {
            putStamp(out, start + stampOffset, correlationId);
        }
    }

    /** Writes {@link Questions#STAMP_BYTES} letters and digits. */
    static void putStamp(ByteBuffer out, int at, long stamp) {
        for (int i = 0; i < Questions.STAMP_BYTES; i++) {
            out.put(at + i, HEX[(int) (stamp >>> (4 * i)) & 0xF]);
        }
    }

    /** Makes one: first the identities and all else, then {@link #build}. */
    static final class Builder {
        private final FlatBufferBuilder body = new FlatBufferBuilder(512);
        private final List<Integer> identityEnds = new ArrayList<>();
        private final String longest;

        Builder(int identityBytesMax) {
            this.longest = "\0".repeat(identityBytesMax);
        }

        FlatBufferBuilder body() {
            return body;
        }

        /** A string in which an identity will stand; its offset. */
        int identity() {
            final int offset = body.createString(longest);
            identityEnds.add(offset);
            return offset;
        }

        /** @param stamp what stands where the stamp will; empty for none */
        FrameTemplate build(MessageType type, int root, byte... stamp) {
            body.finish(root);
            final byte[] bytes = body.sizedByteArray();
            final ByteBuffer frame = ByteBuffer.allocate(FrameDescriptor.HEADER_LENGTH_BYTES + bytes.length);
            FrameDescriptor.putRequestHeader(frame, 0, bytes.length, type, 0, 0, 0);
            frame.position(FrameDescriptor.BODY_OFFSET).put(bytes);
            // An offset of the builder counts from the end of the buffer.
            final int[] offsets = identityEnds.stream()
                    .mapToInt(end -> frame.capacity() - end)
                    .toArray();
            return new FrameTemplate(frame.array(), offsets, stamp.length == 0 ? -1 : positionOf(stamp, frame.array()));
        }

        private static int positionOf(byte[] wanted, byte... in) {
            for (int at = 0; at <= in.length - wanted.length; at++) {
                if (Arrays.equals(in, at, at + wanted.length, wanted, 0, wanted.length)) {
                    return at;
                }
            }
            throw new IllegalStateException("the value is not in the frame");
        }
    }
}
