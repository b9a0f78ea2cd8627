package io.zandloper.storage.format;

import java.nio.ByteBuffer;

/**
 * The fields of a stored record that are needed without decoding it. A flyweight: it holds nothing and allocates nothing;
 * wrapped anew by one thread for each record.
 */
public final class RecordView {
    /** Of the fields of {@code ProfileRecord}: its vtable begins with two lengths. */
    private static final int VTABLE_HEADER = 2 * Short.BYTES;

    private static final int SEQUENCE = VTABLE_HEADER + 1 * Short.BYTES;
    private static final int VERSION = VTABLE_HEADER + 2 * Short.BYTES;
    private static final int UPDATED_AT = VTABLE_HEADER + 3 * Short.BYTES;
    private static final int ATTRIBUTES = VTABLE_HEADER + 6 * Short.BYTES;

    private ByteBuffer bytes = ByteBuffer.allocate(0);
    private int table;

    /** @param record little-endian, beginning at position 0 */
    public RecordView wrap(ByteBuffer record) {
        bytes = record;
        table = record.getInt(0);
        return this;
    }

    /** The sequence of the profile's last change. */
    public long sequence() {
        return longField(SEQUENCE);
    }

    /** The sequence of the document's last change. */
    public long version() {
        return longField(VERSION);
    }

    public long updatedAtMicros() {
        return longField(UPDATED_AT);
    }

    /** Where the buffer of the attributes, which goes to clients as it is, begins in the record. */
    public int attributesOffset() {
        return attributes() + Integer.BYTES;
    }

    public int attributesLength() {
        return bytes.getInt(attributes());
    }

    private int attributes() {
        final int position = table + fieldOffset(ATTRIBUTES);
        return position + bytes.getInt(position);
    }

    private long longField(int field) {
        final int offset = fieldOffset(field);
        return offset == 0 ? 0 : bytes.getLong(table + offset);
    }

    private int fieldOffset(int field) {
        final int vtable = table - bytes.getInt(table);
        return field < bytes.getShort(vtable) ? bytes.getShort(vtable + field) : 0;
    }
}
