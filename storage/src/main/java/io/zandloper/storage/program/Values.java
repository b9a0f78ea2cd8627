package io.zandloper.storage.program;

import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The values of one source by the numbers of their names: the attributes of a profile or the context of a request. For
 * one thread, used again and again; it allocates nothing once it has met its longest text.
 *
 * <p>What it is pointed at is looked through when the first value is asked for, in one pass over both sorted lists of
 * names. Names that no program reads are passed over.
 */
public final class Values {
    private final ValueNames names;
    private final byte[][] sortedNames;
    /** For each of the sorted names the number it has. */
    private final int[] numbers;

    private final int[] kinds;
    private final long[] bits;
    private final int[] offsets;
    private final int[] lengths;
    private final TextBuffer texts = new TextBuffer();
    private byte[] bytes = TextBuffer.NOTHING;

    /** Where the attributes' table begins; before they are looked through. */
    private int attributes;

    /** Where a vector of entries in any order begins; 0 where there is none. */
    private int entries;

    private @Nullable Map<String, ?> map;
    private boolean resolved = true;

    Values(ValueNames names) {
        this.names = names;
        this.sortedNames = names.sortedUtf8();
        this.numbers = new int[sortedNames.length];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = names.numberOfUtf8(sortedNames[i]);
        }
        this.kinds = new int[numbers.length];
        this.bits = new long[numbers.length];
        this.offsets = new int[numbers.length];
        this.lengths = new int[numbers.length];
    }

    /**
     * Points it at the attributes of a stored record, which must not change before the next call of this or of a sibling.
     *
     * @param array holds the record
     * @param attributesOffset where the buffer of the attributes begins in it
     */
    public void ofAttributes(byte[] array, int attributesOffset) {
        bytes = array;
        attributes = attributesOffset;
        entries = 0;
        map = null;
        resolved = false;
    }

    /**
     * Points it at entries as a request brings them, which must not change before the next call of this or of a sibling.
     *
     * @param array holds the request
     * @param vector where a vector of {@code Attribute} begins in it, in any order; 0 for none
     */
    public void ofEntries(byte[] array, int vector) {
        if (vector == 0) {
            ofNothing();
        } else {
            bytes = array;
            entries = vector;
            map = null;
            resolved = false;
        }
    }

    /**
     * Points it at values by name, which must not change before the next call of this or of a sibling. Allocates for
     * nothing but a longer text than before.
     *
     * @param values are {@link Boolean}, {@link Long}, {@link Double}, {@link String} or {@code List<String>}
     */
    public void ofMap(Map<String, ?> values) {
        map = values;
        resolved = false;
    }

    /** Points it at nothing. */
    public void ofNothing() {
        Arrays.fill(kinds, Kind.MISSING);
        map = null;
        bytes = TextBuffer.NOTHING;
        resolved = true;
    }

    /** One of {@link Kind}. */
    public int kind(int number) {
        if (!resolved) {
            resolve();
        }
        return kinds[number];
    }

    /** Whether a {@link Kind#BOOLEAN} is true. As those below, to be asked after {@link #kind}. */
    public boolean booleanValue(int number) {
        return bits[number] != 0;
    }

    /** An {@link Kind#INTEGER}. */
    public long integerValue(int number) {
        return bits[number];
    }

    /** A {@link Kind#DOUBLE}. */
    public double doubleValue(int number) {
        return Double.longBitsToDouble(bits[number]);
    }

    /** A {@link Kind#DOUBLE} as {@link #doubleKey(double)} orders it. */
    public long doubleKey(int number) {
        return key(bits[number]);
    }

    /** Whether a {@link Kind#STRING} has these bytes in UTF-8. */
    public boolean textEquals(int number, byte[] utf8) {
        return Utf8.equals(bytes, offsets[number], lengths[number], utf8, 0, utf8.length);
    }

    /** A hash of a {@link Kind#STRING}'s bytes: {@link #hash(byte[])} of them. */
    public int textHash(int number) {
        return Utf8.hash(bytes, offsets[number], lengths[number]);
    }

    /** Whether a {@link Kind#STRINGS} holds the string of these bytes in UTF-8. */
    public boolean listContains(int number, byte[] utf8) {
        return TextVector.contains(bytes, offsets[number], utf8, 0, utf8.length);
    }

    /** What {@link #textHash} gives for a string of these bytes in UTF-8. */
    public static int hash(byte[] utf8) {
        return Utf8.hash(utf8, 0, utf8.length);
    }

    /** Orders doubles as {@link Double#compare} does: -0.0 before 0.0. */
    public static long doubleKey(double value) {
        return key(Double.doubleToRawLongBits(value));
    }

    /** The double of a key. */
    static double ofKey(long key) {
        return Double.longBitsToDouble(key(key));
    }

    private static long key(long bits) {
        return bits ^ ((bits >> (Long.SIZE - 1)) & Long.MAX_VALUE);
    }

    long bits(int number) {
        return bits[number];
    }

    int offset(int number) {
        return offsets[number];
    }

    int length(int number) {
        return lengths[number];
    }

    byte[] bytes() {
        return bytes;
    }

    /** Makes it hold nothing but one value; for finding out what a condition says of it. */
    void pose(int number, @Nullable Object value) {
        ofMap(value == null ? Map.of() : Map.of(names.name(number), value));
    }

    private void resolve() {
        resolved = true;
        Arrays.fill(kinds, Kind.MISSING);
        if (map == null && entries != 0) {
            StoredAttributes.resolveUnordered(this, sortedNames, numbers, entries);
        } else if (map == null) {
            StoredAttributes.resolve(this, sortedNames, numbers);
        } else {
            texts.clear();
            for (int i = 0; i < numbers.length; i++) {
                final Object value = map.get(names.name(numbers[i]));
                if (value != null) {
                    put(numbers[i], value);
                }
            }
            bytes = texts.bytes();
        }
    }

    private void put(int number, Object value) {
        if (value instanceof Boolean bool) {
            set(number, Kind.BOOLEAN, bool ? 1 : 0);
        } else if (value instanceof Long integer) {
            set(number, Kind.INTEGER, integer);
        } else if (value instanceof Double real) {
            set(number, Kind.DOUBLE, Double.doubleToRawLongBits(real));
        } else if (value instanceof String text) {
            final int offset = texts.add(text);
            setText(number, offset, texts.end() - offset);
        } else if (value instanceof java.util.List<?> list) {
            setList(number, texts.addVector(list));
        } else {
            throw new IllegalArgumentException("not a value: class=" + value.getClass());
        }
    }

    int attributes() {
        return attributes;
    }

    void set(int number, int kind, long valueBits) {
        kinds[number] = kind;
        bits[number] = valueBits;
    }

    void setText(int number, int offset, int length) {
        kinds[number] = Kind.STRING;
        offsets[number] = offset;
        lengths[number] = length;
    }

    void setList(int number, int offset) {
        kinds[number] = Kind.STRINGS;
        offsets[number] = offset;
    }
}
