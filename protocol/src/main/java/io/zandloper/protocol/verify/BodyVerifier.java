package io.zandloper.protocol.verify;

import io.zandloper.protocol.ProtocolLimits;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * Checks that a body is a buffer of a schema, so that reading any field of it stays within the body. What it does not
 * check: that strings are UTF-8, and what the values mean.
 *
 * <p>The work is bounded by the length of the body (see {@link ProtocolLimits#BODY_UNFOLDING_MAX}) and by
 * {@link ProtocolLimits#BODY_DEPTH_MAX}, whatever the bytes. Nothing is allocated. Not thread-safe: one for each thread.
 *
 * <p>Layout after <a href="https://flatbuffers.dev/internals/">FlatBuffers' description of its format</a>. The Java
 * runtime reads lengths of vtables and offsets in them as signed numbers, so what is 32 KiB or more there is refused,
 * which no table of ours comes near.
 */
public final class BodyVerifier {
    private static final int OFFSET_BYTES = 4;
    private static final int LENGTH_BYTES = 4;
    private static final int SOFFSET_BYTES = 4;
    private static final int VTABLE_ENTRY_BYTES = 2;
    private static final int VTABLE_HEADER_BYTES = 2 * VTABLE_ENTRY_BYTES;
    private static final long UINT32_MASK = 0xFFFF_FFFFL;

    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private long budgetBytes;

    /**
     * Whether the {@code lengthBytes} from {@code start} are a buffer whose root is a {@code shape}. The buffer's order
     * becomes little-endian; its position and limit stay and do not matter, as long as the range lies below the limit.
     */
    public boolean isValid(ByteBuffer body, int start, int lengthBytes, TableShape shape) {
        buffer = body.order(ByteOrder.LITTLE_ENDIAN);
        budgetBytes = (long) lengthBytes * ProtocolLimits.BODY_UNFOLDING_MAX;
        return isRoot(start, start + lengthBytes, shape, ProtocolLimits.BODY_DEPTH_MAX);
    }

    private boolean isRoot(int start, int end, TableShape shape, int depthLeft) {
        return end - start >= OFFSET_BYTES && isTable(target(start), start, end, shape, depthLeft);
    }

    private boolean isTable(long position, int start, int end, TableShape shape, int depthLeft) {
        if (depthLeft == 0 || position > end - SOFFSET_BYTES) {
            return false;
        }
        final int table = (int) position;
        final long vtablePosition = (long) table - buffer.getInt(table);
        if (vtablePosition < start || vtablePosition > end - VTABLE_HEADER_BYTES) {
            return false;
        }
        final int vtable = (int) vtablePosition;
        final int vtableBytes = buffer.getShort(vtable);
        final int tableBytes = buffer.getShort(vtable + VTABLE_ENTRY_BYTES);
        final boolean fits = vtableBytes >= VTABLE_HEADER_BYTES
                && vtableBytes % VTABLE_ENTRY_BYTES == 0
                && vtableBytes <= end - vtable
                && tableBytes >= SOFFSET_BYTES
                && tableBytes <= end - table;
        return fits
                && spend(tableBytes)
                && areFields(table, vtable, vtableBytes, tableBytes, start, end, shape, depthLeft);
    }

    private boolean areFields(
            int table,
            int vtable,
            int vtableBytes,
            int tableBytes,
            int start,
            int end,
            TableShape shape,
            int depthLeft) {
        for (int id = 0; id < shape.fieldCount(); id++) {
            final TableShape.Field field = shape.field(id);
            final int entry = VTABLE_HEADER_BYTES + id * VTABLE_ENTRY_BYTES;
            final int offset = entry < vtableBytes ? buffer.getShort(vtable + entry) : 0;
            if (offset == 0) {
                if (field.required()) {
                    return false;
                }
                continue;
            }
            final int widthBytes = field.kind() == TableShape.Kind.SCALAR ? field.widthBytes() : OFFSET_BYTES;
            if (offset < SOFFSET_BYTES || offset > tableBytes - widthBytes) {
                return false;
            }
            if (field.kind() != TableShape.Kind.SCALAR && !isReferred(table + offset, start, end, field, depthLeft)) {
                return false;
            }
        }
        return true;
    }

    private boolean isReferred(int reference, int start, int end, TableShape.Field field, int depthLeft) {
        final long target = target(reference);
        return switch (field.kind()) {
            case STRING -> isVector(target, end, 1);
            case SCALARS -> isVector(target, end, field.widthBytes());
            case TABLE -> isTable(target, start, end, Objects.requireNonNull(field.child()), depthLeft - 1);
            case STRINGS -> isVector(target, end, OFFSET_BYTES) && areStrings((int) target, end);
            case TABLES ->
                isVector(target, end, OFFSET_BYTES)
                        && areTables((int) target, start, end, Objects.requireNonNull(field.child()), depthLeft - 1);
            case NESTED ->
                isVector(target, end, 1)
                        && isNested((int) target, Objects.requireNonNull(field.child()), depthLeft - 1);
            case SCALAR -> throw new AssertionError(field.kind());
        };
    }

    private boolean areStrings(int vector, int end) {
        final int count = buffer.getInt(vector);
        for (int i = 0; i < count; i++) {
            if (!isVector(target(vector + LENGTH_BYTES + i * OFFSET_BYTES), end, 1)) {
                return false;
            }
        }
        return true;
    }

    private boolean areTables(int vector, int start, int end, TableShape shape, int depthLeft) {
        final int count = buffer.getInt(vector);
        for (int i = 0; i < count; i++) {
            if (!isTable(target(vector + LENGTH_BYTES + i * OFFSET_BYTES), start, end, shape, depthLeft)) {
                return false;
            }
        }
        return true;
    }

    private boolean isNested(int vector, TableShape shape, int depthLeft) {
        final int lengthBytes = buffer.getInt(vector);
        final int nestedStart = vector + LENGTH_BYTES;
        return lengthBytes == 0 || isRoot(nestedStart, nestedStart + lengthBytes, shape, depthLeft);
    }

    /** A string is a vector of bytes; the zero after it, which only C needs, is not asked for. */
    private boolean isVector(long position, int end, int widthBytes) {
        if (position > end - LENGTH_BYTES) {
            return false;
        }
        final long contentBytes = (buffer.getInt((int) position) & UINT32_MASK) * widthBytes;
        return contentBytes <= end - position - LENGTH_BYTES && spend(LENGTH_BYTES + contentBytes);
    }

    private boolean spend(long bytes) {
        budgetBytes -= bytes;
        return budgetBytes >= 0;
    }

    private long target(int reference) {
        return reference + (buffer.getInt(reference) & UINT32_MASK);
    }
}
