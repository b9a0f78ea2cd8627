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
    private static final int VERSION = VTABLE_HEADER + 2 * Short.BYTES;
    private static final int UPDATED_AT = VTABLE_HEADER + 3 * Short.BYTES;
    private static final int CREATED_SEQUENCE = VTABLE_HEADER + 4 * Short.BYTES;
    private static final int IDENTITIES = VTABLE_HEADER + 5 * Short.BYTES;
    private static final int ATTRIBUTES = VTABLE_HEADER + 6 * Short.BYTES;
    private static final int SEGMENTS = VTABLE_HEADER + 7 * Short.BYTES;
    private static final int EXPIRING_SEGMENTS = VTABLE_HEADER + 8 * Short.BYTES;

    /** Of the struct {@code ExpiringSegment}: its number, padding, its time. */
    private static final int EXPIRING_BYTES = 16;

    private static final int EXPIRY_OFFSET = 8;

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
        return longField(VERSION);
    }

    public long updatedAtMicros() {
        return longField(UPDATED_AT);
    }

    /** The sequence that created the profile. */
    public long createdSequence() {
        return longField(CREATED_SEQUENCE);
    }

    public int identityCount() {
        return bytes.getInt(identities());
    }

    /** Where the canonical text of an identity, in UTF-8, begins in the record; the primary one is number 0. */
    public int identityOffset(int number) {
        return identity(number) + Integer.BYTES;
    }

    /** Bytes of that text. */
    public int identityLength(int number) {
        return bytes.getInt(identity(number));
    }

    private int identity(int number) {
        final int element = identities() + Integer.BYTES + number * Integer.BYTES;
        return element + bytes.getInt(element);
    }

    private int identities() {
        final int position = table + fieldOffset(IDENTITIES);
        return position + bytes.getInt(position);
    }

    /** Whether it is a listed member of the segment with this number, expired or not. */
    public boolean isMember(int segment) {
        return element(SEGMENTS, Integer.BYTES, segment) >= 0
                || element(EXPIRING_SEGMENTS, EXPIRING_BYTES, segment) >= 0;
    }

    /** When that membership expires, {@link Times#NEVER} for never; only where {@link #isMember}. */
    public long memberExpiryMicros(int segment) {
        final int expiring = element(EXPIRING_SEGMENTS, EXPIRING_BYTES, segment);
        return expiring < 0 ? Times.NEVER : bytes.getLong(expiring + EXPIRY_OFFSET);
    }

    /** Where the element with this number begins, in a vector that ascends by them; -1 where there is none. */
    private int element(int field, int elementBytes, int number) {
        final int offset = fieldOffset(field);
        if (offset == 0) {
            return -1;
        }
        final int vector = table + offset + bytes.getInt(table + offset);
        int low = 0;
        int high = bytes.getInt(vector) - 1;
        while (low <= high) {
            final int middle = (low + high) >>> 1;
            final int element = vector + Integer.BYTES + middle * elementBytes;
            final int found = Integer.compareUnsigned(bytes.getInt(element), number);
            if (found == 0) {
                return element;
            }
            if (found < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
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
        final int offset = fieldOffset(EXPIRING_SEGMENTS);
        if (offset == 0) {
            return Times.NEVER;
        }
        final int vector = table + offset + bytes.getInt(table + offset);
        long earliestMicros = Times.NEVER;
        for (int i = bytes.getInt(vector) - 1; i >= 0; i--) {
            final int element = vector + Integer.BYTES + i * EXPIRING_BYTES;
            earliestMicros = Math.min(earliestMicros, bytes.getLong(element + EXPIRY_OFFSET));
        }
        return earliestMicros;
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
