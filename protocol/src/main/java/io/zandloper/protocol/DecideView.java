package io.zandloper.protocol;

import com.google.flatbuffers.Table;
import io.zandloper.protocol.schema.AttributeKind;
import java.nio.ByteBuffer;

/**
 * A decide request as it lies in its frame, for who wants its strings as bytes: flatc's accessors make a {@link String} of
 * each. A flyweight over a verified body; allocates nothing. Not thread-safe.
 *
 * <p>Each {@code …Offset} is where the bytes of a string begin in the buffer.
 */
public final class DecideView extends Table {
    /** In the vtable of {@code DecideRequest}, after its two lengths. */
    private static final int PROFILE_ENTRY = 4;

    private static final int DOCUMENT_ENTRY = 6;
    private static final int PLACEMENTS_ENTRY = 8;
    private static final int CONTEXT_ENTRY = 10;
    private static final int EXPLAIN_ENTRY = 12;
    private static final int AT_ENTRY = 14;
    private static final int EXCLUDE_ENTRY = 16;

    /** In that of {@code PlacementRequest}. */
    private static final int ID_ENTRY = 4;

    private static final int COUNT_ENTRY = 6;

    /** In that of {@code Attribute}. */
    private static final int NAME_ENTRY = 4;

    private static final int KIND_ENTRY = 6;
    private static final int INTEGER_ENTRY = 8;
    private static final int DOUBLE_ENTRY = 10;
    private static final int STRING_ENTRY = 12;

    /** Vectors and strings, by the position of their length; 0 where the field is absent. */
    private int profile;

    private int placements;
    private int context;
    private int exclude;

    /** @param start of the body within {@code buffer}, which is little-endian */
    public void wrap(ByteBuffer buffer, int start) {
        wrapTable(buffer, start + buffer.getInt(start));
    }

    /** @param table where the request's table lies in the buffer, which is little-endian */
    public void wrapTable(ByteBuffer buffer, int table) {
        __reset(table, buffer);
        profile = reference(bb_pos, PROFILE_ENTRY);
        placements = reference(bb_pos, PLACEMENTS_ENTRY);
        context = reference(bb_pos, CONTEXT_ENTRY);
        exclude = reference(bb_pos, EXCLUDE_ENTRY);
    }

    public boolean hasProfile() {
        return profile != 0;
    }

    public int profileOffset() {
        return profile + Integer.BYTES;
    }

    public int profileLengthBytes() {
        return bb.getInt(profile);
    }

    public boolean hasDocument() {
        return position(bb_pos, DOCUMENT_ENTRY) != 0;
    }

    public boolean explain() {
        final int position = position(bb_pos, EXPLAIN_ENTRY);
        return position != 0 && bb.get(position) != 0;
    }

    /** {@link Long#MIN_VALUE} for now. */
    public long atMicros() {
        final int position = position(bb_pos, AT_ENTRY);
        return position == 0 ? Long.MIN_VALUE : bb.getLong(position);
    }

    public int placementCount() {
        return length(placements);
    }

    public int placementOffset(int index) {
        return reference(element(placements, index), ID_ENTRY) + Integer.BYTES;
    }

    public int placementLengthBytes(int index) {
        return bb.getInt(reference(element(placements, index), ID_ENTRY));
    }

    /** How many offers it asks for; 0 for the placement's own count. */
    public int offersWanted(int index) {
        final int position = position(element(placements, index), COUNT_ENTRY);
        return position == 0 ? 0 : bb.getInt(position);
    }

    /** Where the vector of the context's fields begins in the buffer; 0 where there is none. */
    public int context() {
        return context;
    }

    public int fieldCount() {
        return length(context);
    }

    public int fieldNameOffset(int index) {
        return reference(element(context, index), NAME_ENTRY) + Integer.BYTES;
    }

    /** 0 for a field that has no name. */
    public int fieldNameLengthBytes(int index) {
        final int name = reference(element(context, index), NAME_ENTRY);
        return length(name);
    }

    /** One of {@link AttributeKind}. */
    public int fieldKind(int index) {
        final int position = position(element(context, index), KIND_ENTRY);
        return position == 0 ? AttributeKind.Boolean : bb.get(position);
    }

    /** Of an integer; of a boolean 0 or not. */
    public long fieldInteger(int index) {
        final int position = position(element(context, index), INTEGER_ENTRY);
        return position == 0 ? 0 : bb.getLong(position);
    }

    public double fieldDouble(int index) {
        final int position = position(element(context, index), DOUBLE_ENTRY);
        return position == 0 ? Double.NaN : bb.getDouble(position);
    }

    public boolean hasFieldText(int index) {
        return reference(element(context, index), STRING_ENTRY) != 0;
    }

    public int fieldTextOffset(int index) {
        return reference(element(context, index), STRING_ENTRY) + Integer.BYTES;
    }

    public int fieldTextLengthBytes(int index) {
        return bb.getInt(reference(element(context, index), STRING_ENTRY));
    }

    /** Offers that are not to be shown. */
    public int excludedCount() {
        return length(exclude);
    }

    public int excludedOffset(int index) {
        return element(exclude, index) + Integer.BYTES;
    }

    public int excludedLengthBytes(int index) {
        return bb.getInt(element(exclude, index));
    }

    private int length(int vector) {
        return vector == 0 ? 0 : bb.getInt(vector);
    }

    /** What an element of a vector refers to. */
    private int element(int vector, int index) {
        return __indirect(vector + (1 + index) * Integer.BYTES);
    }

    /** What a field refers to; 0 where it is absent. */
    private int reference(int table, int entry) {
        final int position = position(table, entry);
        return position == 0 ? 0 : __indirect(position);
    }

    /** Where a field lies; 0 where it is absent. */
    private int position(int table, int entry) {
        final int vtable = table - bb.getInt(table);
        final int offset = entry < bb.getShort(vtable) ? bb.getShort(vtable + entry) : 0;
        return offset == 0 ? 0 : table + offset;
    }
}
