package io.zandloper.storage.format;

import io.zandloper.storage.profile.Times;
import java.nio.ByteBuffer;

/**
 * The fields of a stored record that are needed without decoding it. A flyweight: it holds nothing and allocates nothing;
 * wrapped anew by one thread for each record.
 */
public final class RecordView {
    /** Of the fields of {@code ProfileRecord}: its vtable begins with two lengths. */
    private static final int VTABLE_HEADER = 2 * Short.BYTES;

    private static final int FORMAT = VTABLE_HEADER;
    private static final int SEQUENCE = VTABLE_HEADER + 1 * Short.BYTES;
    private static final int UPDATED_AT = VTABLE_HEADER + 2 * Short.BYTES;
    private static final int IDENTITIES = VTABLE_HEADER + 3 * Short.BYTES;
    private static final int ATTRIBUTES = VTABLE_HEADER + 4 * Short.BYTES;
    private static final int SEGMENTS = VTABLE_HEADER + 5 * Short.BYTES;
    private static final int VERSION_DISTANCE = VTABLE_HEADER + 6 * Short.BYTES;
    private static final int CREATED_DISTANCE = VTABLE_HEADER + 7 * Short.BYTES;
    private static final int EXPIRING_SEGMENTS = VTABLE_HEADER + 8 * Short.BYTES;

    private final PackedReader packed = new PackedReader();
    private ByteBuffer bytes = ByteBuffer.allocate(0);
    private int table;

    /** @param record little-endian, beginning at position 0 */
    public RecordView wrap(ByteBuffer record) {
        bytes = record;
        table = record.getInt(0);
        return this;
    }

    /** @throws CorruptRecordException where the record is of another format than {@link RecordCodec} writes */
    public void checkFormat() {
        final int offset = fieldOffset(FORMAT);
        final int format = offset == 0 ? 0 : bytes.getShort(table + offset);
        if (format != RecordCodec.FORMAT_VERSION) {
            throw new CorruptRecordException("a record of another format version: format=" + format);
        }
    }

    /** The sequence of the profile's last change. */
    public long sequence() {
        return longField(SEQUENCE);
    }

    /** The sequence of the document's last change. */
    public long version() {
        return sequence() - longField(VERSION_DISTANCE);
    }

    public long updatedAtMicros() {
        return longField(UPDATED_AT);
    }

    /** The sequence that created the profile. */
    public long createdSequence() {
        return sequence() - longField(CREATED_DISTANCE);
    }

    public int identityCount() {
        packedVector(IDENTITIES);
        int count = 0;
        for (; packed.hasMore(); count++) {
            packed.skip(packed.textLength());
        }
        return count;
    }

    /** Where the canonical text of an identity, in UTF-8, begins in the record; the primary one is number 0. */
    public int identityOffset(int number) {
        identityLength(number);
        return packed.position();
    }

    /** Bytes of that text. */
    public int identityLength(int number) {
        packedVector(IDENTITIES);
        for (int i = 0; i < number; i++) {
            packed.skip(packed.textLength());
        }
        return packed.textLength();
    }

    /** Whether it is a listed member of the segment with this number, expired or not. */
    public boolean isMember(int segment) {
        return seek(SEGMENTS, 0, segment) || seek(EXPIRING_SEGMENTS, Long.BYTES, segment);
    }

    /** When that membership expires, {@link Times#NEVER} for never; only where {@link #isMember}. */
    public long memberExpiryMicros(int segment) {
        return seek(EXPIRING_SEGMENTS, Long.BYTES, segment) ? packed.time() : Times.NEVER;
    }

    /** Goes behind a segment's number, in a vector with further bytes behind each; false where it is not there. */
    private boolean seek(int field, int furtherBytes, int segment) {
        packedVector(field);
        for (int number = 0; packed.hasMore(); ) {
            number += packed.number();
            if (number >= segment) {
                return number == segment;
            }
            packed.skip(furtherBytes);
        }
        return false;
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

    /** The earliest time at which a listed membership ends or ended; {@link Times#NEVER} where none does. */
    public long earliestExpiryMicros() {
        packedVector(EXPIRING_SEGMENTS);
        long earliestMicros = Times.NEVER;
        while (packed.hasMore()) {
            packed.number();
            earliestMicros = Math.min(earliestMicros, packed.time());
        }
        return earliestMicros;
    }

    /** Begins with a vector of bytes, an empty one where there is none. */
    private void packedVector(int field) {
        final int offset = fieldOffset(field);
        if (offset == 0) {
            packed.of(bytes, 0, 0);
            return;
        }
        final int vector = table + offset + bytes.getInt(table + offset);
        packed.of(bytes, vector + Integer.BYTES, bytes.getInt(vector));
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
