package io.zandloper.storage.program;

import io.zandloper.storage.schema.AttributeKind;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Reads the attributes of a stored record where they lie: a FlatBuffer with root {@code Attributes} of
 * {@code record.fbs}, its entries ascending by the bytes of their names.
 */
final class StoredAttributes {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** A vtable begins with two lengths; its fields follow in the order of their ids. */
    private static final int VTABLE_HEADER = 2 * Short.BYTES;

    private static final int ENTRIES = VTABLE_HEADER;
    private static final int NAME = VTABLE_HEADER;
    private static final int KIND = VTABLE_HEADER + Short.BYTES;
    private static final int INTEGER_VALUE = VTABLE_HEADER + 2 * Short.BYTES;
    private static final int DOUBLE_VALUE = VTABLE_HEADER + 3 * Short.BYTES;
    private static final int STRING_VALUE = VTABLE_HEADER + 4 * Short.BYTES;
    private static final int STRINGS_VALUE = VTABLE_HEADER + 5 * Short.BYTES;

    private StoredAttributes() {}

    /** Sets the values of the names that the record has; both lists are sorted, so one pass goes along both. */
    static void resolve(Values values, byte[][] sortedNames, int[] numbers) {
        final byte[] bytes = values.bytes();
        final int root = values.attributes() + intAt(bytes, values.attributes());
        final int entriesField = field(bytes, root, ENTRIES);
        if (entriesField == 0) {
            return;
        }
        final int vector = reference(bytes, root + entriesField);
        final int count = intAt(bytes, vector);
        int next = 0;
        for (int i = 0; i < count && next < sortedNames.length; i++) {
            final int table = reference(bytes, vector + (1 + i) * Integer.BYTES);
            final int name = reference(bytes, table + field(bytes, table, NAME));
            final int nameOffset = name + Integer.BYTES;
            final int nameEnd = nameOffset + intAt(bytes, name);
            int order = -1;
            while (next < sortedNames.length
                    && (order = Arrays.compareUnsigned(
                                    sortedNames[next], 0, sortedNames[next].length, bytes, nameOffset, nameEnd))
                            < 0) {
                next++;
            }
            if (next < sortedNames.length && order == 0) {
                set(values, numbers[next], bytes, table);
                next++;
            }
        }
    }

    /** The same for a vector of entries in any order; of a name that is there twice the last one counts. */
    static void resolveUnordered(Values values, byte[][] sortedNames, int[] numbers, int vector) {
        final byte[] bytes = values.bytes();
        final int count = intAt(bytes, vector);
        for (int i = 0; i < count; i++) {
            final int table = reference(bytes, vector + (1 + i) * Integer.BYTES);
            final int name = reference(bytes, table + field(bytes, table, NAME));
            final int place = find(sortedNames, bytes, name + Integer.BYTES, intAt(bytes, name));
            if (place >= 0) {
                set(values, numbers[place], bytes, table);
            }
        }
    }

    /** The place of a name, negative where it is not there. */
    private static int find(byte[][] sortedNames, byte[] bytes, int offset, int length) {
        int low = 0;
        int high = sortedNames.length - 1;
        while (low <= high) {
            final int middle = (low + high) >>> 1;
            final byte[] name = sortedNames[middle];
            final int order = Arrays.compareUnsigned(name, 0, name.length, bytes, offset, offset + length);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    private static void set(Values values, int number, byte[] bytes, int table) {
        final int kindField = field(bytes, table, KIND);
        switch (kindField == 0 ? AttributeKind.Boolean : bytes[table + kindField]) {
            case AttributeKind.Boolean ->
                values.set(number, Kind.BOOLEAN, longField(bytes, table, INTEGER_VALUE) == 0 ? 0 : 1);
            case AttributeKind.Integer -> values.set(number, Kind.INTEGER, longField(bytes, table, INTEGER_VALUE));
            case AttributeKind.Double -> values.set(number, Kind.DOUBLE, longField(bytes, table, DOUBLE_VALUE));
            case AttributeKind.String -> {
                final int text = reference(bytes, table + field(bytes, table, STRING_VALUE));
                values.setText(number, text + Integer.BYTES, intAt(bytes, text));
            }
            case AttributeKind.Strings ->
                values.setList(number, reference(bytes, table + field(bytes, table, STRINGS_VALUE)));
            default ->
                throw new IllegalArgumentException("a value of an unknown kind: kind=" + bytes[table + kindField]);
        }
    }

    private static long longField(byte[] bytes, int table, int field) {
        final int offset = field(bytes, table, field);
        return offset == 0 ? 0 : (long) LONG.get(bytes, table + offset);
    }

    private static int reference(byte[] bytes, int position) {
        return position + intAt(bytes, position);
    }

    private static int intAt(byte[] bytes, int position) {
        return (int) INT.get(bytes, position);
    }

    /** How far behind the table's begin a field lies; 0 where it is absent. */
    private static int field(byte[] bytes, int table, int field) {
        final int vtable = table - intAt(bytes, table);
        return field < (short) SHORT.get(bytes, vtable) ? (short) SHORT.get(bytes, vtable + field) : 0;
    }
}
