package io.zandloper.storage.format;

import io.zandloper.storage.profile.Times;
import io.zandloper.storage.schema.AttributeKind;
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
    private static final int SCORES = VTABLE_HEADER + 9 * Short.BYTES;
    private static final int CONSENT = VTABLE_HEADER + 10 * Short.BYTES;

    /** Of the fields of {@code Attribute}, which a score is. */
    private static final int NAME = VTABLE_HEADER;

    private static final int KIND = VTABLE_HEADER + 1 * Short.BYTES;
    private static final int INTEGER_VALUE = VTABLE_HEADER + 2 * Short.BYTES;
    private static final int DOUBLE_VALUE = VTABLE_HEADER + 3 * Short.BYTES;

    /** Of the fields of {@code Consent}. */
    private static final int PURPOSES = VTABLE_HEADER;

    private static final int TCF = VTABLE_HEADER + 1 * Short.BYTES;
    private static final int GPP = VTABLE_HEADER + 2 * Short.BYTES;

    /** No position: a record begins with a reference. */
    private static final int ABSENT = 0;

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
        final int position = position(table, FORMAT);
        final int format = position == ABSENT ? 0 : bytes.getShort(position);
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
        return reference(table, ATTRIBUTES);
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

    /** Scores of offers, by the bytes of their ids. */
    public int scoreCount() {
        return length(reference(table, SCORES));
    }

    /** Where the id of a score's offer, in UTF-8, begins in the record. */
    public int scoreOfferOffset(int index) {
        return reference(score(index), NAME) + Integer.BYTES;
    }

    /** Bytes of that id. */
    public int scoreOfferLength(int index) {
        return length(reference(score(index), NAME));
    }

    /** Whether a score was written as an integer; else as a double. */
    public boolean isScoreInteger(int index) {
        final int position = position(score(index), KIND);
        return position != ABSENT && bytes.get(position) == AttributeKind.Integer;
    }

    /** Of one that is an integer. */
    public long scoreInteger(int index) {
        return longField(score(index), INTEGER_VALUE);
    }

    /** Of one that is a double. */
    public double scoreDouble(int index) {
        return Double.longBitsToDouble(longField(score(index), DOUBLE_VALUE));
    }

    private int score(int index) {
        final int position = reference(table, SCORES) + (1 + index) * Integer.BYTES;
        return position + bytes.getInt(position);
    }

    /** Whether a consent was ever written. */
    public boolean hasConsent() {
        return reference(table, CONSENT) != ABSENT;
    }

    /** The purposes granted by the consent there is: bit {@code n - 1} is TCF purpose {@code n}. */
    public int consentPurposes() {
        final int position = position(reference(table, CONSENT), PURPOSES);
        return position == ABSENT ? 0 : bytes.getInt(position);
    }

    /** Where the TCF string of the consent there is begins in the record. */
    public int tcfOffset() {
        return reference(reference(table, CONSENT), TCF) + Integer.BYTES;
    }

    /** Bytes of that string; -1 where there is none. */
    public int tcfLength() {
        return lengthIfAny(reference(reference(table, CONSENT), TCF));
    }

    /** Where the GPP string of the consent there is begins in the record. */
    public int gppOffset() {
        return reference(reference(table, CONSENT), GPP) + Integer.BYTES;
    }

    /** Bytes of that string; -1 where there is none. */
    public int gppLength() {
        return lengthIfAny(reference(reference(table, CONSENT), GPP));
    }

    private int lengthIfAny(int text) {
        return text == ABSENT ? -1 : length(text);
    }

    /** Begins with a vector of bytes, an empty one where there is none. */
    private void packedVector(int field) {
        final int vector = reference(table, field);
        packed.of(bytes, vector + Integer.BYTES, length(vector));
    }

    private long longField(int field) {
        return longField(table, field);
    }

    private long longField(int ofTable, int field) {
        final int position = position(ofTable, field);
        return position == ABSENT ? 0 : bytes.getLong(position);
    }

    /** Elements of a vector, or bytes of a string. */
    private int length(int vector) {
        return vector == ABSENT ? 0 : bytes.getInt(vector);
    }

    /** What a field refers to, or {@link #ABSENT}. */
    private int reference(int ofTable, int field) {
        final int position = position(ofTable, field);
        return position == ABSENT ? ABSENT : position + bytes.getInt(position);
    }

    /** Where a field lies, or {@link #ABSENT}. */
    private int position(int ofTable, int field) {
        final int vtable = ofTable - bytes.getInt(ofTable);
        final int offset = field < bytes.getShort(vtable) ? bytes.getShort(vtable + field) : 0;
        return offset == 0 ? ABSENT : ofTable + offset;
    }
}
