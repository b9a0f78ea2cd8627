package io.zandloper.server.decide.compiled;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Where the fields of a stored record's tables lie, by the numbers they have in {@code record.fbs}. FlatBuffers' own
 * accessors make strings; these give places in the array. Positions are of tables, vectors and strings; 0 is absent.
 */
final class StoredTables {
    /** Fields of {@code ProfileRecord}. */
    static final int IDENTITIES = 3;

    static final int ATTRIBUTES = 4;
    static final int SCORES = 9;
    static final int EVENTS = 11;
    static final int CONVERSIONS = 12;

    /** Fields of {@code Attribute}. */
    static final int NAME = 0;

    static final int KIND = 1;
    static final int INTEGER_VALUE = 2;
    static final int DOUBLE_VALUE = 3;
    static final int STRING_VALUE = 4;

    /** Fields of {@code Event}. */
    static final int TYPE = 1;

    static final int OFFER = 2;
    static final int AT = 4;
    static final int PRODUCT = 5;
    static final int CONTEXT = 9;

    /** Fields of {@code Conversion}. */
    static final int CONVERTED_PRODUCT = 0;

    static final int CONVERTED_AT = 1;

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** A vtable begins with two lengths. */
    private static final int VTABLE_HEADER = 2 * Short.BYTES;

    private StoredTables() {}

    /** The table that a buffer beginning at 0 is of. */
    static int root(byte[] record) {
        return intAt(record, 0);
    }

    /** What a field refers to: a table, a vector or a string. */
    static int reference(byte[] record, int table, int field) {
        final int position = position(record, table, field);
        return position == 0 ? 0 : position + intAt(record, position);
    }

    static long longField(byte[] record, int table, int field) {
        final int position = position(record, table, field);
        return position == 0 ? 0 : (long) LONG.get(record, position);
    }

    static int byteField(byte[] record, int table, int field) {
        final int position = position(record, table, field);
        return position == 0 ? 0 : record[position];
    }

    /** The length of a vector or string; 0 where there is none. */
    static int length(byte[] record, int vector) {
        return vector == 0 ? 0 : intAt(record, vector);
    }

    /** Where the bytes of a string begin, or of a vector of bytes. */
    static int bytesOf(int vector) {
        return vector + Integer.BYTES;
    }

    /** What an element of a vector refers to. */
    static int element(byte[] record, int vector, int index) {
        final int position = vector + (1 + index) * Integer.BYTES;
        return position + intAt(record, position);
    }

    /** The length that stands before a text in a vector of bytes. */
    static int textLength(byte[] record, int position) {
        return Short.toUnsignedInt((short) SHORT.get(record, position));
    }

    private static int position(byte[] record, int table, int field) {
        final int vtable = table - intAt(record, table);
        final int entry = VTABLE_HEADER + field * Short.BYTES;
        if (entry >= (short) SHORT.get(record, vtable)) {
            return 0;
        }
        final int offset = (short) SHORT.get(record, vtable + entry);
        return offset == 0 ? 0 : table + offset;
    }

    private static int intAt(byte[] record, int position) {
        return (int) INT.get(record, position);
    }
}
